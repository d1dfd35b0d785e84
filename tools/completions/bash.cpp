// SPDX-License-Identifier: Apache-2.0

#include <map>

#include "common/formatted.hpp"
#include "completions/completion.hpp"

namespace cvtools {
namespace {

// "-s | --seconds"
std::string names_of(const OptionSpec& option, std::string_view between) {
  std::string names;
  if (option.short_name != '\0') names = formatted("-{}", option.short_name);
  if (option.long_name == nullptr) return names;
  if (!names.empty()) names += between;
  return names + formatted("--{}", option.long_name);
}

// A shell word list that stands for what there is at the time of asking; empty: nothing to offer.
std::string_view bash_candidates(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::kDirectory:
      return "-d";
    case ArgumentKind::kPid:
      return R"sh(-W "$(cd /proc && echo [0-9]*)")sh";
    case ArgumentKind::kKey:
      return R"sh(-W "$(containerview explain --list 2>/dev/null)")sh";
    case ArgumentKind::kNone:
    case ArgumentKind::kText:
      break;
  }
  return "";
}

// "    -s | --seconds) COMPREPLY=(); return ;;": the options whose arguments are of one kind.
std::string argument_cases(const Completion& completion) {
  std::map<ArgumentKind, std::string> patterns;
  for (const OptionSpec* option : completion.options) {
    if (option->argument == nullptr) continue;
    std::string& pattern = patterns[argument_kind(option->argument)];
    if (!pattern.empty()) pattern += " | ";
    pattern += names_of(*option, " | ");
  }
  std::string text;
  for (const auto& [kind, pattern] : patterns) {
    const std::string_view words = bash_candidates(kind);
    text += formatted("    {})\n", pattern);
    if (!words.empty())
      text += formatted("      mapfile -t COMPREPLY < <(compgen {} -- \"$word\")\n", words);
    text += "      return ;;\n";
  }
  return text;
}

std::string subcommand_cases(const Completion& completion) {
  if (completion.subcommands.empty()) return "";
  std::string names;
  std::string arguments;
  for (const Subcommand& command : completion.subcommands) {
    names += formatted("{} ", command.name);
    if (const std::string_view words = bash_candidates(command.argument); !words.empty())
      arguments += formatted(
          "    {})\n      mapfile -t COMPREPLY < <(compgen {} -- \"$word\")\n      return ;;\n",
          command.name, words);
  }
  names.pop_back();
  return formatted(R"(  if [[ $word != -* ]]; then
    case ${{COMP_WORDS[1]}} in
{}    esac
    if ((COMP_CWORD == 1)); then mapfile -t COMPREPLY < <(compgen -W '{}' -- "$word"); fi
    return
  fi
)",
                   arguments, names);
}

}  // namespace

std::string bash_completion(const Completion& completion) {
  std::string function = completion.command;
  for (char& c : function)
    if (c == '-') c = '_';
  std::string words;
  for (const OptionSpec* option : completion.options) {
    words += names_of(*option, " ") + " ";
  }
  words.pop_back();
  return formatted(R"(# bash completion for {0}; generated from its option table
_{1}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  COMPREPLY=()
  # "--pid=12" is three words to bash.
  if [[ $previous == = ]]; then previous=${{COMP_WORDS[COMP_CWORD - 2]}}; fi
  if [[ $word == = ]]; then word=; fi
  case $previous in
{2}  esac
{3}  mapfile -t COMPREPLY < <(compgen -W '{4}' -- "$word")
}}
complete -F _{1} {0}
)",
                   completion.command, function, argument_cases(completion),
                   subcommand_cases(completion), words);
}

}  // namespace cvtools
