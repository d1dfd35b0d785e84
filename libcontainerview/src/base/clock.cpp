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

std::optional<std::uint64_t> clock_process_cpu_nsec(std::uint32_t pid) {
  // What clock_getcpuclockid(3) makes, without the call by which that looks whether it is there. 0
  // would be ourselves, and what is larger than any id another clock.
  constexpr unsigned kCpuClockSched = 2;
  constexpr std::uint32_t kMostPids = 1 << 22;
  if (pid == 0 || pid >= kMostPids) return std::nullopt;
  const auto id = static_cast<clockid_t>(~pid << 3 | kCpuClockSched);
  timespec time{};
  if (clock_gettime(id, &time) != 0 || time.tv_sec < 0) return std::nullopt;
  return static_cast<std::uint64_t>(time.tv_sec) * kNsecPerSec +
         static_cast<std::uint64_t>(time.tv_nsec);
}

std::int64_t clock_tick_nsec() {
  const long ticks_per_sec = sysconf(_SC_CLK_TCK);
  return kNsecPerSec / (ticks_per_sec > 0 ? ticks_per_sec : 100);
}

}  // namespace cv
