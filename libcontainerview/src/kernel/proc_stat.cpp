// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_stat.hpp"

#include <array>

#include "base/saturate.hpp"
#include "base/text.hpp"

namespace cv {
namespace {

// Kernels before 2.6.33 print fewer fields: missing ones are 0; user .. idle must be there.
bool parse_cpu_line(std::string_view rest, CpuTicks& cpu) {
  std::array<std::uint64_t, 10> ticks{};
  std::size_t found = 0;
  for (std::uint64_t& tick : ticks) {
    const auto value = parse_u64(next_field(rest));
    if (!value) break;
    tick = *value;
    ++found;
  }
  if (found < 4) return false;
  const auto [user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice] = ticks;
  cpu = {saturating_sub(user, guest),
         saturating_sub(nice, guest_nice),
         system,
         idle,
         iowait,
         irq,
         softirq,
         steal,
         saturating_add(guest, guest_nice)};
  return true;
}

}  // namespace

Result<ProcStat> parse_proc_stat(std::string_view text) {
  ProcStat stat;
  bool cpu_line = false;
  std::optional<std::uint32_t> bad_line;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    const std::string_view key = next_field(line);
    if (key == "cpu") {
      cpu_line = parse_cpu_line(line, stat.cpu);
      if (!cpu_line) bad_line = number;
    } else if (key.starts_with("cpu")) {
      ++stat.cpu_count;
    } else if (key == "btime") {
      stat.btime_sec = parse_u64(trim(line));
      return false;
    }
    return true;
  });
  if (bad_line) return malformed(*bad_line, "fewer than four counters");
  return stat;
}

Result<double> parse_proc_uptime(std::string_view text) {
  std::string_view rest = trim(text);
  const auto seconds = parse_decimal(next_field(rest));
  // Above 285 years the nanoseconds would not fit 64 bits.
  if (!seconds || *seconds > 9e9) return malformed(1, "not a number of seconds");
  return *seconds;
}

}  // namespace cv
