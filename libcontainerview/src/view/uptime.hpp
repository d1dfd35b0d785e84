// SPDX-License-Identifier: Apache-2.0
// Age of the container and its load. Pure.
#pragma once

#include "snapshot/snapshot.hpp"
#include "view/figure.hpp"

namespace cv {

// Nanoseconds since the start of the container; since boot on the host.
Figure<std::int64_t> derive_uptime_nsec(const Snapshot& snapshot);

enum class LoadSource : std::uint8_t { kNone, kSampler, kEstimate, kHost };

struct LoadView {
  Figure<double> avg_1m, avg_5m, avg_15m;
  Figure<std::uint64_t> running, total;
  LoadSource source = LoadSource::kNone;
  double history_seconds = 0;
  std::uint32_t doubts = 0;  // LoadDoubt: reasons to trust an estimate less
};
// What a sampler recorded.
LoadView recorded_load(const HistoryHead& head);
LoadView derive_load(const Snapshot& snapshot);

}  // namespace cv
