// SPDX-License-Identifier: Apache-2.0
// churn RATE: forks that many processes a second, each of which ends at once, until the end of its
// input. Prints "ready" when it begins, and at the end how many there were.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char** argv) {
  const double rate = argc > 1 ? atof(argv[1]) : 0;
  const double begin = seconds();
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  long made = 0;
  puts("ready");
  fflush(stdout);
  while (poll(&input, 1, 1) == 0) {
    for (const long due = (long)((seconds() - begin) * rate); made < due; ++made) {
      const pid_t pid = fork();
      if (pid == 0) _exit(0);
      if (pid > 0) waitpid(pid, NULL, 0);
    }
  }
  printf("%ld\n", made);
  return 0;
}
