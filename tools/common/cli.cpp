// SPDX-License-Identifier: Apache-2.0
// The only file that includes CLI11.
//
// Users of the classic tools rely on getopt_long: abbreviated names, bundled flags, its very error
// texts, options that act when they are reached. CLI11 has none of these, so scan_arguments() first
// turns the line into full names with their values, up to the first thing getopt would refuse.
// CLI11 then does what it is good at: conversions, ranges, options that exclude each other. It
// calls back option by option (trigger_on_parse), hence an error early in the line wins over a
// later one.
//
// Start-up: building a CLI::App with 30 options costs more than everything else in `free`. So only
// the options that are on the line are declared, and a line without options never comes here.
#include "common/cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "common/arguments.hpp"
#include "common/help.hpp"

namespace cvtools {
namespace {

// Leaves CLI11's parser from within a callback.
struct Stop {
  int status;
};

std::string dashed(const OptionSpec& option) { return std::string("--") + option.long_name; }

class Parser {
 public:
  Parser(const OptionTable& table, Environment& environment, ViewOptions& view, const Apply& apply)
      : table_(table), environment_(environment), view_(view), apply_(apply) {
    app_.set_help_flag();
  }

  std::optional<int> run(const std::vector<Arguments::Item>& items) {
    std::vector<std::string> line;
    for (const Arguments::Item& item : items) {
      if (option(item.option->id) == nullptr) {
        declared_.emplace_back(item.option->id, declare(*item.option)->trigger_on_parse());
      }
      line.push_back(dashed(*item.option));
      if (item.option->argument != nullptr) line.emplace_back(item.value);
    }
    for (const auto& [one, other] : kExclusive) {
      if (option(one) != nullptr && option(other) != nullptr) {
        option(one)->excludes(option(other));
      }
    }
    std::reverse(line.begin(), line.end());  // CLI11 takes arguments from the back
    try {
      app_.parse(std::move(line));
    } catch (const Stop& stop) {
      return stop.status;
    } catch (const CLI::ParseError& error) {
      complain(environment_, error.what());
      return 1;
    }
    return std::nullopt;
  }

 private:
  // Two answers to "whose figures?".
  static constexpr std::pair<int, int> kExclusive[] = {{kOptionHost, kOptionContainer},
                                                       {kOptionHost, kOptionPid},
                                                       {kOptionHost, kOptionCgroup},
                                                       {kOptionPid, kOptionCgroup}};

  CLI::Option* option(int id) const {
    const auto found = std::find_if(declared_.begin(), declared_.end(),
                                    [&](const auto& entry) { return entry.first == id; });
    return found == declared_.end() ? nullptr : found->second;
  }

  CLI::Option* declare(const OptionSpec& spec) {
    const std::string name = dashed(spec);
    switch (spec.id) {
      case kOptionContainer:
        return app_.add_flag(name, view_.container);
      case kOptionHost:
        return app_.add_flag(name, view_.host);
      case kOptionJson:
        return app_.add_flag(name, view_.json);
      case kOptionPid:
        return app_.add_option(name, view_.pid)->check(CLI::PositiveNumber);
      case kOptionCgroup:
        return app_.add_option(name, view_.cgroup)->check(not_empty());
      case kOptionSysroot:
        return app_.add_option(name, view_.sysroot)->check(not_empty());
      case kOptionCacheUsed:
        return app_.add_option(name, view_.cache_used_pct)->check(CLI::Range(0, 100));
      case kOptionHelp:
        return app_.add_flag_callback(name, [this] {
          environment_.out.write(help_text(table_, short_name(environment_)));
          throw Stop{0};
        });
      case kOptionVersion:
        return app_.add_flag_callback(name, [this] {
          environment_.out.write(version_text(table_, short_name(environment_)));
          throw Stop{0};
        });
      default:
        break;
    }
    const int id = spec.id;
    if (spec.argument == nullptr) {
      return app_.add_flag_callback(name, [this, id] { hand_over(id, ""); });
    }
    return app_.add_option_function<std::string>(
        name, [this, id](const std::string& value) { hand_over(id, value); });
  }

  static CLI::Validator not_empty() {
    return CLI::Validator([](std::string& value) { return value.empty() ? "is empty" : ""; }, "");
  }

  void hand_over(int id, const std::string& value) const {
    if (const std::optional<int> status = apply_(id, value)) throw Stop{*status};
  }

  const OptionTable& table_;
  Environment& environment_;
  ViewOptions& view_;
  const Apply& apply_;
  CLI::App app_;
  std::vector<std::pair<int, CLI::Option*>> declared_;
};

}  // namespace

ParsedLine parse_command_line(const OptionTable& table, Environment& environment, ViewOptions& view,
                              const Apply& apply) {
  ParsedLine parsed;
  if (environment.args.size() < 2) return parsed;
  Arguments arguments = scan_arguments(table, environment.args.subspan(1));
  if (!arguments.items.empty()) {
    parsed.exit_status = Parser(table, environment, view, apply).run(arguments.items);
    if (parsed.exit_status) return parsed;
  }
  if (!arguments.error.empty()) {
    // getopt names the program as it was typed.
    environment.err.write(std::string(called_as(environment)) + ": " + arguments.error + "\n");
  }
  if (!arguments.error.empty() || (!arguments.operands.empty() && !table.takes_operands)) {
    environment.err.write(help_text(table, short_name(environment)));
    environment.err.flush();
    parsed.exit_status = 1;
  }
  parsed.operands = std::move(arguments.operands);
  return parsed;
}

}  // namespace cvtools
