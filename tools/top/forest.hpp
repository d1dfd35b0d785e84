// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "top/arrange.hpp"

namespace cvtools::top {

// The tasks as a forest: each below its parent, or, a thread, below its process; children and roots
// by their start. A task whose parent is not among them is a root. `focus`: only that one and those
// below it. Children of collapsed ones are left out.
std::vector<Row> lay_out_forest(const std::vector<const cv_task*>& tasks,
                                const std::set<std::int32_t>& collapsed, std::int32_t focus);

// "     `- " before the name of a task at this depth; "     `+ " where children are folded away.
std::string forest_art(const Row& row);

}  // namespace cvtools::top
