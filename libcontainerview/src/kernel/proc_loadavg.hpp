// SPDX-License-Identifier: Apache-2.0
// /proc/loadavg (proc(5)): the machine's load; used for the host view only, but for last_pid, which
// is of the reader's PID namespace.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace cv {

struct Loadavg {
  double avg_1m = 0, avg_5m = 0, avg_15m = 0;
  std::uint64_t running = 0, total = 0;
  std::uint64_t last_pid = 0;
};

// "0.20 0.18 0.12 1/80 11206\n"
Result<Loadavg> parse_loadavg(std::string_view text);

}  // namespace cv
