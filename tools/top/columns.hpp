// SPDX-License-Identifier: Apache-2.0
// Which of a window's fields fit, and how wide each is. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "top/fetch.hpp"
#include "top/fields.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

struct Column {
  const FieldSpec* spec;
  std::size_t width;
  bool right;
};

// Widths that the machine decides, not the table.
struct MachineWidths {
  int pid = 5;  // digits of the largest id
  int cpu = 1;  // digits of the largest CPU number
  // 'X' with -1: of the longest value that is shown; 0 where that does not matter.
  std::array<std::size_t, kFieldCount> longest{};
};
MachineWidths machine_widths(const Sample& sample);

// Names and numbers of users and the like, which 'X' makes room for.
bool can_be_widened(const FieldSpec& spec);

// The fields from `first_column` on that fit into `columns`; those without a width share what is
// left. One column stays free: a terminal may go on to the next line after its last.
std::vector<Column> lay_out_columns(const Settings& settings, const Window& window,
                                    const MachineWidths& widths, std::size_t columns);

}  // namespace cvtools::top
