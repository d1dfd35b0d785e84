// SPDX-License-Identifier: Apache-2.0
#include "containerview/options.hpp"

#include "common/formatted.hpp"

namespace cvtools {
namespace {

enum Id : int { kList };

constexpr OptionSpec kCommandOptions[] = {
    {kList, '\0', "list", nullptr, "explain: the names of all keys"},
};
constexpr OptionSpec kInfo[] = {
    {kOptionHelp, 'h', "help", nullptr, "print this help", true},
    {kOptionVersion, 'V', "version", nullptr, "print the version", true},
};
constexpr const char* kSynopsis[] = {
    "info [options]         what limits this container, and where it says so",
    "explain KEY [options]  where a figure, or several, come from, such as memory.available_bytes",
    "load [options]         how loaded it is now, and which processes make the load",
    "capture DIR [options]  write what was read as a tree for --sysroot",
};
constexpr OptionTable kTable = {"containerview", kSynopsis,          kCommandOptions, kViewOptions,
                                kInfo,           "containerview(1)", nullptr,         true};

std::optional<Command> command_named(std::string_view name) {
  if (name == "info") return Command::kInfo;
  if (name == "explain") return Command::kExplain;
  if (name == "load") return Command::kLoad;
  if (name == "capture") return Command::kCapture;
  return std::nullopt;
}

}  // namespace

const OptionTable& containerview_option_table() { return kTable; }

std::optional<ContainerviewOptions> parse_containerview_options(Environment& environment,
                                                                int& status) {
  ContainerviewOptions options;
  bool list = false;
  const auto apply = [&](int id, const std::string&) -> std::optional<int> {
    list = list || id == kList;
    return std::nullopt;
  };
  const ParsedLine line = parse_command_line(kTable, environment, options.view, apply);
  if (line.exit_status) {
    status = *line.exit_status;
    return std::nullopt;
  }
  const auto fail = [&](std::string_view why) {
    if (!why.empty()) complain(environment, why);
    status = usage_error(kTable, environment);
    return std::nullopt;
  };
  if (line.operands.empty()) return fail("");
  const std::optional<Command> command = command_named(line.operands.front());
  if (!command) return fail(formatted("no command '{}'", line.operands.front()));
  options.command = *command;
  options.arguments.assign(line.operands.begin() + 1, line.operands.end());
  const auto too_many = [&](std::size_t most) {
    return fail(formatted("'{}' is too much", options.arguments[most]));
  };
  if (list && *command != Command::kExplain) return fail("--list belongs to explain");
  switch (*command) {
    case Command::kInfo:
    case Command::kLoad:
      if (!options.arguments.empty()) return too_many(0);
      break;
    case Command::kExplain:
      if (list && !options.arguments.empty()) return fail("--list takes no KEY");
      if (options.arguments.empty() && options.view.json) return fail("explain --json needs a KEY");
      break;
    case Command::kCapture:
      if (options.arguments.empty()) return fail("capture needs a DIR");
      if (options.arguments.size() > 1) return too_many(1);
      if (options.view.json) return fail("capture prints no JSON");
      break;
  }
  return options;
}

}  // namespace cvtools
