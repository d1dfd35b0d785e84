// SPDX-License-Identifier: Apache-2.0
#include "free/options.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "common/formatted.hpp"

namespace cvtools {
namespace {

enum Id : int {
  kBytes,
  kKilo,
  kMega,
  kGiga,
  kTera,
  kPeta,
  kKibi,
  kMebi,
  kGibi,
  kTebi,
  kPebi,
  kHuman,
  kSi,
  kLoHi,
  kLine,
  kTotal,
  kCommitted,
  kSeconds,
  kCount,
  kWide,
};

// The order is that of procps, whose "is ambiguous" message lists them so.
constexpr OptionSpec kClassic[] = {
    {kBytes, 'b', "bytes", nullptr, "sizes in bytes"},
    {kKilo, '\0', "kilo", nullptr, "sizes in kilobytes (1000)"},
    {kMega, '\0', "mega", nullptr, "sizes in megabytes"},
    {kGiga, '\0', "giga", nullptr, "sizes in gigabytes"},
    {kTera, '\0', "tera", nullptr, "sizes in terabytes"},
    {kPeta, '\0', "peta", nullptr, "sizes in petabytes"},
    {kKibi, 'k', "kibi", nullptr, "sizes in kibibytes (1024), as without any option"},
    {kMebi, 'm', "mebi", nullptr, "sizes in mebibytes"},
    {kGibi, 'g', "gibi", nullptr, "sizes in gibibytes"},
    {kTebi, '\0', "tebi", nullptr, "sizes in tebibytes"},
    {kPebi, '\0', "pebi", nullptr, "sizes in pebibytes"},
    {kHuman, 'h', "human", nullptr, "short sizes, each with its unit"},
    {kSi, '\0', "si", nullptr, "units are powers of 1000, not of 1024"},
    {kLoHi, 'l', "lohi", nullptr, "add rows for low and high memory"},
    {kLine, 'L', "line", nullptr, "everything on one line"},
    {kTotal, 't', "total", nullptr, "add a row for memory and swap together"},
    {kCommitted, 'v', "committed", nullptr, "add a row for committed memory and its limit"},
    {kSeconds, 's', "seconds", "N", "report again every N seconds"},
    {kCount, 'c', "count", "N", "stop after N reports"},
    {kWide, 'w', "wide", nullptr, "buffers and cache in columns of their own"},
};
constexpr OptionSpec kInfo[] = {
    {kOptionHelp, '\0', "help", nullptr, "print this help", true},
    {kOptionVersion, 'V', "version", nullptr, "print the version", true},
};
constexpr const char* kSynopsis[] = {"[options]"};
constexpr OptionTable kTable = {"free", kSynopsis, kClassic,          kViewOptions,
                                kInfo,  "free(1)", "procps-ng 4.0.7", false};

// What free(1) accepts: digits with '.' or ',' whatever the locale, no exponent. `invalid` tells
// the texts that it reports as EINVAL from those that it only names.
struct Seconds {
  double value = 0;
  bool bad = false;
  bool invalid = false;
};

Seconds parse_seconds(const std::string& text) {
  Seconds result;
  const std::size_t start = text.find_first_not_of(" \t\n\v\f\r");
  std::size_t at = start == std::string::npos ? text.size() : start;
  const bool negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const auto digits = [&](double scale, double step) {
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      if (step < 1) {
        result.value += scale * (text[at] - '0');
        scale *= step;
      } else {
        result.value = result.value * step + (text[at] - '0');
      }
    }
  };
  digits(1, 10);
  result.bad = text.empty();
  if (at < text.size()) {
    result.invalid = text[at] != '.' && text[at] != ',';
    ++at;
    digits(0.1, 0.1);
    result.bad = result.invalid || at < text.size();
  }
  if (negative) result.value = -result.value;
  return result;
}

class Applier {
 public:
  Applier(Environment& environment, FreeOptions& options)
      : environment_(environment), options_(options) {}

  std::optional<int> operator()(int id, const std::string& value) {
    switch (id) {
      case kBytes:
        return unit(0, false);
      case kKilo:
      case kMega:
      case kGiga:
      case kTera:
      case kPeta:
        return unit(1 + id - kKilo, true);
      case kKibi:
      case kMebi:
      case kGibi:
      case kTebi:
      case kPebi:
        return unit(1 + id - kKibi, false);
      case kSeconds:
        return seconds(value);
      case kCount:
        return count(value);
      default:
        flag(id);
        return std::nullopt;
    }
  }

 private:
  void flag(int id) {
    switch (id) {
      case kHuman:
        options_.size.human = true;
        break;
      case kSi:
        options_.size.si = true;
        break;
      case kLoHi:
        options_.low_high = true;
        break;
      case kLine:
        options_.line = true;
        break;
      case kTotal:
        options_.total = true;
        break;
      case kCommitted:
        options_.committed = true;
        break;
      case kWide:
        options_.wide = true;
        break;
      default:
        break;
    }
  }

  std::optional<int> fail(std::string_view text) {
    complain(environment_, text);
    return 1;
  }

  std::optional<int> unit(int exponent, bool si) {
    if (unit_is_set_) return fail("Multiple unit options don't make sense.");
    unit_is_set_ = true;
    options_.size.exponent = exponent;
    options_.size.si = options_.size.si || si;  // --si before or after -m: the same
    return std::nullopt;
  }

  std::optional<int> seconds(const std::string& text) {
    const Seconds parsed = parse_seconds(text);
    if (parsed.bad) {
      return fail(formatted("seconds argument failed: '{}'{}", text,
                            parsed.invalid ? ": Invalid argument" : ""));
    }
    // An interval of centuries is as good as any that does not fit into the clock.
    constexpr double kMaxSeconds = 1e10;
    const double usec = (parsed.value < kMaxSeconds ? parsed.value : kMaxSeconds) * 1e6;
    if (usec < 1) {
      return fail(formatted("seconds argument `{}' is not positive number", text));
    }
    options_.repeat.interval = std::chrono::microseconds(static_cast<std::int64_t>(usec));
    return std::nullopt;
  }

  std::optional<int> count(const std::string& text) {
    char* end = nullptr;
    errno = 0;
    const long value = std::strtol(text.c_str(), &end, 10);
    const bool bad = text.empty() || end == text.c_str() || *end != '\0';
    if (!bad && errno == 0 && value >= 1 && value <= std::numeric_limits<int>::max()) {
      options_.repeat.count = static_cast<int>(value);
      return std::nullopt;
    }
    return fail(formatted("failed to parse count argument: '{}'{}", text,
                          bad ? "" : ": Numerical result out of range"));
  }

  Environment& environment_;
  FreeOptions& options_;
  bool unit_is_set_ = false;
};

}  // namespace

const OptionTable& free_option_table() { return kTable; }

std::optional<FreeOptions> parse_free_options(Environment& environment, int& status) {
  FreeOptions options;
  const ParsedLine line =
      parse_command_line(kTable, environment, options.view, Applier(environment, options));
  if (line.exit_status) {
    status = *line.exit_status;
    return std::nullopt;
  }
  return options;
}

}  // namespace cvtools
