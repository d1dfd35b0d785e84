// SPDX-License-Identifier: Apache-2.0
// Parsers of the files in a cgroup directory, v1 and v2. Kernel documentation:
// admin-guide/cgroup-v2.rst and admin-guide/cgroup-v1/{memory,cpusets,pids}.rst,
// scheduler/sched-bwc.rst.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "kernel/parsed.hpp"

namespace cv {

// A limit as one file states it.
struct FileLimit {
  bool limited = false;
  std::uint64_t value = 0;  // as printed; kept when it amounts to "no limit" on v1
};

// memory.max, memory.high, memory.swap.max, pids.max: "max\n" or "1073741824\n".
Result<FileLimit> parse_max(std::string_view text);

// memory.limit_in_bytes, memory.memsw.limit_in_bytes (v1): a number; at or above
// 0x7FFFFFFFFFFF0000 (LONG_MAX rounded down to a page) it means none, as does -1.
Result<FileLimit> parse_v1_memory_limit(std::string_view text);
FileLimit v1_memory_limit(std::uint64_t value);

// memory.current, memory.usage_in_bytes, pids.current, cpuacct.usage: one number.
Result<std::uint64_t> parse_number(std::string_view text);

struct CpuQuota {
  bool limited = false;
  std::uint64_t quota_usec = 0;
  std::uint64_t period_usec = 0;
  double cpus() const { return static_cast<double>(quota_usec) / static_cast<double>(period_usec); }
};

// cpu.max (v2): "max 100000\n" or "150000 100000\n"; a lone quota has the default period of 100 ms.
Result<CpuQuota> parse_cpu_max(std::string_view text);
// cpu.cfs_quota_us and cpu.cfs_period_us (v1): "-1\n" (none) or "150000\n", and "100000\n".
Result<std::optional<std::uint64_t>> parse_cfs_quota(std::string_view text);
Result<std::uint64_t> parse_cfs_period(std::string_view text);

// cpu.stat (v2: "usage_usec 1234\nuser_usec 1000\n..."; v1: "nr_periods 9\nnr_throttled 3\n
// throttled_time 250000\n", nanoseconds).
struct CpuStat {
  std::optional<std::uint64_t> usage_usec, user_usec, system_usec, nice_usec;
  std::optional<std::uint64_t> nr_periods, nr_throttled, throttled_usec;
};
Parsed<CpuStat> parse_cpu_stat(std::string_view text);

// cpuacct.stat (v1): "user 123\nsystem 45\n", ticks.
struct CpuacctStat {
  std::optional<std::uint64_t> user_ticks, system_ticks;
};
Parsed<CpuacctStat> parse_cpuacct_stat(std::string_view text);

// cpuacct.usage_percpu_user, cpuacct.usage_percpu_sys (v1, 4.8): "1093121 87211 0 0 \n",
// nanoseconds by CPU.
Result<std::vector<std::uint64_t>> parse_numbers(std::string_view text);

// memory.stat. v2 keys ("anon 1234\nfile 567\n...") or, on v1, the total_* keys, which count the
// children too ("total_cache 567\n...") and the two hierarchical limits.
struct MemoryStat {
  std::optional<std::uint64_t> cache, shmem, active_file, inactive_file, active_anon, inactive_anon;
  std::optional<std::uint64_t> dirty, writeback, slab_reclaimable;
  std::optional<std::uint64_t> pswpin, pswpout;  // v2 of newer kernels, pages
  std::optional<std::uint64_t> swap;             // v1; more exact than the difference of two files
  std::optional<std::uint64_t> hierarchical_memory_limit, hierarchical_memsw_limit;  // v1, bytes
};
Parsed<MemoryStat> parse_memory_stat_v2(std::string_view text);
Parsed<MemoryStat> parse_memory_stat_v1(std::string_view text);

// memory.events (v2): "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n"; memory.oom_control (v1) has
// "oom_kill 1" since 4.13.
struct MemoryEvents {
  std::optional<std::uint64_t> high, max, oom, oom_kill;
};
Parsed<MemoryEvents> parse_memory_events(std::string_view text);

// Whether `controller` is a word of cgroup.controllers ("cpuset cpu io memory pids\n").
bool has_controller(std::string_view text, std::string_view controller);

}  // namespace cv
