// SPDX-License-Identifier: Apache-2.0
// The C ABI of processes and threads. Translation only.
#include <unistd.h>

#include <algorithm>

#include "handles.hpp"
#include "kernel/cgroup_files.hpp"
#include "snapshot/threads.hpp"
#include "tasks/task_table.hpp"
#include "watch/held_files.hpp"

struct cv_tasks {
  cv_tasks(cv_context& from, cv::TaskTableOptions options)
      : context(&from), table(from.sampler.target(), std::move(options)) {}

  cv_context* context;
  cv::TaskTable table;
  std::vector<cv_task> out;
  std::vector<std::unique_ptr<cv_task_details>> details;
  std::vector<std::string> problems;  // of finding the cgroups; cv_sample() tells the same
  std::int64_t pid_max = 32768;
  std::uint64_t looks = 0;
  std::int64_t budget_set_nsec = 0;
};

namespace {

constexpr std::int64_t kBudgetEveryNsec = 60 * cv::kNsecPerSec;

std::uint64_t nsec_of(std::uint64_t ticks) {
  return ticks * static_cast<std::uint64_t>(cv::clock_tick_nsec());
}

void fill_status(const cv::TaskDetails& from, cv_task_details& out) {
  const cv::TaskStatus& status = from.status;
  out.real_uid = status.uids[0];
  out.effective_uid = status.uids[1];
  out.saved_uid = status.uids[2];
  out.fs_uid = status.uids[3];
  out.real_gid = status.gids[0];
  out.effective_gid = status.gids[1];
  out.saved_gid = status.gids[2];
  out.fs_gid = status.gids[3];
  out.permitted_capabilities = status.permitted_capabilities;
  out.groups = status.groups.c_str();
  out.swap_bytes = status.swap_bytes;
  out.resident_bytes = status.resident_bytes;
  out.anonymous_bytes = status.anonymous_bytes;
  out.file_bytes = status.file_bytes;
  out.shmem_bytes = status.shmem_bytes;
  out.locked_bytes = status.locked_bytes;
}

void fill_io(const cv::TaskDetails& from, cv_task_details& out) {
  out.read_bytes = from.io.read_bytes;
  out.read_calls = from.io.read_calls;
  out.written_bytes = from.io.written_bytes;
  out.write_calls = from.io.write_calls;
  out.read_bytes_delta = from.io_delta.read_bytes;
  out.read_calls_delta = from.io_delta.read_calls;
  out.written_bytes_delta = from.io_delta.written_bytes;
  out.write_calls_delta = from.io_delta.write_calls;
}

void fill_details(const cv::Task& task, cv_task_details& out) {
  const cv::TaskDetails& from = *task.details;
  out = {};
  out.size = sizeof out;
  out.read = task.known & cv::kTaskDetailFiles;
  fill_status(from, out);
  out.rss_bytes = from.maps.rss_bytes;
  out.pss_bytes = from.maps.pss_bytes;
  out.pss_anonymous_bytes = from.maps.pss_anonymous_bytes;
  out.pss_file_bytes = from.maps.pss_file_bytes;
  out.pss_shmem_bytes = from.maps.pss_shmem_bytes;
  out.unique_bytes = from.maps.unique_bytes;
  fill_io(from, out);
  out.oom_score = from.oom_score;
  out.oom_score_adjustment = from.oom_score_adjustment;
  out.autogroup = from.autogroup.id;
  out.autogroup_nice = from.autogroup.nice;
  out.login_uid = from.login_uid;
  out.open_files = from.open_files;
  std::copy(from.namespaces.begin(), from.namespaces.end(), out.namespaces);
  out.command_line = from.command_line.c_str();
  out.environment = from.environment.c_str();
  out.cgroups = from.cgroups.c_str();
  out.wait_channel = from.wait_channel.c_str();
  out.executable = from.executable.c_str();
}

void fill_counts(const cv::Task& task, std::uint64_t page, cv_task& out) {
  const cv::TaskStat& stat = task.stat;
  out.user_nsec = nsec_of(stat.user_ticks);
  out.system_nsec = nsec_of(stat.system_ticks);
  out.children_nsec = nsec_of(stat.children_ticks);
  out.virtual_bytes = stat.virtual_bytes;
  const bool exact = (task.known & cv::kTaskStatm) != 0;
  out.resident_bytes = (exact ? task.pages.resident : stat.resident_pages) * page;
  out.shared_bytes = task.pages.shared * page;
  out.code_bytes = task.pages.code * page;
  out.data_bytes = task.pages.data * page;
  out.minor_faults = stat.minor_faults;
  out.major_faults = stat.major_faults;
  out.cpu_delta_nsec = nsec_of(task.user_delta_ticks + task.system_delta_ticks);
  out.wait_delta_nsec = task.wait_delta_nsec;
  out.minor_faults_delta = task.minor_faults_delta;
  out.major_faults_delta = task.major_faults_delta;
}

void fill(const cv::Task& task, std::uint64_t page, cv_task& out) {
  const cv::TaskStat& stat = task.stat;
  out.size = sizeof out;
  out.read = task.known;
  out.pid = static_cast<std::int32_t>(task.pid);
  out.process_pid = static_cast<std::int32_t>(task.process_pid);
  out.parent_pid = stat.parent_pid;
  out.process_group = stat.process_group;
  out.session = stat.session;
  out.terminal = stat.terminal;
  out.terminal_group = stat.terminal_group;
  out.priority = stat.priority;
  out.nice = stat.nice;
  out.policy = stat.policy;
  out.processor = stat.processor;
  out.thread_count = stat.thread_count;
  out.effective_uid = task.uid;
  out.effective_gid = task.gid;
  out.kernel_flags = stat.kernel_flags;
  out.state = stat.state;
  out.start_nsec = cv::start_nsec(stat.start_ticks);
  fill_counts(task, page, out);
  out.command = task.command.c_str();
}

// Strings may have moved with their tasks: all are filled anew at each look.
void fill_all(cv_tasks& tasks) {
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const auto& from = tasks.table.tasks();
  tasks.out.resize(from.size());
  tasks.details.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    fill(from[i], page, tasks.out[i]);
    if (from[i].details) {
      if (!tasks.details[i]) tasks.details[i] = std::make_unique<cv_task_details>();
      fill_details(from[i], *tasks.details[i]);
    } else {
      tasks.details[i].reset();
    }
    tasks.out[i].details = tasks.details[i].get();
  }
}

}  // namespace

extern "C" {

int32_t cv_tasks_open(cv_context* context, const cv_tasks_options* options, cv_tasks** tasks,
                      cv_error* error) noexcept {
  if (context == nullptr || tasks == nullptr || (options != nullptr && !cv::usable(options)))
    return cv::report_bad_argument(error);
  *tasks = nullptr;
  return cv::guarded(error, [&]() -> std::int32_t {
    cv_tasks_options full{};
    if (options != nullptr) std::memcpy(&full, options, std::min(options->size, sizeof full));
    if (full.pid_count != 0 && full.pids == nullptr) return cv::report_bad_argument(error);
    cv::TaskTableOptions table;
    table.threads = (full.flags & CV_TASKS_THREADS) != 0;
    table.all = (full.flags & CV_TASKS_ALL) != 0;
    table.pids.assign(full.pids, full.pids + full.pid_count);
    auto made = std::make_unique<cv_tasks>(*context, std::move(table));
    const cv::Sysroot& machine = context->sampler.target().machine();
    if (const auto most = cv::read_parsed(machine, "/proc/sys/kernel/pid_max", cv::parse_number))
      made->pid_max = static_cast<std::int64_t>(*most);
    *tasks = made.release();
    return CV_OK;
  });
}

void cv_tasks_close(cv_tasks* tasks) noexcept { delete tasks; }

int32_t cv_tasks_refresh(cv_tasks* tasks, uint32_t what, cv_error* error) noexcept {
  if (tasks == nullptr) return cv::report_bad_argument(error);
  return cv::guarded(error, [&]() -> std::int32_t {
    tasks->problems.clear();
    if (auto found = tasks->context->sampler.target().refresh(tasks->problems); !found)
      return cv::report(found.error(), error);
    const std::int64_t now = cv::clock_now().boottime_nsec.value_or(0);
    // Nothing is held before the second look: a program that takes one has no use for it.
    if (tasks->looks == 1 || now - tasks->budget_set_nsec > kBudgetEveryNsec) {
      tasks->budget_set_nsec = now;
      if (tasks->looks != 0)
        tasks->table.set_file_limit(cv::allowed_held_files(tasks->table.held_files()));
    }
    ++tasks->looks;
    tasks->table.refresh(what & cv::kTaskAllFiles, now);
    fill_all(*tasks);
    return CV_OK;
  });
}

int64_t cv_tasks_interval_nsec(const cv_tasks* tasks) noexcept {
  return tasks == nullptr ? 0 : tasks->table.interval_nsec();
}

int64_t cv_tasks_pid_max(const cv_tasks* tasks) noexcept {
  return tasks == nullptr ? 0 : tasks->pid_max;
}

size_t cv_task_count(const cv_tasks* tasks) noexcept {
  return tasks == nullptr ? 0 : tasks->out.size();
}

const cv_task* cv_get_task(const cv_tasks* tasks, size_t index) noexcept {
  return index < cv_task_count(tasks) ? &tasks->out[index] : nullptr;
}

int32_t cv_tasks_read(cv_tasks* tasks, const cv_task* task, uint32_t what) noexcept {
  if (tasks == nullptr || task < tasks->out.data() || task >= tasks->out.data() + tasks->out.size())
    return CV_ERR_INVALID;
  return cv::guarded(nullptr, [&]() -> std::int32_t {
    const auto index = static_cast<std::size_t>(task - tasks->out.data());
    cv::Task& from = tasks->table.tasks()[index];
    if ((what & cv::kTaskAllFiles & ~from.tried) == 0) return CV_OK;
    tasks->table.read(from, what & cv::kTaskAllFiles);
    fill(from, static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)), tasks->out[index]);
    if (!from.details) return CV_OK;
    std::unique_ptr<cv_task_details>& details = tasks->details[index];
    if (!details) details = std::make_unique<cv_task_details>();
    fill_details(from, *details);
    tasks->out[index].details = details.get();
    return CV_OK;
  });
}

int32_t cv_get_task_cpu(const cv_tasks* tasks, uint32_t cpu, uint64_t* user_nsec,
                        uint64_t* system_nsec) noexcept {
  if (tasks == nullptr || user_nsec == nullptr || system_nsec == nullptr) return CV_ERR_INVALID;
  const auto time = tasks->table.on_cpu(cpu);
  if (!time) return CV_ERR_NOT_SAMPLED;
  *user_nsec = nsec_of(time->user_ticks);
  *system_nsec = nsec_of(time->system_ticks);
  return CV_OK;
}

}  // extern "C"
