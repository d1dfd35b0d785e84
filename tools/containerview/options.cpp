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
    "explain KEY [options]  where a figure comes from, such as memory.available_bytes",
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
  if (line.operands.size() > 2) return fail(formatted("'{}' is too much", line.operands[2]));
  if (line.operands.size() == 2) options.argument = line.operands[1];
  const bool has_argument = line.operands.size() == 2;
  if (list && *command != Command::kExplain) return fail("--list belongs to explain");
  switch (*command) {
    case Command::kInfo:
    case Command::kLoad:
      if (has_argument) return fail(formatted("'{}' is too much", options.argument));
      break;
    case Command::kExplain:
      if (list && has_argument) return fail("--list takes no KEY");
      if (!has_argument && options.view.json) return fail("explain --json needs a KEY");
      break;
    case Command::kCapture:
      if (options.argument.empty()) return fail("capture needs a DIR");
      if (options.view.json) return fail("capture prints no JSON");
      break;
  }
  return options;
}

}  // namespace cvtools
