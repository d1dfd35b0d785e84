// SPDX-License-Identifier: Apache-2.0
// What the scheduler and the memory management did in an interval: vmstat's figures. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "snapshot/snapshot.hpp"
#include "view/figure.hpp"

namespace cv {

using Count = Figure<std::uint64_t>;

struct ActivityView {
  Count running, blocked;                              // threads, at the end
  Count switches, interrupts, forks;                   // from here on: within the interval
  Count swapped_in, swapped_out, paged_in, paged_out;  // bytes
  std::array<Count, 5> allocated;                      // pages: DMA, DMA32, high, movable, normal
  Count freed;
  Figure<std::int64_t> elapsed_nsec;
  Figure<std::int64_t> started_sec;  // the machine or the container, since 1970
};
ActivityView derive_activity(const Snapshot& begin, const Snapshot& end);

// CPU time since the counters began. guest and guest_nice are part of user and nice.
struct CpuTimesView {
  Count user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice;  // microseconds
};
CpuTimesView derive_cpu_times(const Snapshot& snapshot);

}  // namespace cv
