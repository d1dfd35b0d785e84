// SPDX-License-Identifier: Apache-2.0
#include "view/uptime.hpp"

#include <algorithm>

#include "load/estimate.hpp"

namespace cv {

Figure<std::int64_t> derive_uptime_nsec(const Snapshot& snapshot) {
  using Age = Figure<std::int64_t>;
  const std::optional<std::int64_t> since_boot = snapshot.time.boottime_nsec;
  if (!snapshot.scope->is_container) return Age::of(since_boot);
  const UptimeSample& uptime = snapshot.uptime;
  if (uptime.virtual_uptime_nsec) return Age::of(uptime.virtual_uptime_nsec, Quality::kEstimated);
  if (!uptime.start_nsec || !since_boot) return Age::of(since_boot, Quality::kHost);
  const std::int64_t age = std::max<std::int64_t>(0, *since_boot - *uptime.start_nsec);
  // The oldest process that still lives may be younger than the container.
  return Age::of(age, uptime.from_pid1 ? Quality::kExact : Quality::kEstimated);
}

LoadView recorded_load(const HistoryHead& head) {
  const auto average = [&](std::size_t i) {
    const bool estimated = (head.flags & (kHistoryEstimated1m << i)) != 0;
    return Figure<double>::of(head.averages[i], estimated ? Quality::kEstimated : Quality::kExact);
  };
  LoadView view;
  view.source = LoadSource::kSampler;
  view.avg_1m = average(0);
  view.avg_5m = average(1);
  view.avg_15m = average(2);
  view.running = Figure<std::uint64_t>::of(head.running);
  view.total = Figure<std::uint64_t>::of(head.total);
  view.history_seconds = static_cast<double>(head.last_nsec - head.since_nsec) / 1e9;
  return view;
}

LoadView derive_load(const Snapshot& snapshot) {
  LoadView view;
  const LoadSample& load = snapshot.load;
  if (!snapshot.scope->is_container) {
    if (!load.host) return view;
    view.source = LoadSource::kHost;
    view.avg_1m = Figure<double>::of(load.host->avg_1m);
    view.avg_5m = Figure<double>::of(load.host->avg_5m);
    view.avg_15m = Figure<double>::of(load.host->avg_15m);
    view.running = Figure<std::uint64_t>::of(load.host->running);
    view.total = Figure<std::uint64_t>::of(load.host->total);
    return view;
  }
  if (load.history) return recorded_load(load.history->head);
  LoadEstimateInput input;
  input.sample = &load;
  if (!snapshot.time.boottime_nsec) return view;  // without a clock no thread has an age
  input.now_nsec = *snapshot.time.boottime_nsec;
  const auto age = derive_uptime_nsec(snapshot);
  if (age.quality != Quality::kHost) input.age_nsec = age.value;
  if (snapshot.cpu.usage) input.usage_nsec = snapshot.cpu.usage->usage_nsec;
  if (snapshot.pressure.cpu) input.waiting = snapshot.pressure.cpu->some;
  const auto estimate = estimate_load(input);
  if (!estimate) return view;
  view.source = LoadSource::kEstimate;
  view.doubts = estimate->doubts;
  view.avg_1m = Figure<double>::of(estimate->avg[0], Quality::kEstimated);
  view.avg_5m = Figure<double>::of(estimate->avg[1], Quality::kEstimated);
  view.avg_15m = Figure<double>::of(estimate->avg[2], Quality::kEstimated);
  const Quality counted = load.truncated ? Quality::kEstimated : Quality::kExact;
  view.running = Figure<std::uint64_t>::of(estimate->running, counted);
  view.total = Figure<std::uint64_t>::of(load.thread_count);
  return view;
}

}  // namespace cv
