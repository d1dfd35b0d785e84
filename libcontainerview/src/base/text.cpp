// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <charconv>

namespace cv {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

template <typename T>
std::optional<T> parse_whole(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::uint64_t> parse_u64(std::string_view text) {
  return parse_whole<std::uint64_t>(text);
}

std::optional<std::int64_t> parse_i64(std::string_view text) {
  return parse_whole<std::int64_t>(text);
}

std::optional<double> parse_decimal(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto whole = parse_u64(text.substr(0, point));
  if (!whole) return std::nullopt;
  double value = static_cast<double>(*whole);
  if (point == std::string_view::npos) return value;
  const std::string_view digits = text.substr(point + 1);
  const auto fraction = parse_u64(digits);
  if (!fraction) return std::nullopt;
  double scale = 1;
  for (std::size_t i = 0; i < digits.size(); ++i) scale *= 10;
  return value + static_cast<double>(*fraction) / scale;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Written out: find_first_of(" \t") calls memchr for every character, and a start of a tool splits
// some thousands of them.
std::string_view next_field(std::string_view& rest) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  std::size_t begin = 0;
  while (begin < rest.size() && is_blank(rest[begin])) ++begin;
  std::size_t end = begin;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  const std::string_view field = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return field;
}

}  // namespace cv
