// SPDX-License-Identifier: Apache-2.0
#include "view/cpu.hpp"

#include <algorithm>

#include "view/limits.hpp"

namespace cv {
namespace {

using OptionalCount = std::optional<std::uint64_t>;
using Pct = Figure<double>;

Pct percent(double part, double whole, Quality quality = Quality::kExact) {
  return Pct::of(part / whole * 100, quality);
}

}  // namespace

std::optional<double> growth(OptionalCount begin, OptionalCount end) {
  if (!begin || !end || *end < *begin) return std::nullopt;
  return static_cast<double>(*end - *begin);
}

CpuUsageView derive_tick_shares(const CpuTicks& a, const CpuTicks& b) {
  CpuUsageView view;
  struct Share {
    Pct CpuUsageView::*figure;
    double ticks;
  };
  // A single counter may step back a little (idle and iowait do); that part is then 0.
  const auto ticks = [&](std::uint64_t CpuTicks::*member) {
    return growth(a.*member, b.*member).value_or(0);
  };
  const std::array shares{
      Share{&CpuUsageView::user, ticks(&CpuTicks::user) + ticks(&CpuTicks::guest)},
      Share{&CpuUsageView::system, ticks(&CpuTicks::system)},
      Share{&CpuUsageView::nice, ticks(&CpuTicks::nice) + ticks(&CpuTicks::guest_nice)},
      Share{&CpuUsageView::idle, ticks(&CpuTicks::idle)},
      Share{&CpuUsageView::iowait, ticks(&CpuTicks::iowait)},
      Share{&CpuUsageView::irq, ticks(&CpuTicks::irq)},
      Share{&CpuUsageView::softirq, ticks(&CpuTicks::softirq)},
      Share{&CpuUsageView::steal, ticks(&CpuTicks::steal)},
  };
  double total = 0;
  for (const Share& share : shares) total += share.ticks;
  if (total <= 0) return view;  // two looks within one tick: shares of nothing
  for (const Share& share : shares) view.*share.figure = percent(share.ticks, total);
  view.guest = percent(ticks(&CpuTicks::guest) + ticks(&CpuTicks::guest_nice), total);
  return view;
}

namespace {

CpuUsageView machine_usage(const Snapshot& begin, const Snapshot& end) {
  CpuUsageView view;
  if (begin.cpu.host && end.cpu.host)
    view = derive_tick_shares(begin.cpu.host->cpu, end.cpu.host->cpu);
  view.effective_cpus = derive_cpu_capacity(end);
  return view;
}

bool same_cgroup(const CpuCounters& a, const CpuCounters& b) {
  return a.dir == b.dir && a.inode == b.inode;
}

// Microseconds of CPU in an interval, by kind.
struct Busy {
  double user = 0, system = 0, nice = 0;
  Quality split = Quality::kExact;
  double total() const { return user + system + nice; }
};

std::optional<Busy> busy_of(const CpuCounters& a, const CpuCounters& b, Quality quality) {
  if (!same_cgroup(a, b)) return std::nullopt;
  Busy busy;
  busy.split = quality;
  const auto user = growth(a.stat.user_usec, b.stat.user_usec);
  const auto system = growth(a.stat.system_usec, b.stat.system_usec);
  if (user && system) {
    // nice_usec (6.13) is part of user_usec.
    busy.nice = std::min(*user, growth(a.stat.nice_usec, b.stat.nice_usec).value_or(0));
    busy.user = *user - busy.nice;
    busy.system = *system;
    return busy;
  }
  // v1: the exact total, split as the sampled ticks are.
  const auto usage_nsec = growth(a.usage_nsec, b.usage_nsec);
  if (!usage_nsec) return std::nullopt;
  const auto user_ticks = growth(a.ticks.user_ticks, b.ticks.user_ticks);
  const auto system_ticks = growth(a.ticks.system_ticks, b.ticks.system_ticks);
  const double ticks = user_ticks.value_or(0) + system_ticks.value_or(0);
  const double user_share = ticks > 0 ? user_ticks.value_or(0) / ticks : 1.0;
  busy.user = *usage_nsec / 1000 * user_share;
  busy.system = *usage_nsec / 1000 - busy.user;
  busy.split = Quality::kEstimated;
  return busy;
}

Pct throttled_periods_pct(const CpuSample& a, const CpuSample& b) {
  if (!b.quota.limited()) return b.quota.unknown() ? Pct{} : Pct::of(0.0);
  if (!a.throttle || !b.throttle || !same_cgroup(*a.throttle, *b.throttle)) return {};
  const auto periods = growth(a.throttle->stat.nr_periods, b.throttle->stat.nr_periods);
  const auto throttled = growth(a.throttle->stat.nr_throttled, b.throttle->stat.nr_throttled);
  if (!periods || !throttled) return {};
  if (*periods <= 0) return Pct::of(0.0);  // no period began: nothing wanted to run
  return percent(std::min(*throttled, *periods), *periods);
}

std::optional<double> throttled_usec(const CpuSample& a, const CpuSample& b) {
  if (const auto local = growth(a.local_throttled_usec, b.local_throttled_usec)) return local;
  if (!a.throttle || !b.throttle || !same_cgroup(*a.throttle, *b.throttle)) return std::nullopt;
  return growth(a.throttle->stat.throttled_usec, b.throttle->stat.throttled_usec);
}

OptionalCount io_stall_usec(const Snapshot& snapshot) {
  const auto& io = snapshot.pressure.io;
  return io && io->some ? OptionalCount(io->some->total_usec) : std::nullopt;
}

std::uint64_t guest_ticks(const Snapshot& snapshot) {
  return snapshot.cpu.host->cpu.guest + snapshot.cpu.host->cpu.guest_nice;
}

CpuUsageView container_usage(const Snapshot& begin, const Snapshot& end) {
  CpuUsageView view;
  const auto begin_cpus = derive_cpu_capacity(begin);
  const auto end_cpus = derive_cpu_capacity(end);
  if (begin_cpus.value && end_cpus.value)
    view.effective_cpus = Pct::of((*begin_cpus.value + *end_cpus.value) / 2, end_cpus.quality);
  view.throttled = throttled_periods_pct(begin.cpu, end.cpu);
  const double elapsed_usec =
      end.time.boottime_nsec && begin.time.boottime_nsec
          ? static_cast<double>(*end.time.boottime_nsec - *begin.time.boottime_nsec) / 1000
          : 0;
  if (!begin.cpu.usage || !end.cpu.usage || !view.effective_cpus.value || elapsed_usec <= 0)
    return view;
  // How old the container is does not tell how long the cgroup has counted.
  const Quality quality = begin.is_origin ? Quality::kEstimated : Quality::kExact;
  const auto busy = busy_of(*begin.cpu.usage, *end.cpu.usage, quality);
  if (!busy) return view;

  // Above the capacity (burst, a lowered quota) busy time itself is the 100 %.
  const double whole = std::max(*view.effective_cpus.value * elapsed_usec, busy->total());
  double rest = whole - busy->total();
  view.user = percent(busy->user, whole, busy->split);
  view.system = percent(busy->system, whole, busy->split);
  view.nice = percent(busy->nice, whole, quality);
  // Time that was kept from the container although it had not used its capacity up: bursts.
  if (const auto throttled = throttled_usec(begin.cpu, end.cpu)) {
    const double steal = std::min(rest, *throttled);
    rest -= steal;
    view.steal = percent(steal, whole, steal > 0 ? Quality::kEstimated : quality);
  } else if (!end.cpu.quota.limited()) {
    view.steal = Pct::of(0.0);
  }
  // At least one task waited for I/O: synchronous waits only, as a share of the time.
  if (const auto stalled = growth(io_stall_usec(begin), io_stall_usec(end))) {
    const double iowait = std::min(rest, *stalled * whole / elapsed_usec);
    rest -= iowait;
    view.iowait = percent(iowait, whole, Quality::kEstimated);
  }
  view.idle = percent(rest, whole, quality);
  // No cgroup counts what its virtual CPUs ran; where the machine's ran nothing, neither did these.
  if (begin.cpu.host && end.cpu.host && guest_ticks(begin) == guest_ticks(end))
    view.guest = Pct::of(0.0);
  // irq and softirq time is not accounted to cgroups: unavailable.
  return view;
}

}  // namespace

CpuUsageView derive_cpu_usage(const Snapshot& begin, const Snapshot& end) {
  if (!end.scope->is_container && !begin.scope->is_container) return machine_usage(begin, end);
  if (begin.scope->is_container != end.scope->is_container) return {};
  return container_usage(begin, end);
}

ThrottlingView derive_throttling(const Snapshot& snapshot) {
  ThrottlingView view;
  const CpuSample& cpu = snapshot.cpu;
  if (!cpu.throttle) return view;
  const CpuStat& stat = cpu.throttle->stat;
  view.periods = Figure<std::uint64_t>::of(stat.nr_periods);
  view.throttled_periods = Figure<std::uint64_t>::of(stat.nr_throttled);
  view.throttled_usec = cpu.local_throttled_usec
                            ? Figure<std::uint64_t>::of(cpu.local_throttled_usec)
                            : Figure<std::uint64_t>::of(stat.throttled_usec, Quality::kEstimated);
  return view;
}

}  // namespace cv
