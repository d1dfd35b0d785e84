// SPDX-License-Identifier: Apache-2.0
// Run by the build: generate SHELL TOOL >FILE
#include <unistd.h>

#include <string_view>

#include "common/output.hpp"
#include "completions/completion.hpp"
#include "completions/option_tables.hpp"

namespace cvtools {

ArgumentKind argument_kind(std::string_view word) {
  if (word == "DIR" || word == "PATH") return ArgumentKind::kDirectory;
  if (word == "PID") return ArgumentKind::kPid;
  if (word == "KEY") return ArgumentKind::kKey;
  return word.empty() || word.front() == '[' ? ArgumentKind::kNone : ArgumentKind::kText;
}

namespace {

// Empty for a synopsis that starts with options.
std::vector<Subcommand> subcommands_of(const OptionTable& table) {
  std::vector<Subcommand> commands;
  for (const std::string_view line : table.synopsis) {
    if (line.starts_with('[')) continue;
    const std::size_t name_end = line.find(' ');
    const std::string_view after = line.substr(name_end + 1);
    commands.push_back({line.substr(0, name_end), argument_kind(after.substr(0, after.find(' '))),
                        line.substr(line.find_last_of("  ", line.rfind("  ") + 1) + 1)});
  }
  return commands;
}

Completion completion_of(const OptionTable& table) {
  Completion completion{.table = table, .command = table.tool, .options = {}, .subcommands = {}};
  if (table.heritage != nullptr) completion.command.insert(0, "cv-");
  for (const auto& group : {table.classic, table.own, table.info})
    for (const OptionSpec& option : group) completion.options.push_back(&option);
  completion.subcommands = subcommands_of(table);
  return completion;
}

int generate(std::string_view shell, std::string_view tool_name) {
  for (const OptionTable* table : option_tables()) {
    if (table->tool != tool_name) continue;
    Output out(STDOUT_FILENO);
    const Completion completion = completion_of(*table);
    if (shell == "bash") out.write(bash_completion(completion));
    if (shell == "fish") out.write(fish_completion(completion));
    if (shell == "zsh") out.write(zsh_completion(completion));
    out.flush();
    return out.error() == 0 ? 0 : 1;
  }
  return 1;
}

}  // namespace
}  // namespace cvtools

int main(int argc, char** argv) { return argc == 3 ? cvtools::generate(argv[1], argv[2]) : 2; }
