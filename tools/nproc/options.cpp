// SPDX-License-Identifier: Apache-2.0
#include "nproc/options.hpp"

#include <charconv>
#include <limits>

#include "common/quote.hpp"

namespace cvtools {
namespace {

enum Id : int { kAll, kIgnore, kRound, kFraction };

constexpr OptionSpec kClassic[] = {
    {kAll, '\0', "all", nullptr, "all CPUs that the machine can have"},
    {kIgnore, '\0', "ignore", "N", "leave N out, but never all"},
};
// Memory plays no part here: no --cache-used.
constexpr OptionSpec kOwn[] = {
    {kRound, '\0', "round", "HOW", "a fraction of a CPU: ceil, floor or half-up (default)"},
    {kFraction, '\0', "fraction", nullptr, "print it unrounded, such as 1.5"},
    view_option(kOptionContainer),
    view_option(kOptionHost),
    view_option(kOptionPid),
    view_option(kOptionCgroup),
    view_option(kOptionSysroot),
    view_option(kOptionJson),
};
constexpr OptionSpec kInfo[] = {
    {kOptionHelp, '\0', "help", nullptr, "print this help", true},
    {kOptionVersion, '\0', "version", nullptr, "print the version", true},
};
constexpr const char* kSynopsis[] = {"[options]"};
constexpr OptionTable kTable = {.tool = "nproc",
                                .synopsis = kSynopsis,
                                .classic = kClassic,
                                .own = kOwn,
                                .info = kInfo,
                                .manual = "nproc(1)",
                                .heritage = "GNU coreutils 9.8",
                                .takes_operands = false,
                                .hints_at_help = true};

constexpr Rounding kRoundings[] = {Rounding::kHalfUp, Rounding::kCeil, Rounding::kFloor};

// Decimal, with leading blanks and '+', as coreutils reads numbers; what is too large is as good as
// the largest.
std::optional<std::uint64_t> parse_count(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\n\v\f\r");
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  return value;
}

}  // namespace

const char* to_string(Rounding rounding) {
  switch (rounding) {
    case Rounding::kCeil:
      return "ceil";
    case Rounding::kFloor:
      return "floor";
    case Rounding::kHalfUp:
      break;
  }
  return "half-up";
}

const OptionTable& nproc_option_table() { return kTable; }

std::optional<NprocOptions> parse_nproc_options(Environment& environment, int& status) {
  NprocOptions options;
  const auto fail = [&](const std::string& text) {
    complain_as(environment, called_as(environment), text);
    return 1;
  };
  const auto apply = [&](int id, const std::string& value) -> std::optional<int> {
    if (id == kAll) options.all = true;
    if (id == kFraction) options.fraction = true;
    if (id == kIgnore) {
      const std::optional<std::uint64_t> count = parse_count(value);
      if (!count) return fail("invalid number: " + quoted(value));
      options.ignore = *count;
    }
    if (id == kRound) {
      for (const Rounding rounding : kRoundings) {
        if (value != to_string(rounding)) continue;
        options.rounding = rounding;
        return std::nullopt;
      }
      return fail("--round is " + quoted(value) + ": not one of ceil, floor, half-up");
    }
    return std::nullopt;
  };
  const ParsedLine line = parse_command_line(kTable, environment, options.view, apply);
  if (line.exit_status) {
    status = *line.exit_status;
    return std::nullopt;
  }
  return options;
}

}  // namespace cvtools
