// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <unistd.h>
#include <ctime>

namespace cv {
namespace {

std::int64_t read_clock(clockid_t id) {
  timespec now{};
  if (clock_gettime(id, &now) != 0) return 0;
  return std::int64_t{now.tv_sec} * kNsecPerSec + now.tv_nsec;
}

}  // namespace

Instant clock_now() { return {read_clock(CLOCK_REALTIME), read_clock(CLOCK_BOOTTIME)}; }

std::int64_t clock_monotonic_nsec() { return read_clock(CLOCK_MONOTONIC); }

std::int64_t clock_thread_cpu_nsec() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

std::int64_t clock_tick_nsec() {
  const long ticks_per_sec = sysconf(_SC_CLK_TCK);
  return kNsecPerSec / (ticks_per_sec > 0 ? ticks_per_sec : 100);
}

}  // namespace cv
