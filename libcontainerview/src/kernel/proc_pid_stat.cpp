// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_pid_stat.hpp"

#include <sched.h>

#include <optional>

#include "base/text.hpp"

namespace cv {

namespace {

constexpr std::uint64_t kExiting = 0x4;  // PF_EXITING of include/linux/sched.h

}  // namespace

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
    if (field == 9) stat.is_ending = (parse_u64(value).value_or(0) & kExiting) != 0;
    if (field == 20) num_threads = parse_u64(value);
    if (field == 22) start_ticks = parse_u64(value);
  }
  if (!num_threads || !start_ticks) return malformed(1, "fewer than 22 fields");
  stat.num_threads = *num_threads;
  stat.start_ticks = *start_ticks;
  return stat;
}

Result<bool> parse_is_real_time(std::string_view text) {
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return malformed(1, "no command name");
  std::string_view rest = trim(text.substr(name_end + 1));
  for (int field = 3; field < 41; ++field) next_field(rest);
  const auto policy = parse_u64(next_field(rest));
  if (!policy) return malformed(1, "fewer than 41 fields");
  return *policy == SCHED_FIFO || *policy == SCHED_RR || *policy == SCHED_DEADLINE;
}

Result<Schedstat> parse_schedstat(std::string_view text) {
  std::string_view rest = trim(text);
  const auto on_cpu = parse_u64(next_field(rest));
  const auto run_delay = parse_u64(next_field(rest));
  if (!on_cpu || !run_delay) return malformed(1, "not a schedstat line");
  return Schedstat{*on_cpu, *run_delay, parse_u64(next_field(rest)).value_or(0)};
}

Result<std::uint64_t> parse_process_of(std::string_view text) {
  constexpr std::string_view kKey = "Tgid:";
  Result<std::uint64_t> process = malformed(0, "no Tgid");
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    if (!line.starts_with(kKey)) return true;
    const auto id = parse_u64(trim(line.substr(kKey.size())));
    process = id ? Result<std::uint64_t>(*id) : malformed(number, "not a number");
    return false;
  });
  return process;
}

Result<ThreadStatus> parse_thread_status(std::string_view text) {
  ThreadStatus status;
  int counters = 0;
  for_each_line(text, [&](std::string_view line, std::uint32_t) {
    const std::string_view key = next_field(line);
    if (key == "State:") {
      const std::string_view state = next_field(line);
      if (state.size() == 1) status.state = state.front();
    } else if (key == "voluntary_ctxt_switches:" || key == "nonvoluntary_ctxt_switches:") {
      if (const auto count = parse_u64(trim(line))) {
        status.switches += *count;
        ++counters;
      }
    }
    return true;
  });
  if (counters != 2) return malformed(0, "no counters of context switches");
  return status;
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
