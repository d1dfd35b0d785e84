// SPDX-License-Identifier: Apache-2.0
// One table per tool says which options it has. The parser, --help and whatever else must list them
// (shell completions) are made from it.
#pragma once

#include <array>
#include <span>

namespace cvtools {

// Members in the order in which a table reads well; ten bytes of padding are nothing here.
struct OptionSpec {       // NOLINT(clang-analyzer-optin.performance.Padding)
  int id;                 // what the tool switches on: its own enum, or CommonOption
  char short_name;        // '\0': none
  const char* long_name;  // null: none
  const char* argument;   // how the help names its argument; null: a flag
  const char* help;
  // The classic tools act on some options when they reach them, and then exit: the rest of the line
  // is never looked at.
  bool ends_line = false;
  // Its argument may be left out: it is one only if it stands in the same word, or is a number.
  bool argument_optional = false;
};

// Options that mean the same in every tool. A tool's own ids start at 0.
enum CommonOption : int {
  kOptionHelp = 1000,
  kOptionVersion,
  kOptionContainer,
  kOptionHost,
  kOptionPid,
  kOptionCgroup,
  kOptionSysroot,
  kOptionCacheUsed,
  kOptionHistory,
  kOptionJson,
};

// What is looked at. --container stands first so that uptime, whose classic -c it is, can leave it
// out of its own list.
inline constexpr std::array kViewOptions = {
    OptionSpec{kOptionContainer, '\0', "container", nullptr,
               "own cgroup, limits of all its ancestors"},
    OptionSpec{kOptionHost, '\0', "host", nullptr, "the whole machine, as the classic tool"},
    OptionSpec{kOptionPid, '\0', "pid", "PID", "the container that process PID is in"},
    OptionSpec{kOptionCgroup, '\0', "cgroup", "PATH", "the cgroup PATH"},
    OptionSpec{kOptionSysroot, '\0', "sysroot", "DIR", "read DIR/proc and DIR/sys"},
    OptionSpec{kOptionCacheUsed, '\0', "cache-used", "PERCENT",
               "share of the file cache that counts as used"},
    OptionSpec{kOptionHistory, '\0', "history", "DIR", "where a sampler records the load"},
    OptionSpec{kOptionJson, '\0', "json", nullptr, "print JSON"},
};

// One of them, for a list that leaves others out.
constexpr OptionSpec view_option(CommonOption id) {
  for (const OptionSpec& option : kViewOptions)
    if (option.id == id) return option;
  throw "no such option";  // does not compile
}

struct OptionTable {
  const char* tool;                       // "free"
  std::span<const char* const> synopsis;  // what follows the name in the usage lines
  std::span<const OptionSpec> classic;    // those of the tool that this one stands in for
  std::span<const OptionSpec> own;        // those that only we have
  std::span<const OptionSpec> info;       // help and version, listed last
  const char* manual;    // "free(1)": the last line of the help is the classic tool's
  const char* heritage;  // "procps-ng 4.0.7"; null: no classic tool
  bool takes_operands;
  // A wrong line is answered as coreutils do: not by the usage but by where to find it.
  bool hints_at_help = false;
  // Or by what is wrong alone.
  bool errors_stand_alone = false;
  // How the version begins where it is not "free from procps-ng 4.0.7": scripts look for it.
  const char* version_start = nullptr;
};

}  // namespace cvtools
