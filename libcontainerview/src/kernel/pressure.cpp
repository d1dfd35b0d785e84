// SPDX-License-Identifier: Apache-2.0
#include "kernel/pressure.hpp"

#include "base/text.hpp"

namespace cv {
namespace {

std::optional<PressureLine> parse_line(std::string_view rest) {
  PressureLine line;
  unsigned found = 0;
  while (true) {
    const std::string_view field = next_field(rest);
    if (field.empty()) break;
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = field.substr(0, equals);
    const std::string_view text = field.substr(equals + 1);
    double* const average = key == "avg10"    ? &line.avg10_pct
                            : key == "avg60"  ? &line.avg60_pct
                            : key == "avg300" ? &line.avg300_pct
                                              : nullptr;
    if (average != nullptr) {
      const auto value = parse_decimal(text);
      if (!value) return std::nullopt;
      *average = *value;
      ++found;
    } else if (key == "total") {
      const auto value = parse_u64(text);
      if (!value) return std::nullopt;
      line.total_usec = *value;
      ++found;
    }
  }
  if (found != 4) return std::nullopt;
  return line;
}

}  // namespace

Result<Pressure> parse_pressure(std::string_view text) {
  Pressure pressure;
  std::optional<std::uint32_t> bad_line;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    const std::string_view kind = next_field(line);
    if (kind != "some" && kind != "full") return true;
    auto& target = kind == "some" ? pressure.some : pressure.full;
    target = parse_line(line);
    if (!target) bad_line = number;
    return target.has_value();
  });
  if (bad_line) return malformed(*bad_line, "not a pressure line");
  if (!pressure.some && !pressure.full) return malformed(1, "no pressure line");
  return pressure;
}

}  // namespace cv
