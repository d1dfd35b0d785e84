// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "common/cli.hpp"
#include "common/environment.hpp"

namespace cvtools {

struct DaemonOptions {
  bool all = false;
  bool per_container = false;
  std::chrono::milliseconds interval{5000};
  std::chrono::milliseconds subsample{0};  // 0: the library's default
  ViewOptions view;                        // pid, cgroup, history
};

const OptionTable& containerviewd_option_table();

// Nothing: the tool is done, with `status`.
std::optional<DaemonOptions> parse_daemon_options(Environment& environment, int& status);

}  // namespace cvtools
