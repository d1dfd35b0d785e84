// SPDX-License-Identifier: Apache-2.0
// Which tasks a window shows, and in which order: selected, filtered, sorted or laid out as a
// forest, then cut to what was asked for. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "top/fetch.hpp"
#include "top/fields.hpp"
#include "top/format.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

struct Row {
  const cv_task* task = nullptr;
  std::uint16_t depth = 0;  // in the forest
  bool collapsed = false;   // its children are folded away
  // With the CPU time of those children, where it is collapsed.
  std::uint64_t cpu_delta_nsec = 0;
};

// All rows of the window, from the first: scrolling is the frame's.
std::vector<Row> arrange(const Window& window, const Sample& sample, const FieldContext& context,
                         const CellStyle& style);

// Whether it has run since the frame before, or wants to ('i' shows only such).
bool is_busy(const cv_task& task);
// Whether the task passes 'u' and 'U'.
bool passes(const UserFilter& filter, const cv_task& task);
// Whether it passes one filter of 'o'.
bool passes(const Filter& filter, const cv_task& task, const FieldContext& context,
            const CellStyle& style);
// "[!]FLD?VAL" as typed behind 'o' and 'O'; the error is the message that top shows.
struct ParsedFilter {
  std::optional<Filter> filter;
  std::string error;
};
ParsedFilter parse_filter(std::string_view text, bool ignore_case);

}  // namespace cvtools::top
