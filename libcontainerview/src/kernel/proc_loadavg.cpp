// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_loadavg.hpp"

#include "base/text.hpp"

namespace cv {

Result<Loadavg> parse_loadavg(std::string_view text) {
  std::string_view rest = trim(text);
  const auto avg_1m = parse_decimal(next_field(rest));
  const auto avg_5m = parse_decimal(next_field(rest));
  const auto avg_15m = parse_decimal(next_field(rest));
  const std::string_view threads = next_field(rest);
  const std::size_t slash = threads.find('/');
  const auto running = parse_u64(threads.substr(0, slash));
  const auto total =
      slash == std::string_view::npos ? std::nullopt : parse_u64(threads.substr(slash + 1));
  const auto last_pid = parse_u64(next_field(rest));
  if (!avg_1m || !avg_5m || !avg_15m || !running || !total)
    return malformed(1, "not three averages and RUNNING/TOTAL");
  return Loadavg{*avg_1m, *avg_5m, *avg_15m, *running, *total, last_pid.value_or(0)};
}

}  // namespace cv
