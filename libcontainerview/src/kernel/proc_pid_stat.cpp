// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_pid_stat.hpp"

#include <optional>

#include "base/text.hpp"

namespace cv {

Result<PidStat> parse_pid_stat(std::string_view text) {
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return malformed(1, "no command name");
  std::string_view rest = trim(text.substr(name_end + 1));
  PidStat stat;
  std::optional<std::uint64_t> num_threads;
  std::optional<std::uint64_t> start_ticks;
  for (int field = 3; field <= 22; ++field) {
    const std::string_view value = next_field(rest);
    if (field == 3 && value.size() == 1) stat.state = value[0];
    if (field == 20) num_threads = parse_u64(value);
    if (field == 22) start_ticks = parse_u64(value);
  }
  if (!num_threads || !start_ticks) return malformed(1, "fewer than 22 fields");
  stat.num_threads = *num_threads;
  stat.start_ticks = *start_ticks;
  return stat;
}

Result<Schedstat> parse_schedstat(std::string_view text) {
  std::string_view rest = trim(text);
  const auto on_cpu = parse_u64(next_field(rest));
  const auto run_delay = parse_u64(next_field(rest));
  if (!on_cpu || !run_delay) return malformed(1, "not a schedstat line");
  return Schedstat{*on_cpu, *run_delay};
}

Result<CpuList> parse_affinity(std::string_view text) {
  constexpr std::string_view kKey = "Cpus_allowed_list:";
  Result<CpuList> list = malformed(0, "no Cpus_allowed_list");
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    if (!line.starts_with(kKey)) return true;
    list = CpuList::parse(line.substr(kKey.size()));
    if (!list) list.error().line = number;
    return false;
  });
  return list;
}

}  // namespace cv
