// SPDX-License-Identifier: Apache-2.0
// Users of the classic tools rely on getopt_long: abbreviated names, bundled flags, its very error
// texts, options that act when they are reached. scan_arguments() turns the line into full names
// with their values, up to the first thing getopt would refuse; here the values of the options that
// every tool has are checked. No parser of others does the first, and what is left of its work does
// not pay for one: CLI11, which was here, made every tool twice as large and iostat 14 % slower to
// start.
#include "common/cli.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/arguments.hpp"
#include "common/help.hpp"
#include "common/number.hpp"
#include "common/quote.hpp"

namespace cvtools {
namespace {

std::string dashed(const OptionSpec& option) {
  if (option.long_name == nullptr) return {'-', option.short_name};
  return std::string("--") + option.long_name;
}

// Two answers to "whose figures?".
constexpr std::pair<int, int> kExclusive[] = {{kOptionHost, kOptionContainer},
                                              {kOptionHost, kOptionPid},
                                              {kOptionHost, kOptionCgroup},
                                              {kOptionPid, kOptionCgroup}};

bool exclude_each_other(int one, int other) {
  return std::any_of(std::begin(kExclusive), std::end(kExclusive), [&](const auto& pair) {
    return pair == std::pair(one, other) || pair == std::pair(other, one);
  });
}

// Acts on the options in the order given: an error early in the line wins over a later one.
class Applier {
 public:
  Applier(const OptionTable& table, Environment& environment, ViewOptions& view, const Apply& apply)
      : table_(table), environment_(environment), view_(view), apply_(apply) {}

  // A status: the tool is done.
  std::optional<int> run(const std::vector<Arguments::Item>& items) {
    for (const Arguments::Item& item : items) {
      if (const std::optional<int> status = take(item)) return status;
    }
    for (auto one = items.begin(); one != items.end(); ++one) {
      const auto other = std::find_if(one, items.end(), [&](const Arguments::Item& item) {
        return exclude_each_other(one->option->id, item.option->id);
      });
      if (other != items.end())
        return refuse(dashed(*one->option) + " excludes " + dashed(*other->option));
    }
    return std::nullopt;
  }

 private:
  std::optional<int> take(const Arguments::Item& item) {
    switch (item.option->id) {
      case kOptionHelp:
        environment_.out.write(help_text(table_, short_name(environment_), environment_.bundled));
        return 0;
      case kOptionVersion:
        environment_.out.write(version_text(table_, short_name(environment_)));
        return 0;
      case kOptionContainer:
        view_.container = true;
        return std::nullopt;
      case kOptionHost:
        view_.host = true;
        return std::nullopt;
      case kOptionJson:
        view_.json = true;
        return std::nullopt;
      case kOptionPid:
        view_.pid = to_number<std::int32_t>(item.value).value_or(0);
        return view_.pid > 0 ? std::nullopt : refuse(item, "the id of a process");
      case kOptionCacheUsed:
        view_.cache_used_pct = to_percent(item.value);
        return view_.cache_used_pct ? std::nullopt : refuse(item, "a number from 0 to 100");
      case kOptionCgroup:
        return take_path(item, view_.cgroup);
      case kOptionSysroot:
        return take_path(item, view_.sysroot);
      case kOptionHistory:
        return take_path(item, view_.history);
      default:
        return apply_(item.option->id, std::string(item.value));
    }
  }

  std::optional<int> take_path(const Arguments::Item& item, std::string& path) {
    path = item.value;
    return path.empty() ? refuse(dashed(*item.option) + ": is empty") : std::nullopt;
  }

  std::optional<int> refuse(const Arguments::Item& item, std::string_view not_this) {
    return refuse(dashed(*item.option) + " '" + std::string(item.value) + "': not " +
                  std::string(not_this));
  }

  std::optional<int> refuse(std::string_view why) {
    complain(environment_, why);
    return 1;
  }

  const OptionTable& table_;
  Environment& environment_;
  ViewOptions& view_;
  const Apply& apply_;
};

}  // namespace

std::optional<std::uint32_t> to_percent(std::string_view text) {
  const auto value = to_number<std::uint32_t>(text);
  return value && *value <= 100 ? value : std::nullopt;
}

int usage_error(const OptionTable& table, Environment& environment) {
  if (table.errors_stand_alone) return 1;
  if (table.hints_at_help) {
    environment.err.write("Try '" + std::string(called_as(environment)) +
                          " --help' for more information.\n");
    environment.err.flush();
    return 1;
  }
  environment.err.write(help_text(table, short_name(environment), environment.bundled));
  environment.err.flush();
  return 1;
}

ParsedLine parse_command_line(const OptionTable& table, Environment& environment, ViewOptions& view,
                              const Apply& apply) {
  if (environment.args.size() < 2) return {};
  return apply_arguments(table, environment, view, apply,
                         scan_arguments(table, environment.args.subspan(1)));
}

ParsedLine apply_arguments(const OptionTable& table, Environment& environment, ViewOptions& view,
                           const Apply& apply, Arguments arguments) {
  ParsedLine parsed;
  if (!arguments.items.empty()) {
    parsed.exit_status = Applier(table, environment, view, apply).run(arguments.items);
    if (parsed.exit_status) return parsed;
  }
  const bool refused = !arguments.operands.empty() && !table.takes_operands;
  // getopt names the program as it was typed, and so does coreutils.
  const std::string_view name = called_as(environment);
  if (!arguments.error.empty()) {
    complain_as(environment, name, arguments.error);
  } else if (refused && table.hints_at_help) {
    complain_as(environment, name, "extra operand " + quoted(arguments.operands.front()));
  } else if (refused && table.errors_stand_alone) {
    complain(environment, "unknown option '" + std::string(arguments.operands.front()) + "'");
  }
  if (!arguments.error.empty() || refused) parsed.exit_status = usage_error(table, environment);
  parsed.operands = std::move(arguments.operands);
  return parsed;
}

}  // namespace cvtools
