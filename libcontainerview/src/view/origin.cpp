// SPDX-License-Identifier: Apache-2.0
#include "view/origin.hpp"

#include "view/uptime.hpp"

namespace cv {
namespace {

// A counter that was not told stays unknown.
void reset(std::optional<std::uint64_t>& counter) {
  if (counter) counter = 0;
}

void reset(std::optional<CpuCounters>& counters) {
  if (!counters) return;
  CpuStat& stat = counters->stat;
  for (auto* counter :
       {&stat.usage_usec, &stat.user_usec, &stat.system_usec, &stat.nice_usec, &stat.nr_periods,
        &stat.nr_throttled, &stat.throttled_usec, &counters->usage_nsec,
        &counters->ticks.user_ticks, &counters->ticks.system_ticks})
    reset(*counter);
}

void go_back(const Snapshot& end, Snapshot& origin) {
  origin.is_origin = true;
  const auto age = derive_uptime_nsec(end);
  if (end.time.boottime_nsec && age.value && age.quality != Quality::kHost)
    *origin.time.boottime_nsec -= *age.value;
  else
    origin.time.boottime_nsec.reset();
  if (origin.pressure.io && origin.pressure.io->some) origin.pressure.io->some->total_usec = 0;
}

}  // namespace

Snapshot disk_origin_of(const Snapshot& end) {
  Snapshot origin;
  origin.scope = end.scope;
  origin.time = end.time;
  origin.pressure.io = end.pressure.io;
  origin.disks.dir = end.disks.dir;
  origin.disks.inode = end.disks.inode;
  go_back(end, origin);
  return origin;
}

Snapshot origin_of(const Snapshot& end) {
  Snapshot origin = disk_origin_of(end);
  origin.what = end.what;
  origin.cpu = end.cpu;
  origin.memory = end.memory;
  origin.activity.vmstat = end.activity.vmstat;
  origin.activity.last_pid = end.activity.last_pid;
  reset(origin.cpu.usage);
  reset(origin.cpu.throttle);
  reset(origin.cpu.local_throttled_usec);
  if (origin.cpu.host) {
    ProcStat& stat = *origin.cpu.host;
    stat.cpu = {};
    for (auto* counter : {&stat.intr, &stat.ctxt, &stat.processes}) reset(*counter);
  }
  if (origin.activity.vmstat) {
    ProcVmstat& vmstat = *origin.activity.vmstat;
    for (auto* counter : {&vmstat.pgpgin, &vmstat.pgpgout, &vmstat.pswpin, &vmstat.pswpout,
                          &vmstat.pgalloc_dma, &vmstat.pgalloc_dma32, &vmstat.pgalloc_high,
                          &vmstat.pgalloc_movable, &vmstat.pgalloc_normal, &vmstat.pgfree})
      reset(*counter);
  }
  reset(origin.activity.last_pid);
  for (MemoryLevel& level : origin.memory.levels) {
    if (!level.stat) continue;
    reset(level.stat->pswpin);
    reset(level.stat->pswpout);
  }
  return origin;
}

}  // namespace cv
