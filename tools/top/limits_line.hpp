// SPDX-License-Identifier: Apache-2.0
// The line that classic top does not have: what holds the container back. Pure.
#pragma once

#include <vector>

#include "top/fetch.hpp"
#include "top/frame.hpp"

namespace cvtools::top {

// "docker 3f2a1b4c5d6e, 0.50 of 2 CPUs, 98.1% throttled, 256.0m limit, 101.2m to OOM, 0 OOM kills,
// 12 of 100 pids, PSI cpu 12.0 mem 0.0 io 0.0", in as many lines as it takes.
std::vector<Line> limits_lines(const Sample& sample, std::size_t columns);

}  // namespace cvtools::top
