// SPDX-License-Identifier: Apache-2.0
// What each CPU did in an interval. Pure.
#pragma once

#include <vector>

#include "snapshot/snapshot.hpp"
#include "view/figure.hpp"

namespace cv {

// Per cent of one CPU's time.
struct CpuRowView {
  std::uint32_t cpu = 0;
  Figure<double> user, system, idle;
  Figure<double> nice, iowait, irq, softirq, steal;  // not counted for a container
};

CpuRowView derive_cpu_row(const Snapshot& begin, const Snapshot& end, std::size_t index);

}  // namespace cv
