// SPDX-License-Identifier: Apache-2.0
// crowd COUNT [BUSY_USEC]: that many processes, which sleep, or run for so long each second. Prints
// "ready" when they are there; they end with it.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

std::int64_t cpu_usec() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
}

[[noreturn]] void live(int number, int busy_usec) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (busy_usec == 0)
    while (true) pause();
  usleep(static_cast<unsigned>(number) * 7919U % 1'000'000U);  // not all at the same moment
  while (true) {
    const std::int64_t end = cpu_usec() + busy_usec;
    while (cpu_usec() < end) {
    }
    usleep(1'000'000);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 0;
  const int busy_usec = argc > 2 ? std::atoi(argv[2]) : 0;
  for (int i = 0; i < count; ++i) {
    const pid_t pid = fork();
    if (pid == 0) live(i, busy_usec);
    if (pid < 0) {
      std::perror("crowd: fork");
      return 1;
    }
  }
  std::puts("ready");
  std::fflush(stdout);
  while (true) pause();
}
