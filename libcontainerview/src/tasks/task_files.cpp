// SPDX-License-Identifier: Apache-2.0
// The files of a task beside its stat.
#include <unistd.h>

#include <algorithm>

#include "base/saturate.hpp"
#include "base/text.hpp"
#include "snapshot/threads.hpp"
#include "tasks/task_table.hpp"

namespace cv {
namespace {

constexpr const char* kNamespaces[] = {"ns/ipc",  "ns/mnt", "ns/net",    "ns/pid",
                                       "ns/user", "ns/uts", "ns/cgroup", "ns/time"};

// What a NUL (or a line end) separates, with `separator` in between.
std::string joined(std::string_view text, char from, char separator) {
  while (!text.empty() && text.back() == from) text.remove_suffix(1);
  std::string result(text);
  std::replace(result.begin(), result.end(), from, separator);
  return result;
}

template <typename Number>
bool number_of(const std::optional<std::string_view>& text, Number& out) {
  const auto value = text ? parse_i64(trim(*text)) : std::nullopt;
  if (value) out = static_cast<Number>(*value);
  return value.has_value();
}

TaskIo difference(const TaskIo& now, const TaskIo& before) {
  return {saturating_sub(now.read_calls, before.read_calls),
          saturating_sub(now.write_calls, before.write_calls),
          saturating_sub(now.read_bytes, before.read_bytes),
          saturating_sub(now.written_bytes, before.written_bytes)};
}

}  // namespace

void TaskTable::read_files(Task& task, std::uint32_t files) {
  for (std::uint32_t file = kTaskOwner; file < kTaskAllFiles && files != 0; file <<= 1) {
    if ((files & file) == 0) continue;
    files &= ~file;
    task.tried |= file;
    if (read_file(task, file)) task.known |= file;
  }
}

bool TaskTable::read_file(Task& task, std::uint32_t file) {
  switch (file) {
    case kTaskOwner:
      return read_owner(task);
    case kTaskStatm:
      return read_statm(task);
    case kTaskWait:
      return read_wait(task);
    case kTaskThreadCpus:
      return read_thread_cpus(task);
    default:
      if (!task.details) task.details = std::make_unique<TaskDetails>();
      return read_detail(task, file);
  }
}

bool TaskTable::read_owner(Task& task) {
  if (!target_->machine().live()) {
    // A tree belongs to whoever made it.
    const auto text = text_of(task, "status");
    if (!text) return false;
    const TaskStatus status = parse_task_status(*text);
    task.uid = status.uids[1];
    task.gid = status.gids[1];
    return true;
  }
  const auto owner = target_->machine().owner(path_of(task, ""));
  if (!owner) return false;
  task.uid = owner->uid;
  task.gid = owner->gid;
  return true;
}

bool TaskTable::read_statm(Task& task) {
  const auto text = text_of(task, SmallFile::kStatm);
  const auto pages = text ? parse_statm(*text) : Result<TaskPages>(malformed(0, {}));
  if (pages) task.pages = *pages;
  return pages.has_value();
}

bool TaskTable::read_detail(Task& task, std::uint32_t file) {
  TaskDetails& details = *task.details;
  const auto keep = [](std::optional<std::string_view> text, std::string& out, char from, char to) {
    out = text ? joined(*text, from, to) : std::string();
    return text.has_value();
  };
  switch (file) {
    case kTaskStatus: {
      const auto text = text_of(task, "status");
      if (text) details.status = parse_task_status(*text);
      return text.has_value();
    }
    case kTaskSmaps: {
      const auto text = text_of(task, "smaps_rollup");
      if (text) details.maps = parse_smaps_rollup(*text);
      return text.has_value();
    }
    case kTaskIo:
      return read_io(task, details);
    case kTaskOom:
      return number_of(text_of(task, "oom_score"), details.oom_score) &&
             number_of(text_of(task, "oom_score_adj"), details.oom_score_adjustment);
    case kTaskCmdline:
      return keep(text_of(task, "cmdline"), details.command_line, '\0', ' ');
    case kTaskEnviron:
      return keep(text_of(task, "environ"), details.environment, '\0', ' ');
    case kTaskCgroup:
      return keep(text_of(task, "cgroup"), details.cgroups, '\n', ',');
    case kTaskWchan:
      return keep(text_of(task, "wchan"), details.wait_channel, '\n', ' ');
    case kTaskExe: {
      const auto target = target_->machine().read_link(path_of(task, "exe"));
      details.executable = target.value_or("");
      return target.has_value();
    }
    case kTaskNamespaces:
      return read_namespaces(task, details);
    case kTaskLogin:
      return number_of(text_of(task, "loginuid"), details.login_uid);
    case kTaskAutogroup: {
      const auto text = text_of(task, "autogroup");
      const auto group = text ? parse_autogroup(*text) : Result<TaskAutogroup>(malformed(0, {}));
      details.autogroup = group.value_or(TaskAutogroup{});
      return group.has_value();
    }
    case kTaskFds: {
      const auto files = target_->machine().list(path_of(task, "fd"));
      details.open_files = files ? static_cast<std::uint32_t>(files->size()) : 0;
      return files.has_value();
    }
    default:
      return false;
  }
}

// Whether a counter that is read now can be compared with what it was at the look before: it was
// read then, or the task is new, and began at 0.
bool TaskTable::counts_on(const Task& task, std::uint64_t& last_look) const {
  const bool born = !task.seen && look_ > 1;
  const bool compare = born || (last_look != 0 && last_look + 1 == look_);
  last_look = look_;
  return compare;
}

bool TaskTable::read_io(Task& task, TaskDetails& details) {
  const auto text = text_of(task, "io");
  if (!text) return false;
  const TaskIo io = parse_task_io(*text);
  if (counts_on(task, details.io_look)) details.io_delta = difference(io, details.io);
  details.io = io;
  return true;
}

bool TaskTable::read_namespaces(Task& task, TaskDetails& details) {
  bool any = false;
  for (std::size_t i = 0; i < kNamespaceCount; ++i) {
    const auto link = target_->machine().read_link(path_of(task, kNamespaces[i]));
    const auto inode = link ? parse_namespace_link(*link) : std::nullopt;
    details.namespaces[i] = inode.value_or(0);
    any = any || inode;
  }
  return any;
}

// Makes `threads` hold exactly those that there are, sorted; new ones have counted from 0.
void TaskTable::list_threads(Task& task) {
  const std::string dir = "/proc/" + std::to_string(task.process_pid) + "/task";
  std::vector<TaskThread> next;
  auto old = task.threads.begin();
  for (const std::uint64_t tid : ids_of_proc(target_->machine(), dir)) {
    while (old != task.threads.end() && old->tid < tid) ++old;
    if (old != task.threads.end() && old->tid == tid)
      next.push_back(*old);
    else
      next.emplace_back().tid = static_cast<std::uint32_t>(tid);
  }
  task.threads = std::move(next);
}

// The time that its threads waited for a CPU since the look before.
bool TaskTable::read_wait(Task& task) {
  const bool compare = counts_on(task, task.wait_look);
  if (options_.threads || task.stat.thread_count <= 1) {
    task.threads.clear();
    const auto now = read_counters(task);
    if (!now) return false;
    if (compare) task.wait_delta_nsec = saturating_sub(now->run_delay_nsec, task.waited_nsec);
    task.waited_nsec = now->run_delay_nsec;
    return true;
  }
  list_threads(task);
  bool any = false;
  for (TaskThread& thread : task.threads) {
    const auto counters =
        read_parsed(target_->machine(), thread_dir(thread.tid) + "/schedstat", parse_schedstat);
    if (!counters) continue;
    any = true;
    if (compare) task.wait_delta_nsec += saturating_sub(counters->run_delay_nsec, thread.wait_nsec);
    thread.wait_nsec = counters->run_delay_nsec;
  }
  return any;
}

bool TaskTable::read_thread_cpus(Task& task) {
  const bool compare = counts_on(task, task.cpus_look);
  if (options_.threads || task.stat.thread_count <= 1) return true;
  if ((task.tried & kTaskWait) == 0) list_threads(task);
  for (TaskThread& thread : task.threads) {
    const auto text = target_->machine().read(thread_dir(thread.tid) + "/stat");
    const auto stat = text ? parse_task_stat(*text) : Result<TaskStat>(malformed(0, {}));
    if (!stat) continue;
    if (compare) {
      thread.user_delta = saturating_sub(stat->user_ticks, thread.user_ticks);
      thread.system_delta = saturating_sub(stat->system_ticks, thread.system_ticks);
    }
    thread.user_ticks = stat->user_ticks;
    thread.system_ticks = stat->system_ticks;
    thread.processor = stat->processor;
  }
  return true;
}

}  // namespace cv
