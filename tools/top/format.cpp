// SPDX-License-Identifier: Apache-2.0
#include "top/format.hpp"

#include <algorithm>
#include <cstdlib>
#include <cwchar>

#include "common/formatted.hpp"
#include "common/printable.hpp"
#include "common/utf8.hpp"
#include "common/whole_numbers.hpp"

namespace cvtools::top {
namespace {

constexpr std::string_view kTooWide = "?";
constexpr std::int64_t kNsecPerHundredth = 10'000'000;

bool fits(const std::string& text, int width) {
  return width == 0 || text.size() <= static_cast<std::size_t>(width);
}

std::string or_too_wide(const std::string& text, int width) {
  return fits(text, width) ? text : std::string(kTooWide);
}

bool is_zero(const FieldValue& value) {
  if (const auto* real = std::get_if<double>(&value)) return *real == 0;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole == 0;
  return false;
}

double real_of(const FieldValue& value) {
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return 0;
}

std::int64_t whole_of(const FieldValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  return static_cast<std::int64_t>(real_of(value));
}

std::string text_of(const FieldValue& value) {
  if (const auto* view = std::get_if<std::string_view>(&value)) return printable(*view);
  if (const auto* text = std::get_if<std::string>(&value)) return printable(*text);
  return "-";
}

// 0x00402140 as "..4.214.": which bits are set is seen at a glance.
std::string format_flags(std::int64_t flags) {
  std::string text = formatted("{:08x}", static_cast<std::uint32_t>(flags));
  std::replace(text.begin(), text.end(), '0', '.');
  return text;
}

// As many decimals as there is room for, three at most.
std::string format_ratio(double percent, int width) {
  for (int decimals = 3; decimals > 0; --decimals) {
    std::string text = formatted("{:.{}f}", percent, decimals);
    if (fits(text, width)) return text;
  }
  return or_too_wide(formatted("{:.0f}", percent), width);
}

struct Clock {
  std::int64_t hundredths;
  std::int64_t seconds() const { return hundredths / 100; }
  std::int64_t minutes() const { return seconds() / 60; }
  std::int64_t hours() const { return minutes() / 60; }
  std::int64_t days() const { return hours() / 24; }
  std::int64_t weeks() const { return days() / 7; }
};

// Shapes from the most exact to the coarsest, and up to how many hours each is usual.
struct SpanShape {
  std::int64_t most_hours;
  int scale;  // of ^E: the first that may be used
  std::string (*write)(const Clock& clock);
};
constexpr std::int64_t kNoEnd = INT64_MAX;
constexpr SpanShape kShapes[] = {
    {6, 0,
     [](const Clock& c) {
       return formatted("{}:{:02}.{:02}", c.minutes(), c.seconds() % 60, c.hundredths % 100);
     }},
    {6, 1, [](const Clock& c) { return formatted("{}:{:02}", c.minutes(), c.seconds() % 60); }},
    {std::int64_t{4} * 24, 2,
     [](const Clock& c) { return formatted("{},{:02}", c.hours(), c.minutes() % 60); }},
    {std::int64_t{14} * 24, 3,
     [](const Clock& c) { return formatted("{}d+{}h", c.days(), c.hours() % 24); }},
    {std::int64_t{14} * 24, 4, [](const Clock& c) { return formatted("{}d", c.days()); }},
    {kNoEnd, 5, [](const Clock& c) { return formatted("{}w+{}d", c.weeks(), c.days() % 7); }},
    {kNoEnd, 6, [](const Clock& c) { return formatted("{}w", c.weeks()); }},
};

// Columns of a character.
std::size_t character_width(char32_t code) {
  if (code < 0x80) return 1;
  // What the C library knows depends on the locale; without one that has the character it is -1.
  const int width = wcwidth(static_cast<wchar_t>(code));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string format_span(std::int64_t nsec, int width, FieldFormat format, int scale) {
  const Clock clock{std::max<std::int64_t>(0, nsec) / kNsecPerHundredth};
  int first = format == FieldFormat::kHundredths ? 0 : format == FieldFormat::kMinutes ? 1 : 2;
  first = std::max(first, scale);
  std::string text;
  for (const SpanShape& shape : kShapes) {
    if (shape.scale < first || clock.hours() >= shape.most_hours) continue;
    text = shape.write(clock);
    if (fits(text, width)) return text;
  }
  return std::string(kTooWide);
}

double cut_off(double value, int decimals) {
  const double scale = decimals == 0 ? 1 : 10;
  return static_cast<double>(static_cast<std::uint64_t>(value * scale)) / scale;
}

std::string format_memory(double bytes, int width, int unit, bool cut) {
  constexpr char kUnits[] = "kmgtpe";
  constexpr double kExact = 1e15;
  double scaled = bytes / 1024;
  for (int i = 0; i < unit; ++i) scaled /= 1024;
  for (int at = unit; kUnits[at] != '\0'; ++at, scaled /= 1024) {
    const double shown = cut ? cut_off(scaled, at == 0 ? 0 : 1) : scaled;
    std::string text = at != 0 ? formatted("{:.1f}{}", shown, kUnits[at])
                       : shown < kExact
                           ? std::to_string(nearest_even(shown))  // the same, and faster
                           : formatted("{:.0f}", shown);
    if (fits(text, width)) return text;
  }
  return std::string(kTooWide);
}

std::string format_percent(double percent, int width) {
  if (percent == 0 && (width == 0 || width >= 3)) return "0.0";  // what idle tasks have
  std::string text = formatted("{:.1f}", percent);
  if (fits(text, width)) return text;
  return or_too_wide(formatted("{:.0f}", percent), width);
}

std::string format_count(std::int64_t count, int width) {
  std::string text = formatted("{}", count);
  double scaled = static_cast<double>(count);
  for (const char unit : {'k', 'm', 'g', 't', 'p'}) {
    if (fits(text, width)) return text;
    scaled /= 1000;
    text = formatted("{:.1f}{}", scaled, unit);
    if (fits(text, width)) return text;
    text = formatted("{:.0f}{}", scaled, unit);
  }
  return or_too_wide(text, width);
}

std::string format_value(const FieldValue& value, FieldFormat format, int width,
                         const CellStyle& style) {
  if (std::holds_alternative<std::monostate>(value)) return "-";
  // A 0 of a share or a size says nothing; that of an id or a state does.
  const bool blank = style.blank_zeros && is_zero(value);
  switch (format) {
    case FieldFormat::kText:
      return text_of(value);
    case FieldFormat::kFlags:
      return format_flags(whole_of(value));
    case FieldFormat::kPriority: {
      const std::int64_t priority = whole_of(value);
      return priority < -99 || priority > 999 ? "rt" : formatted("{}", priority);
    }
    case FieldFormat::kInteger:
      return or_too_wide(formatted("{}", whole_of(value)), width);
    case FieldFormat::kAmount:
      return blank ? "" : or_too_wide(formatted("{}", whole_of(value)), width);
    case FieldFormat::kCount:
      return blank ? "" : format_count(whole_of(value), width);
    case FieldFormat::kMemory:
      return blank ? "" : format_memory(real_of(value), width, style.unit);
    case FieldFormat::kPercent:
      return blank ? "" : format_percent(real_of(value), width);
    case FieldFormat::kRatio:
      return blank ? "" : format_ratio(real_of(value), width);
    case FieldFormat::kHundredths:
    case FieldFormat::kMinutes:
    case FieldFormat::kHours:
      break;
  }
  return blank ? "" : format_span(whole_of(value), width, format, style.time_scale);
}

std::size_t display_width(std::string_view text) {
  // Nearly all cells of a frame.
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
  if (plain) return text.size();
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Character character = decode_utf8(text);
    width += character_width(character.code);
    text.remove_prefix(std::max<std::size_t>(1, character.length));
  }
  return width;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (text.size() <= columns) return std::string(text);  // never more columns than bytes
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t width = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Character character = decode_utf8(text.substr(at));
    const std::size_t next = width + character_width(character.code);
    if (next > columns - 1) break;
    width = next;
    at += std::max<std::size_t>(1, character.length);
  }
  return std::string(text.substr(0, at)) + '+';
}

std::string pad(std::string_view text, std::size_t columns, bool right) {
  const std::size_t width = display_width(text);
  if (width >= columns) return std::string(text);
  const std::string blanks(columns - width, ' ');
  return right ? blanks + std::string(text) : std::string(text) + blanks;
}

}  // namespace cvtools::top
