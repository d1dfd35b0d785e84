// SPDX-License-Identifier: Apache-2.0
// The command line of every tool: options checked and handed over in the order given.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/arguments.hpp"
#include "common/environment.hpp"
#include "common/options.hpp"

namespace cvtools {

// kViewOptions as given on the line.
struct ViewOptions {
  bool container = false;
  bool host = false;
  bool json = false;
  std::int32_t pid = 0;  // 0: not given
  std::string cgroup;
  std::string sysroot;
  std::optional<std::uint32_t> cache_used_pct;
  std::string history;

  bool says_whose() const { return container || host || pid != 0 || !cgroup.empty(); }
};

// Called for each of the tool's own options when it is reached. A status ends the tool.
using Apply = std::function<std::optional<int>(int id, const std::string& value)>;

struct ParsedLine {
  std::optional<int> exit_status;  // set: the tool is done (help, version or an error, reported)
  std::vector<std::string_view> operands;
};

ParsedLine parse_command_line(const OptionTable& table, Environment& environment, ViewOptions& view,
                              const Apply& apply);

// The same for a line that the tool has taken apart itself.
ParsedLine apply_arguments(const OptionTable& table, Environment& environment, ViewOptions& view,
                           const Apply& apply, Arguments arguments);

// A whole number from 0 to 100, as --cache-used has it.
std::optional<std::uint32_t> to_percent(std::string_view text);

// The usage on stderr; gives the exit status.
int usage_error(const OptionTable& table, Environment& environment);

}  // namespace cvtools
