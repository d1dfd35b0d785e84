// SPDX-License-Identifier: Apache-2.0
// Load averages from one look at the threads that live now, for want of a history. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "snapshot/snapshot.hpp"

namespace cv {

struct LoadEstimateInput {
  const LoadSample* sample = nullptr;
  std::int64_t now_nsec = 0;                // CLOCK_BOOTTIME
  std::optional<std::int64_t> age_nsec;     // of the container; none: of its oldest thread
  std::optional<std::uint64_t> usage_nsec;  // CPU time of all threads that ever ran in it
};

struct LoadEstimate {
  double avg_1m = 0, avg_5m = 0, avg_15m = 0;
  std::uint64_t running = 0;  // threads in state R now
};

// With tau = 60, 300, 900 s and a = age of the container, each average is
//   sum over living threads r (1 - e^(-age/tau)) / (1 - e^(-a/tau)) + d + u
// r: a thread's runnable time (on a CPU or waiting for one) over its age;
// d: CPU time of ended threads over a; u: threads in uninterruptible sleep now.
// Each thread's work is taken as spread evenly over its life, so the estimate is exact for steady
// threads and lags after a change; the waiting of ended threads is recorded nowhere. None when no
// thread could be read.
std::optional<LoadEstimate> estimate_load(const LoadEstimateInput& input);

}  // namespace cv
