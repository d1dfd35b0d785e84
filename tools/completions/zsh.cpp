// SPDX-License-Identifier: Apache-2.0

#include "common/formatted.hpp"
#include "completions/completion.hpp"

namespace cvtools {
namespace {

// Within '...[text]': the quote, brackets and the colon mean something to _arguments.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string_view action(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::kDirectory:
      return "_files -/";
    case ArgumentKind::kPid:
      return "($(cd /proc && echo [0-9]*))";  // _pids has only those of the terminal
    case ArgumentKind::kKey:
      return "compadd -- $(containerview explain --list 2>/dev/null)";
    case ArgumentKind::kNone:
    case ArgumentKind::kText:
      break;
  }
  return "";
}

std::string option_spec(const OptionSpec& option) {
  const std::string help = formatted("[{}]", escaped(option.help));
  std::string argument;
  if (option.argument != nullptr)
    argument = formatted(":{}:{}", option.argument, action(argument_kind(option.argument)));
  const std::string_view equals = option.argument == nullptr ? "" : "=";
  const std::string_view joined = option.argument == nullptr ? "" : "+";
  if (option.short_name == '\0')
    return formatted("'--{}{}{}{}'", option.long_name, equals, help, argument);
  if (option.long_name == nullptr)
    return formatted("'-{}{}{}{}'", option.short_name, joined, help, argument);
  return formatted("'(-{0} --{1})'{{-{0}{2},--{1}{3}}}'{4}{5}'", option.short_name,
                   option.long_name, joined, equals, help, argument);
}

std::string subcommand_specs(const Completion& completion) {
  if (completion.subcommands.empty()) return "";
  std::string commands;
  std::string arguments;
  for (const Subcommand& command : completion.subcommands) {
    commands += formatted(" {}\\:\"{}\"", command.name, escaped(command.help));
    if (command.argument != ArgumentKind::kNone)
      arguments += formatted("    {}) {} ;;\n", command.name, action(command.argument));
  }
  return formatted(
      " \\\n  '1:command:(({}))' '2: :->argument'\nif [[ $state == argument ]]; then\n"
      "  case $words[2] in\n{}  esac\nfi",
      commands.substr(1), arguments);
}

}  // namespace

std::string zsh_completion(const Completion& completion) {
  std::string text = formatted(
      "#compdef {0}\n# zsh completion for {0}; generated from its option table\n"
      "local state\n_arguments -s -S",
      completion.command);
  for (const OptionSpec* option : completion.options)
    text += formatted(" \\\n  {}", option_spec(*option));
  return text + subcommand_specs(completion) + "\n";
}

}  // namespace cvtools
