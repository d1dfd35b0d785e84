// SPDX-License-Identifier: Apache-2.0
// All of /proc/PID/stat that top(1) shows (proc(5)). What only asks for a state or a start time is
// better served by parse_pid_stat().
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace cv {

struct TaskStat {
  std::string_view command;  // of the text that was parsed; may hold anything but NUL
  char state = '?';
  std::int32_t parent_pid = 0, process_group = 0, session = 0, terminal = 0, terminal_group = 0;
  std::uint32_t kernel_flags = 0;
  std::uint64_t minor_faults = 0, major_faults = 0;
  std::uint64_t user_ticks = 0, system_ticks = 0;
  std::uint64_t children_ticks = 0;  // of children that were waited for, user and system
  std::int32_t priority = 0, nice = 0;
  std::uint32_t thread_count = 0;
  std::uint64_t start_ticks = 0;
  std::uint64_t virtual_bytes = 0, resident_pages = 0;
  std::uint32_t processor = 0, policy = 0;  // fields 39 and 41; 0 where there are none

  bool operator==(const TaskStat&) const = default;
};

// "17 (sh) S 1 17 17 34816 45 4194304 1120 5100 0 3 1 0 6 2 20 0 1 0 4711 2469888 230 ..."
Result<TaskStat> parse_task_stat(std::string_view text);

}  // namespace cv
