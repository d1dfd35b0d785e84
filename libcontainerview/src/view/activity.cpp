// SPDX-License-Identifier: Apache-2.0
#include "view/activity.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/clock.hpp"
#include "base/saturate.hpp"
#include "view/cpu.hpp"
#include "view/disk.hpp"
#include "view/memory.hpp"
#include "view/origin.hpp"
#include "view/uptime.hpp"

namespace cv {
namespace {

using OptionalCount = std::optional<std::uint64_t>;

// Growth of a counter, in `unit`; unknown when it went backwards.
Count counted(OptionalCount begin, OptionalCount end, std::uint64_t unit = 1) {
  if (!begin || !end || *end < *begin) return {};
  return Count::of(saturating_mul(*end - *begin, unit));
}

// What the machine read from or wrote to disks, or swapped, by one counter of /proc/vmstat. Since
// its boot it says nothing of a container's life.
Count machine_bytes(const Snapshot& begin, const Snapshot& end, OptionalCount ProcVmstat::*counter,
                    std::uint64_t unit) {
  const bool container = end.scope->is_container;
  if (!begin.activity.vmstat || !end.activity.vmstat || (container && begin.is_origin)) return {};
  Count bytes = counted((*begin.activity.vmstat).*counter, (*end.activity.vmstat).*counter, unit);
  if (bytes.value && container) bytes.quality = Quality::kHost;
  return bytes;
}

constexpr std::uint64_t kKib = 1024;

void add_pages(const ProcVmstat& before, const ProcVmstat& now, ActivityView& view) {
  const std::array zones{&ProcVmstat::pgalloc_dma, &ProcVmstat::pgalloc_dma32,
                         &ProcVmstat::pgalloc_high, &ProcVmstat::pgalloc_movable,
                         &ProcVmstat::pgalloc_normal};
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const auto zone = zones[i];
    // A zone that the kernel does not have was never allocated from.
    view.allocated[i] = now.*zone ? counted(before.*zone, now.*zone) : Count::of(0);
  }
  view.freed = counted(before.pgfree, now.pgfree);
}

void add_machine(const Snapshot& begin, const Snapshot& end, ActivityView& view) {
  if (const auto& now = end.cpu.host) {
    view.running = Count::of(now->procs_running);
    view.blocked = Count::of(now->procs_blocked);
    if (now->btime_sec)
      view.started_sec = Figure<std::int64_t>::of(static_cast<std::int64_t>(*now->btime_sec));
    if (const auto& before = begin.cpu.host) {
      view.switches = counted(before->ctxt, now->ctxt);
      view.interrupts = counted(before->intr, now->intr);
      view.forks = counted(before->processes, now->processes);
    }
  }
  const auto bytes = [&](OptionalCount ProcVmstat::*counter, std::uint64_t unit) {
    return machine_bytes(begin, end, counter, unit);
  };
  view.paged_in = bytes(&ProcVmstat::pgpgin, kKib);
  view.paged_out = bytes(&ProcVmstat::pgpgout, kKib);
  view.swapped_in = bytes(&ProcVmstat::pswpin, end.activity.page_bytes);
  view.swapped_out = bytes(&ProcVmstat::pswpout, end.activity.page_bytes);
  if (begin.activity.vmstat && end.activity.vmstat)
    add_pages(*begin.activity.vmstat, *end.activity.vmstat, view);
}

// Threads in a state, of those that were looked at; more of all.
Count threads_in(const ActivitySample& sample, char state) {
  if (sample.threads.empty() && sample.thread_count != 0) return {};
  const auto found = static_cast<std::uint64_t>(
      std::count_if(sample.threads.begin(), sample.threads.end(),
                    [&](const ThreadActivity& thread) { return thread.state == state; }));
  if (!sample.truncated) return Count::of(found);
  return Count::of(found * sample.thread_count / sample.threads.size(), Quality::kEstimated);
}

// A lower bound: what threads did that ended in the interval is recorded nowhere. Both lists are
// sorted by id.
Count switches_of(const ActivitySample& begin, const ActivitySample& end) {
  if (end.threads.empty() && end.thread_count != 0) return {};
  std::uint64_t sum = 0;
  auto before = begin.threads.begin();
  for (const ThreadActivity& now : end.threads) {
    while (before != begin.threads.end() && before->tid < now.tid) ++before;
    const bool known = before != begin.threads.end() && before->tid == now.tid &&
                       before->switches <= now.switches;  // else the id is another thread's
    if (!known && begin.truncated) continue;  // it may be old: only what is new can be counted
    sum = saturating_add(sum, now.switches - (known ? before->switches : 0));
  }
  return Count::of(sum, Quality::kEstimated);
}

struct Swapping {
  Count in, out;
};

// The kernel's counters where it has them, else what is left of it: the change of the swap in use.
Swapping swapping_of(const Snapshot& begin, const Snapshot& end) {
  const MemorySample& now = end.memory;
  const MemorySample& before = begin.memory;
  const SwapView swap = derive_swap(end);
  const bool own = swap.used.quality != Quality::kHost && now.shown && before.shown;
  if (own) {
    const auto& stat = now.levels[*now.shown].stat;
    const auto& old_stat = before.levels[*before.shown].stat;
    if (stat && old_stat && stat->pswpin && stat->pswpout)
      return {counted(old_stat->pswpin, stat->pswpin, end.activity.page_bytes),
              counted(old_stat->pswpout, stat->pswpout, end.activity.page_bytes)};
  }
  // Where there is no swap there is no swapping.
  if (swap.total.value == std::uint64_t{0}) return {Count::of(0), Count::of(0)};
  // The container's swapping is not counted: the machine's, as its swap is.
  if (!own)
    return {machine_bytes(begin, end, &ProcVmstat::pswpin, end.activity.page_bytes),
            machine_bytes(begin, end, &ProcVmstat::pswpout, end.activity.page_bytes)};
  const OptionalCount used = swap.used.value;
  const OptionalCount old_used =
      begin.is_origin ? OptionalCount(0) : OptionalCount(derive_swap(begin).used.value);
  if (!used || !old_used) return {};
  return {Count::of(saturating_sub(*old_used, *used), Quality::kEstimated),
          Count::of(saturating_sub(*used, *old_used), Quality::kEstimated)};
}

// What the container's cgroup was charged with; what is stacked counts once. Where the kernel does
// not count that (view/disk.cpp), what its processes caused.
Count charged(const Snapshot& begin, const Snapshot& end, DiskDirectionView DiskView::*direction,
              OptionalCount ProcVmstat::*machine) {
  const DiskSample& sample = end.disks;
  if (!sample.has_counters) return machine_bytes(begin, end, machine, kKib);
  // cgroup v2 counts all: no device, no I/O.
  if (sample.disks.empty()) return sample.is_v2 ? Count::of(0) : Count{};
  std::vector<std::size_t> all(sample.disks.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return (derive_disk_group(begin, end, all).*direction).bytes;
}

void add_container(const Snapshot& begin, const Snapshot& end, ActivityView& view) {
  view.running = threads_in(end.activity, 'R');
  view.blocked = threads_in(end.activity, 'D');
  view.switches = switches_of(begin.activity, end.activity);
  view.forks = counted(begin.activity.last_pid, end.activity.last_pid);
  // Ids are given in order, until they wrap.
  if (view.forks.value) view.forks.quality = Quality::kEstimated;
  view.paged_in = charged(begin, end, &DiskView::read, &ProcVmstat::pgpgin);
  view.paged_out = charged(begin, end, &DiskView::write, &ProcVmstat::pgpgout);
  const Swapping swapping = swapping_of(begin, end);
  view.swapped_in = swapping.in;
  view.swapped_out = swapping.out;
  const auto age = derive_uptime_nsec(end);
  if (age.value && age.quality != Quality::kHost)
    view.started_sec =
        Figure<std::int64_t>::of((end.time.realtime_nsec - *age.value) / kNsecPerSec, age.quality);
}

}  // namespace

ActivityView derive_activity(const Snapshot& begin, const Snapshot& end) {
  ActivityView view;
  if (begin.scope->is_container != end.scope->is_container) return view;
  if (begin.time.boottime_nsec && end.time.boottime_nsec &&
      *end.time.boottime_nsec > *begin.time.boottime_nsec)
    view.elapsed_nsec =
        Figure<std::int64_t>::of(*end.time.boottime_nsec - *begin.time.boottime_nsec);
  if (end.scope->is_container)
    add_container(begin, end, view);
  else
    add_machine(begin, end, view);
  return view;
}

CpuTimesView derive_cpu_times(const Snapshot& snapshot) {
  CpuTimesView view;
  if (!snapshot.scope->is_container) {
    if (!snapshot.cpu.host) return view;
    const CpuTicks& ticks = snapshot.cpu.host->cpu;
    const auto usec = [](std::uint64_t count) {
      return Count::of(saturating_mul(count, static_cast<std::uint64_t>(clock_tick_nsec()) / 1000));
    };
    return {usec(saturating_add(ticks.user, ticks.guest)),
            usec(saturating_add(ticks.nice, ticks.guest_nice)),
            usec(ticks.system),
            usec(ticks.idle),
            usec(ticks.iowait),
            usec(ticks.irq),
            usec(ticks.softirq),
            usec(ticks.steal),
            usec(ticks.guest),
            usec(ticks.guest_nice)};
  }
  const Snapshot origin = origin_of(snapshot);
  const CpuUsageView shares = derive_cpu_usage(origin, snapshot);
  if (!shares.effective_cpus.value || !origin.time.boottime_nsec || !snapshot.time.boottime_nsec)
    return view;
  // What the shares are shares of: the capacity, or what was used where that is more.
  const auto age_usec =
      static_cast<double>(*snapshot.time.boottime_nsec - *origin.time.boottime_nsec) / 1000;
  const auto used_nsec = snapshot.cpu.usage ? snapshot.cpu.usage->usage_nsec : std::nullopt;
  const double whole_usec = std::max(*shares.effective_cpus.value * age_usec,
                                     static_cast<double>(used_nsec.value_or(0)) / 1000);
  const auto usec = [&](const Figure<double>& share) {
    if (!share.value) return Count{};
    return Count::of(round_to_u64(*share.value / 100 * whole_usec), Quality::kEstimated);
  };
  view.user = usec(shares.user);
  view.nice = usec(shares.nice);
  view.system = usec(shares.system);
  view.idle = usec(shares.idle);
  view.iowait = usec(shares.iowait);
  view.steal = usec(shares.steal);
  if (shares.guest.value == 0.0) view.guest = view.guest_nice = Count::of(0);
  return view;
}

}  // namespace cv
