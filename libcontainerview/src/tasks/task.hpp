// SPDX-License-Identifier: Apache-2.0
// One process or thread, from one look to the next.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/proc_pid_stat.hpp"
#include "kernel/proc_task_files.hpp"
#include "kernel/proc_task_stat.hpp"
#include "load/held_file.hpp"

namespace cv {

// Files of a task; the same bits as CV_TASK_* of the C ABI.
enum TaskFiles : std::uint32_t {
  kTaskStat = 1u << 0,
  kTaskOwner = 1u << 1,
  kTaskStatm = 1u << 2,
  kTaskStatus = 1u << 3,
  kTaskWait = 1u << 4,
  kTaskCmdline = 1u << 5,
  kTaskEnviron = 1u << 6,
  kTaskCgroup = 1u << 7,
  kTaskWchan = 1u << 8,
  kTaskExe = 1u << 9,
  kTaskOom = 1u << 10,
  kTaskIo = 1u << 11,
  kTaskSmaps = 1u << 12,
  kTaskNamespaces = 1u << 13,
  kTaskLogin = 1u << 14,
  kTaskAutogroup = 1u << 15,
  kTaskFds = 1u << 16,
  kTaskThreadCpus = 1u << 17,
  kTaskAllFiles = (1u << 18) - 1,
};
// Those that need TaskDetails.
constexpr std::uint32_t kTaskDetailFiles = kTaskStatus | kTaskCmdline | kTaskEnviron | kTaskCgroup |
                                           kTaskWchan | kTaskExe | kTaskOom | kTaskIo | kTaskSmaps |
                                           kTaskNamespaces | kTaskLogin | kTaskAutogroup | kTaskFds;

// What no one else changes in a task that does nothing, as long as its stat stays the same.
constexpr std::uint32_t kTaskOwnDoing = kTaskOwner | kTaskStatm | kTaskCmdline | kTaskEnviron |
                                        kTaskExe | kTaskIo | kTaskNamespaces | kTaskFds;

constexpr std::size_t kNamespaceCount = 8;

// What fewer ask for.
struct TaskDetails {
  TaskStatus status;
  TaskMaps maps;
  TaskIo io, io_delta;
  std::uint64_t io_look = 0;  // the look that read it last; 0: none yet
  std::int32_t oom_score = 0, oom_score_adjustment = 0;
  TaskAutogroup autogroup;
  std::uint32_t login_uid = UINT32_MAX;
  std::uint32_t open_files = 0;
  std::array<std::uint64_t, kNamespaceCount> namespaces{};
  std::string command_line, environment, cgroups, wait_channel, executable;
};

// A thread of a task that has several: what its counters said at the last look.
struct TaskThread {
  std::uint32_t tid = 0;
  std::uint32_t processor = 0;
  std::uint64_t wait_nsec = 0;
  std::uint64_t user_ticks = 0, system_ticks = 0;
  std::uint64_t user_delta = 0, system_delta = 0;  // in ticks
};

// The files that are held open: those that may be read at each look.
enum class SmallFile : std::uint8_t { kStat, kSchedstat, kStatm };
constexpr std::size_t kSmallFileCount = 3;

struct Task {
  std::uint32_t pid = 0;
  std::uint32_t process_pid = 0;  // another than pid: a thread
  std::uint32_t tried = 0;        // files whose content is that of this look, if there is any
  std::uint32_t known = 0;        // those of them that could be read
  TaskStat stat;                  // its `command` points nowhere
  std::string command;
  std::uint32_t uid = 0, gid = 0;
  TaskPages pages;
  // Since the look before.
  std::uint64_t user_delta_ticks = 0, system_delta_ticks = 0;
  std::uint64_t minor_faults_delta = 0, major_faults_delta = 0, wait_delta_nsec = 0;

  Schedstat counters;                     // at the last time they were read
  std::optional<std::uint64_t> cpu_nsec;  // of all its threads, when it was asked last
  std::uint64_t waited_nsec = 0;          // run_delay at wait_look
  std::uint64_t wait_look = 0;            // the look that counted it last; 0: none yet
  std::uint64_t cpus_look = 0;
  std::uint8_t skipped = 0;  // looks since the last full reading
  bool has_counters = false;
  bool expect_change = false;  // ran in the interval before: read stat at once
  bool seen = false;           // at an earlier look
  bool lost = false;           // ended since it was listed

  std::array<HeldFile, kSmallFileCount> held;
  std::unique_ptr<TaskDetails> details;
  std::vector<TaskThread> threads;  // with kTaskWait or kTaskThreadCpus, of tasks that have several

  bool is_thread() const { return pid != process_pid; }
};

}  // namespace cv
