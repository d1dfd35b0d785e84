// SPDX-License-Identifier: Apache-2.0
#include "view/cpu_rows.hpp"

#include <algorithm>

#include "view/cpu.hpp"

namespace cv {
namespace {

using Pct = Figure<double>;

const CpuTicks* ticks_of(const PerCpuSample& sample, std::uint32_t cpu) {
  for (const CpuLine& line : sample.host)
    if (line.cpu == cpu) return &line.ticks;
  return nullptr;
}

// Of the counters of all CPUs that of one.
std::optional<std::uint64_t> counter_of(const std::optional<std::vector<std::uint64_t>>& counters,
                                        std::uint32_t cpu) {
  if (!counters || cpu >= counters->size()) return std::nullopt;
  return (*counters)[cpu];
}

}  // namespace

CpuRowView derive_cpu_row(const Snapshot& begin, const Snapshot& end, std::size_t index) {
  CpuRowView row;
  row.cpu = end.per_cpu.cpus[index];
  if (const CpuTicks* b = ticks_of(end.per_cpu, row.cpu)) {
    // A CPU that has come since has counted from 0, like all of them at the origin.
    const CpuTicks* a = ticks_of(begin.per_cpu, row.cpu);
    const CpuUsageView view = derive_tick_shares(a != nullptr ? *a : CpuTicks{}, *b);
    row.user = view.user;
    row.system = view.system;
    row.idle = view.idle;
    row.nice = view.nice;
    row.iowait = view.iowait;
    row.irq = view.irq;
    row.softirq = view.softirq;
    row.steal = view.steal;
    return row;
  }
  if (begin.per_cpu.dir != end.per_cpu.dir || end.per_cpu.dir.empty()) return row;
  if (!begin.time.boottime_nsec || !end.time.boottime_nsec) return row;
  const auto elapsed = static_cast<double>(*end.time.boottime_nsec - *begin.time.boottime_nsec);
  const auto user = growth(counter_of(begin.per_cpu.user_nsec, row.cpu),
                           counter_of(end.per_cpu.user_nsec, row.cpu));
  const auto system = growth(counter_of(begin.per_cpu.system_nsec, row.cpu),
                             counter_of(end.per_cpu.system_nsec, row.cpu));
  if (!user || !system || elapsed <= 0) return row;
  // The counters are not read at the very instant of the time stamps.
  const double whole = std::max(elapsed, *user + *system);
  row.user = Pct::of(*user / whole * 100);
  row.system = Pct::of(*system / whole * 100);
  row.idle = Pct::of(100 - *row.user.value - *row.system.value);
  return row;
}

}  // namespace cv
