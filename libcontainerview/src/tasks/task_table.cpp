// SPDX-License-Identifier: Apache-2.0
#include "tasks/task_table.hpp"

#include <algorithm>
#include <utility>

#include "base/clock.hpp"
#include "base/saturate.hpp"
#include "snapshot/threads.hpp"

namespace cv {
namespace {

// A task that has not run is read in full at every fifth look all the same: others may have changed
// it (renice, reclaim).
constexpr std::uint8_t kMostSkipped = 4;

const char* name_of(SmallFile which) {
  switch (which) {
    case SmallFile::kStat:
      return "stat";
    case SmallFile::kSchedstat:
      return "schedstat";
    case SmallFile::kStatm:
      break;
  }
  return "statm";
}

}  // namespace

// No thread of another process can be asked for its CPU time, and no process by the ids of another
// namespace.
TaskTable::TaskTable(const Target& target, TaskTableOptions options)
    : target_(&target),
      options_(std::move(options)),
      has_cpu_clocks_(!options_.threads && has_our_ids(target.machine())) {}

void TaskTable::refresh(std::uint32_t files, std::int64_t now_nsec) {
  const std::vector<Id> ids = list();
  interval_nsec_ = look_ == 0 ? 0 : now_nsec - looked_nsec_;
  looked_nsec_ = now_nsec;
  ++look_;
  files_before_ = files_;
  files_ = files | kTaskStat;
  update(ids);
  for (auto at = tasks_.rbegin(); at != tasks_.rend() && budget_.too_many_held(); ++at)
    for (HeldFile& file : at->held) file.let_go();
  for (Task& task : tasks_) look_at(task, files_);
  std::erase_if(tasks_, [](const Task& task) { return task.lost; });
}

std::vector<std::uint64_t> TaskTable::list_processes() const {
  if (!options_.pids.empty()) {
    std::vector<std::uint64_t> ids(options_.pids.begin(), options_.pids.end());
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  // In a PID namespace of its own /proc is the container's. Where it shows others too, only those
  // of the boundary's cgroup count.
  if (!options_.all && target_->scope()->is_container && !whole_proc_is_ours(*target_)) {
    std::vector<std::uint64_t> ids;
    if (const auto listing = thread_listing(*target_)) {
      append_ids_of_subtree(target_->cgroup_root(), listing->dir, "cgroup.procs", ids);
      std::sort(ids.begin(), ids.end());
      return ids;
    }
  }
  return ids_of_proc(target_->machine(), "/proc");
}

std::vector<TaskTable::Id> TaskTable::list() const {
  std::vector<Id> ids;
  for (const std::uint64_t process : list_processes()) {
    const auto pid = static_cast<std::uint32_t>(process);
    if (!ids.empty() && ids.back().process_pid == pid) continue;  // v1 may list one twice
    if (!options_.threads) {
      ids.push_back({pid, pid});
      continue;
    }
    const std::string dir = "/proc/" + std::to_string(pid) + "/task";
    for (const std::uint64_t tid : ids_of_proc(target_->machine(), dir))
      ids.push_back({static_cast<std::uint32_t>(tid), pid});
  }
  if (options_.threads)
    std::sort(ids.begin(), ids.end(), [](const Id& a, const Id& b) { return a.pid < b.pid; });
  return ids;
}

// Makes the table hold exactly `ids`.
void TaskTable::update(const std::vector<Id>& ids) {
  const bool same = std::equal(ids.begin(), ids.end(), tasks_.begin(), tasks_.end(),
                               [](const Id& id, const Task& task) {
                                 return id.pid == task.pid && id.process_pid == task.process_pid;
                               });
  if (same) return;
  std::vector<Task> next;
  next.reserve(ids.size());
  auto old = tasks_.begin();
  for (const Id& id : ids) {
    while (old != tasks_.end() && old->pid < id.pid) ++old;
    if (old != tasks_.end() && old->pid == id.pid && old->process_pid == id.process_pid) {
      next.push_back(std::move(*old++));
    } else {
      Task& task = next.emplace_back();
      task.pid = id.pid;
      task.process_pid = id.process_pid;
    }
  }
  tasks_ = std::move(next);
}

void TaskTable::look_at(Task& task, std::uint32_t files) {
  task.user_delta_ticks = task.system_delta_ticks = 0;
  task.minor_faults_delta = task.major_faults_delta = 0;
  task.wait_delta_nsec = 0;
  for (TaskThread& thread : task.threads) thread.user_delta = thread.system_delta = 0;
  if (task.details) task.details->io_delta = {};
  const TaskStat before = task.stat;
  const bool idle = has_not_run(task);
  if (idle && task.skipped < kMostSkipped) {
    ++task.skipped;
  } else {
    // A file that is held open never tells of another task with the same id.
    const bool held = static_cast<bool>(task.held[static_cast<std::size_t>(SmallFile::kStat)]);
    if (!read_stat(task) && held) {
      forget(task);
      (void)read_stat(task);
    }
    if (task.lost) return;
    const std::uint32_t kept = idle && task.stat == before ? kTaskOwnDoing : 0;
    task.skipped = 0;
    task.tried &= kept;
    task.known &= kept;
    task.tried |= kTaskStat;
    task.known |= kTaskStat;
  }
  if (idle) {
    // What it counts itself has not changed either.
    if (task.details && task.details->io_look + 1 == look_) task.details->io_look = look_;
    if (task.wait_look + 1 == look_) task.wait_look = look_;
    if (task.cpus_look + 1 == look_) task.cpus_look = look_;
  }
  read_files(task, files & ~task.tried);
  task.seen = true;
}

// Whether nothing that it does itself can have changed since the last full reading.
bool TaskTable::has_not_run(Task& task) {
  if (!task.seen || task.expect_change) return false;
  // Runnable, or in a sleep that is counted: the state alone may change.
  if (task.stat.state == 'R' || task.stat.state == 'D') return false;
  if (has_cpu_clocks_) {
    const auto before = std::exchange(task.cpu_nsec, clock_process_cpu_nsec(task.pid));
    if (task.cpu_nsec) return task.cpu_nsec == before;
  }
  // The counters of /proc/PID are the leader's alone: they never speak for a process with threads.
  if (task.stat.thread_count > 1) return false;
  const bool had_counters = task.has_counters;
  const Schedstat before = task.counters;
  const auto now = read_counters(task);
  return now && had_counters && *now == before;
}

std::optional<Schedstat> TaskTable::read_counters(Task& task) {
  task.has_counters = false;
  const auto text = text_of(task, SmallFile::kSchedstat);
  if (!text) return std::nullopt;
  const auto counters = parse_schedstat(*text);
  // A kernel that does not count says 0.
  if (!counters || counters->on_cpu_nsec == 0) return std::nullopt;
  task.counters = *counters;
  task.has_counters = true;
  return *counters;
}

// False, and lost: there is no such task.
bool TaskTable::read_stat(Task& task) {
  const auto text = text_of(task, SmallFile::kStat);
  const auto stat = text ? parse_task_stat(*text) : Result<TaskStat>(malformed(0, {}));
  task.lost = !stat;
  if (!stat) return false;
  if (task.seen && stat->start_ticks != task.stat.start_ticks) forget(task);
  // Of one that is new, all that it did since its start. At the first look everything is new.
  const TaskStat before = task.seen ? task.stat : look_ == 1 ? *stat : TaskStat{};
  task.user_delta_ticks = saturating_sub(stat->user_ticks, before.user_ticks);
  task.system_delta_ticks = saturating_sub(stat->system_ticks, before.system_ticks);
  task.minor_faults_delta = saturating_sub(stat->minor_faults, before.minor_faults);
  task.major_faults_delta = saturating_sub(stat->major_faults, before.major_faults);
  const bool ran = task.user_delta_ticks + task.system_delta_ticks != 0;
  // Without a look at the counters in this one there is nothing to compare with in the next: they
  // may be read after the stat, for the waits. The CPU clock never is, and an old time of it
  // differs.
  if (task.expect_change && !ran) task.has_counters = false;
  task.expect_change = ran;
  if (task.command != stat->command) task.command = stat->command;
  task.stat = *stat;
  task.stat.command = {};
  return true;
}

// Another task has come under this id.
void TaskTable::forget(Task& task) {
  Task fresh;
  fresh.pid = task.pid;
  fresh.process_pid = task.process_pid;
  task = std::move(fresh);
}

void TaskTable::read(Task& task, std::uint32_t files) { read_files(task, files & ~task.tried); }

std::string TaskTable::path_of(const Task& task, std::string_view name) const {
  std::string path = "/proc/";
  path += std::to_string(task.process_pid);
  if (options_.threads) path.append("/task/").append(std::to_string(task.pid));
  return path.append("/").append(name);
}

std::optional<std::string_view> TaskTable::text_of(Task& task, SmallFile which) {
  buffer_.resize(kTextBytes);
  HeldFile& held = task.held[static_cast<std::size_t>(which)];
  if (held) {
    const auto text = read_again(held.file(), buffer_);
    return text && !text->empty() ? std::optional(*text) : std::nullopt;
  }
  auto file = target_->machine().open_file(path_of(task, name_of(which)));
  if (!file) return std::nullopt;
  const auto text = read_again(*file, buffer_);
  if (!text || text->empty()) return std::nullopt;
  // Those that come and go are not worth it.
  if (task.seen) held.hold(budget_, std::move(*file));
  return *text;
}

std::optional<std::string_view> TaskTable::text_of(const Task& task, const char* name) {
  buffer_.resize(kTextBytes);
  const auto file = target_->machine().open_file(path_of(task, name));
  if (!file) return std::nullopt;
  const auto text = read_again(*file, buffer_);
  return text ? std::optional(*text) : std::nullopt;
}

std::optional<TaskTable::CpuTime> TaskTable::on_cpu(std::uint32_t cpu) const {
  if ((files_ & files_before_ & kTaskThreadCpus) == 0) return std::nullopt;
  CpuTime time;
  for (const Task& task : tasks_) {
    for (const TaskThread& thread : task.threads) {
      if (thread.processor != cpu) continue;
      time.user_ticks += thread.user_delta;
      time.system_ticks += thread.system_delta;
    }
    if (!task.threads.empty() || task.stat.processor != cpu) continue;
    time.user_ticks += task.user_delta_ticks;
    time.system_ticks += task.system_delta_ticks;
  }
  return time;
}

}  // namespace cv
