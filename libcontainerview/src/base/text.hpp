// SPDX-License-Identifier: Apache-2.0
// Reading numbers and fields out of kernel text. No locale, no allocation, no exceptions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cv {

// The number that is all of `text` (decimal, no sign, no space); none if it is not one or
// overflows.
std::optional<std::uint64_t> parse_u64(std::string_view text);
std::optional<std::int64_t> parse_i64(std::string_view text);
// A number as the kernel prints those that are not whole: "0.52", "17". No sign, no exponent. (Not
// std::from_chars: for floating point it makes the library need libm, which every start would pay
// for.)
std::optional<double> parse_decimal(std::string_view text);

// `text` without leading and trailing blanks, tabs and line ends.
std::string_view trim(std::string_view text);

// Takes the next field off the front of `rest` (fields are separated by blanks or tabs); empty at
// the end.
std::string_view next_field(std::string_view& rest);

// Calls visit(line, number) for each line without its '\n'; a last line need not end with one.
// visit returns false to stop.
template <typename Visit>
void for_each_line(std::string_view text, Visit&& visit) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!visit(line, ++number)) return;
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// Calls visit(item) for each item between separators, empty ones included.
template <typename Visit>
void for_each_item(std::string_view text, char separator, Visit&& visit) {
  while (true) {
    const std::size_t end = text.find(separator);
    visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace cv
