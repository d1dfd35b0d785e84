// SPDX-License-Identifier: Apache-2.0
// The only way to the time of day, so that a test or a captured tree can stand still.
#pragma once

#include <cstdint>
#include <optional>

namespace cv {

struct Instant {
  std::int64_t realtime_nsec = 0;  // since 1970 (CLOCK_REALTIME)
  // Since boot, suspend included (CLOCK_BOOTTIME), as /proc counts; none in a tree that does not
  // tell.
  std::optional<std::int64_t> boottime_nsec;
};

// This machine's clocks now.
Instant clock_now();

// Nanoseconds of CLOCK_MONOTONIC, for budgets: how long has this been going on.
std::int64_t clock_monotonic_nsec();

// Nanoseconds of CPU time that the calling thread has used.
std::int64_t clock_thread_cpu_nsec();

// Nanoseconds of CPU time that all threads of a process have used, ended ones too, by its id in our
// own PID namespace. It needs no right and no file, and may lag behind by a tick while one of them
// runs. None: no such process, or the kernel (a sandbox's) does not tell.
std::optional<std::uint64_t> clock_process_cpu_nsec(std::uint32_t pid);

// Length of one tick of the start times in /proc/PID/stat (USER_HZ), in nanoseconds.
std::int64_t clock_tick_nsec();

constexpr std::int64_t kNsecPerSec = 1'000'000'000;

// A time or a counter of nanoseconds, in seconds.
constexpr double seconds(std::int64_t nsec) { return static_cast<double>(nsec) / 1e9; }
constexpr double seconds(std::uint64_t nsec) { return static_cast<double>(nsec) / 1e9; }

}  // namespace cv
