// SPDX-License-Identifier: Apache-2.0

#include "common/formatted.hpp"
#include "completions/completion.hpp"

namespace cvtools {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

std::string fish_candidates(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::kNone:
      return "";
    case ArgumentKind::kText:
      return " -x";
    case ArgumentKind::kDirectory:
      return " -x -a '(__fish_complete_directories)'";
    case ArgumentKind::kPid:
      return " -x -a '(__fish_complete_pids)'";
    case ArgumentKind::kKey:
      return " -x -a '(containerview explain --list 2>/dev/null)'";
  }
  return "";
}

}  // namespace

std::string fish_completion(const Completion& completion) {
  const std::string_view name = completion.command;
  std::string text = formatted(
      "# fish completion for {0}; generated from its option table\ncomplete -c {0} -f\n", name);
  for (const Subcommand& command : completion.subcommands) {
    text += formatted("complete -c {} -n __fish_use_subcommand -a {} -d {}\n", name, command.name,
                      quoted(command.help));
    if (command.argument != ArgumentKind::kNone)
      text += formatted("complete -c {} -n '__fish_seen_subcommand_from {}'{}\n", name,
                        command.name, fish_candidates(command.argument));
  }
  for (const OptionSpec* option : completion.options) {
    text += formatted("complete -c {}", name);
    if (option->short_name != '\0') text += formatted(" -s {}", option->short_name);
    if (option->long_name != nullptr) text += formatted(" -l {}", option->long_name);
    text += formatted(" -d {}", quoted(option->help));
    if (option->argument != nullptr) text += fish_candidates(argument_kind(option->argument));
    text += "\n";
  }
  return text;
}

}  // namespace cvtools
