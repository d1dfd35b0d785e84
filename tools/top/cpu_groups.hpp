// SPDX-License-Identifier: Apache-2.0
// Which CPUs share a line of the summary: the keys 1 to 5, ! and ^. Pure.
#pragma once

#include <string>
#include <vector>

#include "top/fetch.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

struct CpuGroup {
  std::string label;  // "%Cpu0  :"
  std::vector<containerview::CpuRow> rows;
};

// Of the container's CPUs, top line first; none where one line stands for all of them.
std::vector<CpuGroup> cpu_groups(const Window& window, const Sample& sample);

}  // namespace cvtools::top
