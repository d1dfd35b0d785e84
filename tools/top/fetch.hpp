// SPDX-License-Identifier: Apache-2.0
// Fetch: the container's figures and its tasks at one instant, with what has changed since the
// frame before. The only layer that asks the library.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "containerview/containerview.hpp"
#include "top/fields.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

// Counts of the summary's second line.
struct TaskCounts {
  std::size_t total = 0, running = 0, sleeping = 0, uninterruptible = 0, stopped = 0, zombie = 0;
};

// What a frame is made of. Tasks are valid until the next fetch().
struct Sample {
  containerview::Scope scope;
  containerview::Uptime uptime;
  containerview::Users users;
  containerview::Load load;
  containerview::CpuUsage cpu;
  containerview::CpuCapacity capacity;
  containerview::Memory memory;
  containerview::Swap swap;
  std::vector<containerview::CpuRow> cpus;   // asked for with '1' and its like only
  std::span<const cv_cpu_place> cpu_places;  // with FetchPlan::cpu_places

  // Our own line; told with FetchPlan::limits.
  bool limits_known = false;
  containerview::Limits limits;
  containerview::Pids pids;
  containerview::MemoryDetails memory_details;
  containerview::Pressure cpu_pressure, memory_pressure, io_pressure;

  std::vector<const cv_task*> tasks;
  std::int64_t pid_max = 32768;  // no id is larger
  TaskCounts counts;
  double interval_seconds = 0;  // that the tasks' differences are of
  bool restricted = false;      // no /proc/meminfo and the like: only tasks can be shown
};

// What the next fetch has to read, of all tasks. What only rows that are shown need is for
// complete().
struct FetchPlan {
  std::uint32_t task_files = 0;  // CV_TASK_*
  bool per_cpu = false;
  bool cpu_places = false;  // nodes, cores and types
  bool identity = false;    // engine and id of the scope
  bool limits = false;
  bool threads = false;

  bool operator==(const FetchPlan&) const = default;
};
// For sorting, filtering and selecting in all visible windows. `every_row`: all rows will be shown,
// as in batch mode.
FetchPlan plan_fetch(const Settings& settings, bool every_row);

struct FetchOptions {
  std::vector<std::int32_t> pids;  // -p; empty: all
  bool all = false;                // --all: what /proc shows rather than what the scope holds
  bool hide_kernel_tasks = false;
};

class Fetcher {
 public:
  // Throws containerview::Error.
  Fetcher(const containerview::Options& where, FetchOptions options);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  // The first call, and the first with per_cpu, look twice, a fifth of a second apart. The
  // reference that it gives is good until the next call.
  const Sample& fetch(const FetchPlan& plan);
  // Reads what is missing of `files` (CV_TASK_*) for the rows that will be shown.
  void complete(std::span<const cv_task* const> rows, std::uint32_t files);
  // Nodes, cores and types of the machine's CPUs, which do not change: read once.
  std::span<const cv_cpu_place> cpu_places();
  // Whether the figures are those of a container.
  bool in_container() const;
  // To be called some 10 to 20 times a second between two frames if needs_ticks(): io pressure that
  // is read more rarely under-reports.
  bool needs_ticks() const;
  void tick();
  // Why figures are unknown, for stderr in batch mode.
  std::vector<std::string> problems() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cvtools::top
