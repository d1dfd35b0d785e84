// SPDX-License-Identifier: Apache-2.0
// CPU shares of an interval, from the snapshots at its ends. Pure.
#pragma once

#include "snapshot/snapshot.hpp"
#include "view/figure.hpp"

namespace cv {

// Of a counter; none when it is unknown at an end or went backwards.
std::optional<double> growth(std::optional<std::uint64_t> begin, std::optional<std::uint64_t> end);

// Per cent of capacity x time. user .. steal sum to 100; throttled stands apart.
struct CpuUsageView {
  Figure<double> user, system, nice, idle, iowait, irq, softirq, steal;
  Figure<double> throttled;       // of the periods of the cgroup whose quota binds
  Figure<double> effective_cpus;  // mean of both ends
  Figure<double> guest;           // a part of user and nice
};
// Of the growth of each counter of /proc/stat.
CpuUsageView derive_tick_shares(const CpuTicks& begin, const CpuTicks& end);
CpuUsageView derive_cpu_usage(const Snapshot& begin, const Snapshot& end);

struct ThrottlingView {
  Figure<std::uint64_t> periods, throttled_periods, throttled_usec;
};
ThrottlingView derive_throttling(const Snapshot& snapshot);

}  // namespace cv
