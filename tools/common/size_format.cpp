// SPDX-License-Identifier: Apache-2.0
#include "common/size_format.hpp"

#include <clocale>

#include "common/formatted.hpp"
#include "common/locale_text.hpp"

namespace cvtools {
namespace {

// Up to five columns, or four for SI ("443Mi", "8.7Mi", "1.9G"): one decimal if that fits, else the
// integer, else the next unit.
std::string format_human(std::int64_t bytes, const SizeFormat& format) {
  const std::size_t width = format.si ? 4 : 5;
  const std::string_view suffix = format.si ? "" : "i";
  const double base = format.si ? 1000.0 : 1024.0;
  std::string text = formatted("{}B", bytes);
  if (text.size() <= 4) return text;
  double divisor = 1;
  for (const char unit : {'K', 'M', 'G', 'T', 'P', 'E'}) {
    divisor *= base;
    // free computes in float here; a double would print another digit now and then.
    const float scaled = static_cast<float>(static_cast<double>(bytes) / divisor);
    text = formatted("{:.1f}{}{}", scaled, unit, suffix);
    if (text.size() <= width) {
      if (format.radix != ".") text.replace(text.find('.'), 1, format.radix);
      return text;
    }
    text = formatted("{}{}{}", static_cast<std::int64_t>(static_cast<double>(bytes) / divisor),
                     unit, suffix);
    if (text.size() <= width) return text;
  }
  return text;
}

// The same, cut off: one decimal below 10, and four figures where the next unit would not hold 1.
std::string format_human_cut(std::uint64_t bytes, const SizeFormat& format) {
  const std::uint64_t base = format.si ? 1000 : 1024;
  if (bytes < base) return formatted("{}B", bytes);
  constexpr std::string_view kUnits = "KMGTPE";
  std::uint64_t divisor = base;
  std::size_t unit = 0;
  for (; bytes / divisor >= base && unit + 1 < kUnits.size(); ++unit) divisor *= base;
  const std::uint64_t whole = bytes / divisor;
  std::string text = std::to_string(whole);
  if (whole < 10) text += formatted("{}{}", format.radix, bytes % divisor * 10 / divisor);
  text += kUnits[unit];
  return format.si ? text : text + "i";
}

}  // namespace

std::string format_size(std::int64_t bytes, const SizeFormat& format) {
  if (format.human && format.cut && bytes >= 0)
    return format_human_cut(static_cast<std::uint64_t>(bytes), format);
  if (format.human) return format_human(bytes, format);
  std::int64_t divisor = 1;
  for (int i = 0; i < format.exponent; ++i) divisor *= format.si ? 1000 : 1024;
  return formatted("{}", bytes / divisor);
}

std::string locale_radix() { return locale_text(LC_NUMERIC, RADIXCHAR); }

}  // namespace cvtools
