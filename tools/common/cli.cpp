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
// Start-up: a CLI::App costs 0.07 ms, a sixth of what `free` spends above an empty program. So only
// the options that are on the line are declared, and where all of them are the tool's own, which
// checks their values itself (`free -h -s 1`), there is nothing to ask CLI11, and it is not asked.
#include "common/cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "common/arguments.hpp"
#include "common/help.hpp"
#include "common/quote.hpp"

namespace cvtools {
namespace {

// Leaves CLI11's parser from within a callback.
struct Stop {
  int status;
};

std::string dashed(const OptionSpec& option) {
  if (option.long_name == nullptr) return {'-', option.short_name};
  return std::string("--") + option.long_name;
}

class Parser {
 public:
  Parser(const OptionTable& table, Environment& environment, ViewOptions& view, const Apply& apply)
      : table_(table), environment_(environment), view_(view), apply_(apply) {}

  std::optional<int> run(const std::vector<Arguments::Item>& items) {
    const bool plain = std::all_of(items.begin(), items.end(), [](const Arguments::Item& item) {
      return item.option->id < kOptionContainer;
    });
    try {
      if (plain) {
        for (const Arguments::Item& item : items)
          hand_over(item.option->id, std::string(item.value));
      } else {
        parse(items);
      }
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

  void parse(const std::vector<Arguments::Item>& items) {
    CLI::App app;
    app.set_help_flag();
    std::vector<std::pair<int, CLI::Option*>> declared;
    const auto find = [&](int id) -> CLI::Option* {
      const auto found = std::find_if(declared.begin(), declared.end(),
                                      [&](const auto& entry) { return entry.first == id; });
      return found == declared.end() ? nullptr : found->second;
    };
    std::vector<std::string> line;
    for (const Arguments::Item& item : items) {
      if (find(item.option->id) == nullptr) {
        declared.emplace_back(item.option->id, declare(app, *item.option)->trigger_on_parse());
      }
      line.push_back(dashed(*item.option));
      if (item.option->argument != nullptr) line.emplace_back(item.value);
    }
    for (const auto& [one, other] : kExclusive) {
      if (find(one) != nullptr && find(other) != nullptr) find(one)->excludes(find(other));
    }
    std::reverse(line.begin(), line.end());  // CLI11 takes arguments from the back
    app.parse(std::move(line));
  }

  CLI::Option* declare(CLI::App& app, const OptionSpec& spec) {
    const std::string name = dashed(spec);
    switch (spec.id) {
      case kOptionContainer:
        return app.add_flag(name, view_.container);
      case kOptionHost:
        return app.add_flag(name, view_.host);
      case kOptionJson:
        return app.add_flag(name, view_.json);
      case kOptionPid:
        return app.add_option(name, view_.pid)->check(CLI::PositiveNumber);
      case kOptionCgroup:
        return app.add_option(name, view_.cgroup)->check(not_empty());
      case kOptionSysroot:
        return app.add_option(name, view_.sysroot)->check(not_empty());
      case kOptionCacheUsed:
        return app.add_option(name, view_.cache_used_pct)->check(CLI::Range(0, 100));
      case kOptionHistory:
        return app.add_option(name, view_.history)->check(not_empty());
      default:
        break;
    }
    const int id = spec.id;
    if (spec.argument == nullptr) {
      return app.add_flag_callback(name, [this, id] { hand_over(id, ""); });
    }
    return app.add_option_function<std::string>(
        name, [this, id](const std::string& value) { hand_over(id, value); });
  }

  static CLI::Validator not_empty() {
    return CLI::Validator([](std::string& value) { return value.empty() ? "is empty" : ""; }, "");
  }

  void hand_over(int id, const std::string& value) {
    if (id == kOptionHelp) {
      environment_.out.write(help_text(table_, short_name(environment_), environment_.bundled));
      throw Stop{0};
    }
    if (id == kOptionVersion) {
      environment_.out.write(version_text(table_, short_name(environment_)));
      throw Stop{0};
    }
    if (const std::optional<int> status = apply_(id, value)) throw Stop{*status};
  }

  const OptionTable& table_;
  Environment& environment_;
  ViewOptions& view_;
  const Apply& apply_;
};

}  // namespace

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
    parsed.exit_status = Parser(table, environment, view, apply).run(arguments.items);
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
