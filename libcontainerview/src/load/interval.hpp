// SPDX-License-Identifier: Apache-2.0
// The mean load of an interval out of what is known of each thread: its counters at both ends, or
// the states that it was seen in. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "kernel/proc_pid_stat.hpp"

namespace cv {

struct IntervalMeans {
  double runnable = 0, uninterruptible = 0;  // threads
  double others = 0;                         // the part of `runnable` that no counter told
  double churn_cpus = 0;  // CPU time of threads that were not there at both ends, over the interval
  // CPU time of living threads that the usage counter has not shown yet (0 or less), for the next
  // interval: the counters are not read at one instant, and what is cut off at 0 in each interval
  // would add up.
  double cpu_carry_sec = 0;
};

class IntervalSum {
 public:
  explicit IntervalSum(double length_sec) : length_sec_(length_sec) {}

  // A thread that lives at the end; `begin` is 0 if it was born inside. `seen_runnable_sec`: how
  // long it was, by the states that it was seen in; stands in where the counters are not of one
  // thread (an exec by another thread than the leader hands the id on, an id is used again).
  // Returns its share of the mean.
  double add_living(const Schedstat& begin, const Schedstat& end, double seen_runnable_sec);

  // What only states tell: threads that ended, came from elsewhere, or have no counters. A share.
  double add_seen(double seen_runnable_sec);

  double add_uninterruptible(double seen_sec);

  // Of the CPU time of all threads in the interval what the living did not use; less than 0 where
  // they were read later than it.
  double unaccounted_sec(std::uint64_t usage_nsec, double cpu_carry_sec) const;

  // `usage_nsec`: CPU time of all threads in the interval. That of the living taken off is the
  // least that the others were runnable. `cpu_carry_sec`: of the interval before.
  IntervalMeans means(std::optional<std::uint64_t> usage_nsec, double cpu_carry_sec = 0) const;

 private:
  double length_sec_;
  double counted_sec_ = 0, seen_sec_ = 0, uninterruptible_sec_ = 0;
  double living_cpu_sec_ = 0;
};

}  // namespace cv
