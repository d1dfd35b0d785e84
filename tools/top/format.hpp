// SPDX-License-Identifier: Apache-2.0
// How values are written into the width of a column. Pure. No locale: the classic tool's numbers in
// batch mode are parsed by programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "top/fields.hpp"

namespace cvtools::top {

struct CellStyle {
  int unit = 0;              // of memory
  bool blank_zeros = false;  // '0'
  int time_scale = 0;        // ^E
};

// The value as text, at most `width` columns where the format can be made shorter; 0: any width.
std::string format_value(const FieldValue& value, FieldFormat format, int width,
                         const CellStyle& style);

// A time in the shortest of M:SS.hh, M:SS, H,MM, Dd+Hh, Dd, Ww+Dd, Ww that `format` allows, that is
// usual for as long a time, that `scale` wants, and that fits.
std::string format_span(std::int64_t nsec, int width, FieldFormat format, int scale);
// `cut`: never more than there is; the classic tool rounds to the nearest.
std::string format_memory(double bytes, int width, int unit, bool cut = false);
double cut_off(double value, int decimals);
std::string format_percent(double percent, int width);
std::string format_count(std::int64_t count, int width);

// Number of columns that `text` (printable UTF-8) takes; wide characters take two.
std::size_t display_width(std::string_view text);
// The first `columns` of it; what is cut off is told by a '+' in the last column.
std::string cut(std::string_view text, std::size_t columns);
// Filled up with blanks on the left (`right`) or on the right.
std::string pad(std::string_view text, std::size_t columns, bool right);

}  // namespace cvtools::top
