// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/cli.hpp"
#include "common/environment.hpp"
#include "top/rcfile.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

struct TopOptions {
  Settings settings;  // the toprc's, with what the line changes
  RcFiles rc_files;
  char rc_format = 'n';
  bool batch = false;
  bool all_tasks = false;                    // --all
  bool limits = false;                       // --limits
  std::optional<std::uint64_t> iterations;   // -n
  std::vector<std::int32_t> pids;            // -p
  std::optional<std::size_t> width, height;  // -w
  ViewOptions view;
};

}  // namespace cvtools::top

namespace cvtools {

const OptionTable& top_option_table();

// Nothing: the tool is done, with `status`.
std::optional<top::TopOptions> parse_top_options(Environment& environment, int& status);

}  // namespace cvtools
