// SPDX-License-Identifier: Apache-2.0
// Snapshot: what was read, at one instant, before anything is computed from it. Views (src/view)
// are pure functions of one snapshot, or of two for rates.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cgroup/effective.hpp"
#include "cgroup/engine.hpp"
#include "cgroup/locate.hpp"
#include "cgroup/scope.hpp"
#include "history/format.hpp"
#include "kernel/cpu_list.hpp"
#include "kernel/machine.hpp"
#include "kernel/meminfo.hpp"
#include "kernel/pressure.hpp"
#include "kernel/proc_loadavg.hpp"
#include "kernel/proc_stat.hpp"
#include "kernel/proc_vmstat.hpp"
#include "kernel/slabinfo.hpp"
#include "kernel/sysroot.hpp"
#include "snapshot/disk_sample.hpp"

namespace cv {

// What a snapshot holds; the same bits as CV_SAMPLE_* of the C ABI.
// As of cv_core_type.
enum class CoreType : std::uint8_t { kUnknown, kPerformance, kEfficient };

enum SampleFlags : std::uint32_t {
  kSampleMemory = 1u << 0,
  kSampleCpu = 1u << 1,
  kSamplePids = 1u << 2,
  kSamplePressure = 1u << 3,
  kSampleUptime = 1u << 4,
  kSampleUsers = 1u << 5,
  kSampleLoad = 1u << 6,
  kSampleLimits = 1u << 7,
  kSampleMemoryDetails = 1u << 8,
  kSampleIoPressure = 1u << 9,
  kSampleCpus = 1u << 10,
  kSampleCpusDetails = 1u << 11,
  kSampleDisks = 1u << 12,
  kSampleMachine = 1u << 13,
  kSampleActivity = 1u << 14,
  kSampleSlabs = 1u << 15,
  kSamplePerCpu = 1u << 16,
  kSampleCpuPlaces = 1u << 17,
  kSampleDiskLimits = 1u << 18,
  kSampleAll = (1u << 19) - 1,
};

struct MemorySample {
  std::optional<Meminfo> host;  // /proc/meminfo, or what lxcfs leaves to be seen of the machine
  std::vector<MemoryLevel>
      levels;  // empty: no memory controller here, or the host's view was asked
  EffectiveBytes limit, high, swap_limit;
  bool is_v2 = false;
  // The level whose own figures are shown: the boundary, or the level whose limit binds if that is
  // deeper.
  std::optional<std::size_t> shown;
  std::optional<std::uint64_t> swappiness;  // v1

  // memory.peak, .low, .min, .events and hugetlb of the shown level (details only).
  std::optional<std::uint64_t> peak, low, min, hugetlb;
  MemoryEvents events;
};

// Counters of one cgroup, and which one: a cgroup that is made anew under the same name counts from
// 0.
struct CpuCounters {
  std::string dir;
  std::optional<std::uint64_t> inode;
  CpuStat stat;                             // v2: all; v1: nr_* and throttled_usec
  std::optional<std::uint64_t> usage_nsec;  // v1 cpuacct.usage; v2 usage_usec in nanoseconds
  CpuacctStat ticks;                        // v1: how usage splits
};

struct CpuSample {
  std::vector<CpuLevel> levels;
  EffectiveLimit<CpuQuota> quota;
  bool quota_unknown_here = false;  // cpu controller hidden: its limit can not be told
  std::optional<CpuList> cpuset, online, affinity;
  std::optional<CpuList> installed;  // details only
  bool quota_exempt = false;         // with kSampleCpus: scheduled real-time
  std::string cpuset_dir;
  std::optional<CpuCounters> usage;                   // the deeper of boundary and binder
  std::optional<CpuCounters> throttle;                // the level whose quota binds
  std::optional<std::uint64_t> local_throttled_usec;  // cpu.stat.local of the boundary (>= 6.6)
  std::optional<ProcStat> host;
};

// With kSampleCpuPlaces. Where a CPU is in the machine; none where that does not tell.
struct CpuPlace {
  std::uint32_t cpu = 0;
  std::optional<std::uint32_t> node;  // NUMA
  std::optional<std::uint32_t> core;  // the lowest number of the CPUs that are threads of its core
  CoreType type = CoreType::kUnknown;
};

// With kSamplePerCpu. By CPU number: the machine's counters, or those of a v1 container.
struct PerCpuSample {
  std::vector<std::uint32_t> cpus;  // the container's
  std::vector<CpuLine> host;
  std::string dir;  // whose counters the others are
  std::optional<std::vector<std::uint64_t>> user_nsec, system_nsec;
};

struct PidsSample {
  std::vector<PidsLevel> levels;
  EffectiveLimit<std::uint64_t> limit;
  std::optional<std::uint64_t> current;  // of the shown level: as for memory
};

struct PressureSample {
  std::optional<Pressure> cpu, memory, io;
};

struct UptimeSample {
  std::optional<std::int64_t> start_nsec;  // CLOCK_BOOTTIME of the container's first process
  bool from_pid1 = false;                  // else from the oldest process
  std::optional<std::int64_t>
      virtual_uptime_nsec;  // a captured tree whose /proc/uptime was lxcfs's
};

// One thread, as far as the load estimate wants to know it.
struct ThreadSample {
  char state = '?';
  std::int64_t start_nsec = 0;      // CLOCK_BOOTTIME
  std::uint64_t runnable_nsec = 0;  // on a CPU or waiting for one, since it was made
  std::uint64_t on_cpu_nsec = 0;
  std::uint64_t runs = 0;  // how many times it got on a CPU; 0: not told
};

struct LoadSample {
  std::optional<Loadavg> host;     // host scope only
  std::optional<History> history;  // a sampler's: then nothing below is read
  std::string history_path;
  std::vector<ThreadSample> threads;  // those that were read
  std::uint64_t thread_count = 0;     // those that exist
  bool has_schedstat = false;
  bool truncated = false;  // threads holds an even sample of thread_count
};

// As a banner names it.
struct MachineSample {
  MachineName name;
  std::optional<std::uint64_t> cpus;  // present, offline ones included
};

struct ThreadActivity {
  std::uint64_t tid = 0;
  char state = '?';
  std::uint64_t switches = 0;  // of context, since it was made
};

// The machine's, besides cpu.host; of a container, its threads.
struct ActivitySample {
  std::optional<ProcVmstat> vmstat;       // of a container too: for what its cgroup does not count
  std::optional<std::uint64_t> last_pid;  // that a PID namespace of the container's own gave
  std::uint64_t page_bytes = 0;
  std::vector<ThreadActivity> threads;  // those that were read, by tid
  std::uint64_t thread_count = 0;       // those that exist
  bool truncated = false;               // threads holds an even sample of thread_count
};

struct Snapshot {
  std::uint32_t what = 0;  // SampleFlags
  Instant time;
  bool is_origin = false;  // made up: where the counters of a later one began (view/origin.hpp)
  std::shared_ptr<const Placement> placement;
  std::shared_ptr<const Scope> scope;
  std::optional<EngineCgroup> engine;  // with kSampleLimits
  // Per controller, whether the process's own cgroup has it; told apart with kSampleLimits only.
  std::array<bool, kControllerCount> enabled{};
  std::uint32_t cache_used_pct = 0;

  MemorySample memory;
  CpuSample cpu;
  PerCpuSample per_cpu;
  std::vector<CpuPlace> cpu_places;  // of the machine's CPUs that are online, by number
  PidsSample pids;
  PressureSample pressure;
  UptimeSample uptime;
  std::optional<std::uint64_t> users;
  LoadSample load;
  DiskSample disks;
  MachineSample machine;
  ActivitySample activity;
  std::vector<SlabCache> slabs;  // the machine's

  // What was malformed, unreadable or can not be seen, path first.
  std::vector<std::string> problems;
  // Contents of what was read, when the context records (explain, capture).
  std::shared_ptr<const ReadLog> reads;

  bool has(std::uint32_t flags) const { return (what & flags) == flags; }
};

}  // namespace cv
