// SPDX-License-Identifier: Apache-2.0
// The container's processes and threads: since when it lives (uptime), and how much they ran
// (load).
#include <unistd.h>

#include <algorithm>

#include "kernel/machine.hpp"
#include "kernel/proc_pid_stat.hpp"
#include "snapshot/reader.hpp"
#include "snapshot/sampler.hpp"
#include "snapshot/threads.hpp"

namespace cv {
namespace {

// One `uptime` must answer at once also in a container of 20,000 threads: what can not be read in
// this time is extrapolated from an even sample, and the result says that it is an estimate.
constexpr std::int64_t kBudgetNsec = 15'000'000;
// Threads read between two looks at the clock.
constexpr std::size_t kBatch = 64;

std::optional<PidStat> read_stat(const Sysroot& root, std::uint64_t pid) {
  const auto stat = read_parsed(root, "/proc/" + std::to_string(pid) + "/stat", parse_pid_stat);
  return stat ? std::optional(*stat) : std::nullopt;
}

std::optional<ThreadSample> read_thread(const Sysroot& root, std::uint64_t tid,
                                        bool& has_schedstat) {
  const auto stat = read_thread_stat(root, tid);
  if (!stat) return std::nullopt;  // ended meanwhile
  ThreadSample thread;
  thread.state = stat->state;
  thread.start_nsec = start_nsec(*stat);
  if (const auto schedstat = read_parsed(root, thread_dir(tid) + "/schedstat", parse_schedstat)) {
    has_schedstat = true;
    thread.on_cpu_nsec = schedstat->on_cpu_nsec;
    thread.runnable_nsec = schedstat->on_cpu_nsec + schedstat->run_delay_nsec;
    thread.runs = schedstat->runs;
  }
  return thread;
}

// Visits ids until the budget is used up: first a few evenly spread over all, then the ones
// between, so that wherever it stops the sample is even. Returns whether all were visited.
template <typename Visit>
bool visit_evenly(const std::vector<std::uint64_t>& ids, Visit&& visit) {
  const std::int64_t deadline = clock_monotonic_nsec() + kBudgetNsec;
  std::size_t stride = 1;
  while (stride * kBatch < ids.size()) stride *= 2;
  std::size_t visited = 0;
  for (std::size_t step = stride; step != 0; step /= 2) {
    for (std::size_t i = step == stride ? 0 : step; i < ids.size();
         i += step == stride ? step : 2 * step) {
      visit(ids[i]);
      if (++visited % kBatch == 0 && clock_monotonic_nsec() > deadline)
        return visited == ids.size();
    }
  }
  return true;
}

struct ThreadIds {
  std::vector<std::uint64_t> ids;
  std::uint64_t count = 0;  // of threads that exist; more than ids where not all could be listed
};

// Threads of a whole PID namespace, from /proc alone: where no cgroup can be seen.
ThreadIds threads_of_proc(const Sysroot& root) {
  constexpr std::size_t kMaxPids = 4'000;
  constexpr std::size_t kMaxTasks = 1'000;
  ThreadIds threads;
  const std::int64_t deadline = clock_monotonic_nsec() + kBudgetNsec;
  for (const std::uint64_t pid : ids_of_proc(root, "/proc", kMaxPids)) {
    threads.ids.push_back(pid);
    ++threads.count;
    if (clock_monotonic_nsec() > deadline) continue;  // then leaders must stand for their threads
    const auto stat = read_thread_stat(root, pid);
    if (!stat || stat->num_threads <= 1) continue;
    threads.count += stat->num_threads - 1;
    for (const std::uint64_t tid :
         ids_of_proc(root, "/proc/" + std::to_string(pid) + "/task", kMaxTasks))
      if (tid != pid) threads.ids.push_back(tid);
  }
  return threads;
}

// All threads of the container.
ThreadIds all_thread_ids(const Target& target) {
  ThreadIds threads;
  if (const auto listing = thread_listing(target)) {
    append_ids_of_subtree(target.cgroup_root(), listing->dir, listing->file(), threads.ids);
    threads.count = threads.ids.size();
  }
  if (threads.ids.empty() && whole_proc_is_ours(target)) return threads_of_proc(target.machine());
  return threads;
}

// ... but the reader's own: it always runs, and is not part of the load that it reports.
ThreadIds thread_ids(const Target& target) {
  ThreadIds threads = all_thread_ids(target);
  if (target.machine().live())
    threads.count -= std::erase(threads.ids, static_cast<std::uint64_t>(getpid()));
  return threads;
}

// Whether threads that could not be looked at are still there: then /proc hides what belongs
// to other users (hidepid), and the rest tells nothing of all.
bool are_hidden(const Target& target, const std::vector<std::uint64_t>& unread,
                Snapshot& snapshot) {
  // In a captured tree what ended while it was made stays listed.
  if (unread.empty() || !target.machine().live()) return false;
  const auto listing = thread_listing(target);
  if (!listing) return false;
  std::vector<std::uint64_t> now;
  append_ids_of_subtree(target.cgroup_root(), listing->dir, listing->file(), now);
  std::sort(now.begin(), now.end());
  const bool hidden = std::any_of(unread.begin(), unread.end(), [&](std::uint64_t tid) {
    return std::binary_search(now.begin(), now.end(), tid);
  });
  if (hidden)
    snapshot.problems.emplace_back("/proc: hides threads of other users: what they do is unknown");
  return hidden;
}

}  // namespace

void sample_uptime(const Target& target, Snapshot& snapshot) {
  if (!target.scope()->is_container) return;
  UptimeSample& uptime = snapshot.uptime;
  const Sysroot& root = target.machine();
  if (!root.live() && target.mounts().lxcfs_uptime) {
    // The tree was captured under lxcfs: its /proc/uptime is the container's, and nothing tells the
    // machine's clock that start times are measured against.
    uptime.virtual_uptime_nsec = snapshot.time.boottime_nsec;
    return;
  }
  if (whole_proc_is_ours(target)) {
    if (const auto stat = read_stat(root, 1)) {
      uptime.start_nsec = start_nsec(*stat);
      uptime.from_pid1 = true;
      return;
    }
  }
  std::vector<std::uint64_t> ids;
  if (const auto listing = thread_listing(target))
    append_ids_of_subtree(target.cgroup_root(), listing->dir, "cgroup.procs", ids);
  // Where not all could be looked at in time the age is a lower bound, as that of the oldest
  // process that still lives is in any case.
  (void)visit_evenly(ids, [&](std::uint64_t pid) {
    const auto stat = read_stat(root, pid);
    if (!stat) return;
    const std::int64_t start = start_nsec(*stat);
    if (!uptime.start_nsec || start < *uptime.start_nsec) uptime.start_nsec = start;
  });
}

void sample_load(const Target& target, Snapshot& snapshot) {
  LoadSample& load = snapshot.load;
  const Sysroot& root = target.machine();
  if (!target.scope()->is_container) {
    Reader reader(root, snapshot.problems);
    load.host = reader.value("/proc/loadavg", parse_loadavg, Reader::Presence::kRequired);
    return;
  }
  sample_history(target, snapshot);
  if (load.history) return;
  if (!snapshot.pressure.cpu) sample_cpu_pressure(target, snapshot);
  const ThreadIds threads = thread_ids(target);
  load.thread_count = threads.count;
  std::vector<std::uint64_t> unread;
  const bool all = visit_evenly(threads.ids, [&](std::uint64_t tid) {
    if (const auto thread = read_thread(root, tid, load.has_schedstat))
      load.threads.push_back(*thread);
    else
      unread.push_back(tid);
  });
  if (are_hidden(target, unread, snapshot)) load.threads.clear();
  load.truncated = !all || threads.ids.size() < threads.count;
}

void sample_activity(const Target& target, Snapshot& snapshot) {
  ActivitySample& activity = snapshot.activity;
  const Sysroot& root = target.machine();
  activity.page_bytes = machine_page_bytes();
  Reader reader(root, snapshot.problems);
  // Under lxcfs these files are about the container, in lxcfs's view of it.
  const bool lxcfs = target.mounts().lxcfs_uptime;
  const bool container = target.scope()->is_container;
  if (!snapshot.cpu.host && !(container && lxcfs))
    snapshot.cpu.host = reader.value("/proc/stat", parse_proc_stat);
  activity.vmstat =
      reader.keyed("/proc/vmstat", parse_proc_vmstat,
                   container ? Reader::Presence::kOptional : Reader::Presence::kRequired);
  if (!container) return;
  if (whole_proc_is_ours(target) && !lxcfs)
    if (const auto loadavg = reader.value("/proc/loadavg", parse_loadavg))
      activity.last_pid = loadavg->last_pid;
  const ThreadIds threads = thread_ids(target);
  activity.thread_count = threads.count;
  std::vector<std::uint64_t> unread;
  const bool all = visit_evenly(threads.ids, [&](std::uint64_t tid) {
    if (const auto status = read_parsed(root, thread_dir(tid) + "/status", parse_thread_status))
      activity.threads.push_back({tid, status->state, status->switches});
    else
      unread.push_back(tid);
  });
  if (are_hidden(target, unread, snapshot)) activity.threads.clear();
  activity.truncated = !all || threads.ids.size() < threads.count;
  std::sort(activity.threads.begin(), activity.threads.end(),
            [](const ThreadActivity& a, const ThreadActivity& b) { return a.tid < b.tid; });
}

}  // namespace cv
