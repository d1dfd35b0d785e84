// SPDX-License-Identifier: Apache-2.0
// TaskTable: the processes or threads of a scope from one look to the next, read as cheaply as it
// gets without telling anything that is not so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "load/budget.hpp"
#include "snapshot/target.hpp"
#include "tasks/task.hpp"

namespace cv {

struct TaskTableOptions {
  bool threads = false;             // each thread is a task
  bool all = false;                 // whatever /proc shows
  std::vector<std::uint32_t> pids;  // only these; empty: all
};

class TaskTable {
 public:
  // `target` must outlive this, and be refreshed by its owner.
  TaskTable(const Target& target, TaskTableOptions options);
  TaskTable(const TaskTable&) = delete;
  TaskTable& operator=(const TaskTable&) = delete;

  // How many files may be held open from now on.
  void set_file_limit(std::size_t files) { budget_.set_file_limit(files); }
  std::size_t held_files() const { return budget_.held(); }

  // Lists the tasks and reads `files` (TaskFiles) of each.
  void refresh(std::uint32_t files, std::int64_t now_nsec);
  // Reads what is missing of `files` for one task.
  void read(Task& task, std::uint32_t files);

  // By pid.
  std::vector<Task>& tasks() { return tasks_; }
  const std::vector<Task>& tasks() const { return tasks_; }
  std::int64_t interval_nsec() const { return interval_nsec_; }

  struct CpuTime {
    std::uint64_t user_ticks = 0, system_ticks = 0;
  };
  // Of the tasks that ran last on `cpu`, since the look before; none if that was not counted in
  // both.
  std::optional<CpuTime> on_cpu(std::uint32_t cpu) const;

 private:
  struct Id {
    std::uint32_t pid, process_pid;
  };
  std::vector<Id> list() const;
  std::vector<std::uint64_t> list_processes() const;
  void update(const std::vector<Id>& ids);

  void look_at(Task& task, std::uint32_t files);
  bool has_not_run(Task& task);
  bool read_stat(Task& task);
  void forget(Task& task);
  void read_files(Task& task, std::uint32_t files);
  bool read_file(Task& task, std::uint32_t file);
  bool read_detail(Task& task, std::uint32_t file);
  bool counts_on(const Task& task, std::uint64_t& last_look) const;
  bool read_io(Task& task, TaskDetails& details);
  bool read_namespaces(Task& task, TaskDetails& details);
  bool read_owner(Task& task);
  bool read_statm(Task& task);
  bool read_wait(Task& task);
  bool read_thread_cpus(Task& task);
  void list_threads(Task& task);
  std::optional<Schedstat> read_counters(Task& task);

  // What a small file of the task says, held open if it may be; good until the next call.
  std::optional<std::string_view> text_of(Task& task, SmallFile which);
  // The first bytes of a file; good until the next call.
  std::optional<std::string_view> text_of(const Task& task, const char* name);
  std::string path_of(const Task& task, std::string_view name) const;

  // More of a command line or an environment is not told.
  static constexpr std::size_t kTextBytes = 16 << 10;

  const Target* target_;
  TaskTableOptions options_;
  bool has_cpu_clocks_;  // of its tasks
  LoadBudget budget_;
  std::vector<Task> tasks_;
  std::vector<char> buffer_;
  std::uint64_t look_ = 0;
  std::uint32_t files_ = 0, files_before_ = 0;
  std::int64_t looked_nsec_ = 0, interval_nsec_ = 0;
};

}  // namespace cv
