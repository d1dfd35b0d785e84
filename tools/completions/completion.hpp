// SPDX-License-Identifier: Apache-2.0
// Shell completions, made from a tool's option table. Each returns the text of one file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/options.hpp"

namespace cvtools {

// What can stand where an option or a command wants an argument. The table's own word tells: "DIR".
enum class ArgumentKind { kNone, kText, kDirectory, kPid, kKey };
ArgumentKind argument_kind(std::string_view word);

// What a synopsis line such as "explain KEY [options]  where a figure comes from" says.
struct Subcommand {
  std::string_view name;
  ArgumentKind argument = ArgumentKind::kNone;
  std::string_view help;
};

// The table and what follows from it.
struct Completion {
  const OptionTable& table;
  std::string command;  // "cv-free": what is typed
  std::vector<const OptionSpec*> options;
  std::vector<Subcommand> subcommands;
};

std::string bash_completion(const Completion& completion);
std::string fish_completion(const Completion& completion);
std::string zsh_completion(const Completion& completion);

}  // namespace cvtools
