// SPDX-License-Identifier: Apache-2.0
#include "load/interval.hpp"

#include <algorithm>

#include "base/clock.hpp"

namespace cv {
namespace {

// Counters of one and the same thread grow, and CPU time no faster than time does. Runnable time
// may: a wait is credited as a whole when it ends, so what is more than the interval belongs to the
// ones before and is carried over, not cut off.
bool of_one_thread(const Schedstat& begin, const Schedstat& end, double length_sec) {
  // The counters of a running thread are a tick old, and not all threads are read at one instant.
  constexpr double kSkewSec = 0.05;
  if (end.on_cpu_nsec < begin.on_cpu_nsec || end.run_delay_nsec < begin.run_delay_nsec)
    return false;
  return seconds(end.on_cpu_nsec - begin.on_cpu_nsec) <= length_sec * 1.02 + kSkewSec;
}

}  // namespace

double IntervalSum::add_living(const Schedstat& begin, const Schedstat& end,
                               double seen_runnable_sec) {
  if (!of_one_thread(begin, end, length_sec_)) return add_seen(seen_runnable_sec);
  const double on_cpu_sec = seconds(end.on_cpu_nsec - begin.on_cpu_nsec);
  const double runnable_sec = on_cpu_sec + seconds(end.run_delay_nsec - begin.run_delay_nsec);
  living_cpu_sec_ += on_cpu_sec;
  counted_sec_ += runnable_sec;
  return runnable_sec / length_sec_;
}

double IntervalSum::add_seen(double seen_runnable_sec) {
  seen_sec_ += seen_runnable_sec;
  return seen_runnable_sec / length_sec_;
}

double IntervalSum::add_uninterruptible(double seen_sec) {
  uninterruptible_sec_ += seen_sec;
  return seen_sec / length_sec_;
}

double IntervalSum::unaccounted_sec(std::uint64_t usage_nsec, double cpu_carry_sec) const {
  return seconds(usage_nsec) - living_cpu_sec_ + cpu_carry_sec;
}

IntervalMeans IntervalSum::means(std::optional<std::uint64_t> usage_nsec,
                                 double cpu_carry_sec) const {
  IntervalMeans means;
  double churn_sec = 0;
  if (usage_nsec) {
    const double rest_sec = unaccounted_sec(*usage_nsec, cpu_carry_sec);
    churn_sec = std::max(0.0, rest_sec);
    means.cpu_carry_sec = std::max(-length_sec_, rest_sec - churn_sec);
  }
  const double others_sec = std::max(seen_sec_, churn_sec);
  means.runnable = (counted_sec_ + others_sec) / length_sec_;
  means.uninterruptible = uninterruptible_sec_ / length_sec_;
  means.others = others_sec / length_sec_;
  means.churn_cpus = churn_sec / length_sec_;
  return means;
}

}  // namespace cv
