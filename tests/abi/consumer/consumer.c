/* SPDX-License-Identifier: Apache-2.0
 *
 * What a C program does with the library: the machine's or container's memory, and a failure.
 * Prints one line; exit status 0 if the library kept its contract. */
#include <containerview/containerview.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int fail(const char* what, const cv_error* error) {
  fprintf(stderr, "%s: %s\n", what, error->message);
  return 1;
}

int main(void) {
  cv_error error = {.size = sizeof error};
  cv_context* context = NULL;
  cv_options options = {.size = sizeof options};
  if (cv_open(&options, &context, &error) != CV_OK) return fail("cv_open", &error);

  cv_snapshot* snapshot = NULL;
  if (cv_sample(context, CV_SAMPLE_MEMORY, &snapshot, &error) != CV_OK) {
    return fail("cv_sample", &error);
  }
  CV_INIT(cv_memory, memory);
  if (cv_get_memory(snapshot, &memory) != CV_OK) return fail("cv_get_memory", &error);
  if ((memory.valid & CV_MEMORY_TOTAL) == 0 || memory.total_bytes == 0) {
    fputs("no memory total\n", stderr);
    return 1;
  }
  CV_INIT(cv_uptime, uptime);
  if (cv_get_uptime(snapshot, &uptime) != CV_ERR_NOT_SAMPLED) {
    fputs("a figure that was not sampled\n", stderr);
    return 1;
  }
  printf("libcontainerview %s: %" PRIu64 " bytes\n", cv_version(), memory.total_bytes);
  cv_snapshot_free(snapshot);
  cv_close(context);

  options.sysroot = "/no/such/directory";
  context = NULL;
  if (cv_open(&options, &context, &error) != CV_ERR_NOT_FOUND || context != NULL ||
      strstr(error.message, options.sysroot) == NULL) {
    fputs("a missing sysroot was not refused by name\n", stderr);
    return 1;
  }
  return 0;
}
