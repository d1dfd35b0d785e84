// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_stat.hpp"

#include <array>

#include "base/saturate.hpp"
#include "base/text.hpp"
#include "kernel/parsed.hpp"

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
         guest,
         guest_nice};
  return true;
}

}  // namespace

Result<ProcStat> parse_proc_stat(std::string_view text) {
  ProcStat stat;
  bool cpu_line = false;
  std::optional<std::uint32_t> bad_line;
  const std::array counters{
      KeyedField{"btime", &stat.btime_sec},
      KeyedField{"intr", &stat.intr},
      KeyedField{"ctxt", &stat.ctxt},
      KeyedField{"processes", &stat.processes},
      KeyedField{"procs_running", &stat.procs_running},
      KeyedField{"procs_blocked", &stat.procs_blocked},
  };
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    const std::string_view key = next_field(line);
    if (key == "cpu") {
      cpu_line = parse_cpu_line(line, stat.cpu);
      if (!cpu_line) bad_line = number;
    } else if (key.starts_with("cpu")) {
      ++stat.cpu_count;
    } else {
      for (const auto& [name, counter] : counters)
        if (key == name) *counter = parse_u64(next_field(line));
    }
    return true;
  });
  if (bad_line) return malformed(*bad_line, "fewer than four counters");
  return stat;
}

std::vector<CpuLine> parse_cpu_lines(std::string_view text) {
  std::vector<CpuLine> lines;
  for_each_line(text, [&](std::string_view line, std::uint32_t) {
    std::string_view key = next_field(line);
    if (!key.starts_with("cpu")) return false;  // they stand first
    key.remove_prefix(3);
    CpuLine cpu;
    const auto number = parse_u64(key);
    if (number && parse_cpu_line(line, cpu.ticks)) {
      cpu.cpu = static_cast<std::uint32_t>(*number);
      lines.push_back(cpu);
    }
    return true;
  });
  return lines;
}

Result<double> parse_proc_uptime(std::string_view text) {
  std::string_view rest = trim(text);
  const auto seconds = parse_decimal(next_field(rest));
  // Above 285 years the nanoseconds would not fit 64 bits.
  if (!seconds || *seconds > 9e9) return malformed(1, "not a number of seconds");
  return *seconds;
}

}  // namespace cv
