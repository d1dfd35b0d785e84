// SPDX-License-Identifier: Apache-2.0
// /proc/stat and /proc/uptime (proc(5)): the machine's CPU time and boot time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace cv {

// Ticks since boot. guest and guest_nice are part of user and nice in the file; here they are not.
struct CpuTicks {
  std::uint64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0,
                steal = 0;
  std::uint64_t guest = 0, guest_nice = 0;
};

struct ProcStat {
  CpuTicks cpu;                                        // the first line, all CPUs
  std::uint32_t cpu_count = 0;                         // cpuN lines: online CPUs
  std::optional<std::uint64_t> btime_sec;              // boot, seconds since 1970
  std::optional<std::uint64_t> intr, ctxt, processes;  // interrupts, context switches, forks
  std::optional<std::uint64_t> procs_running, procs_blocked;
};

// "cpu  10132153 290696 3084719 46828483 16683 0 25195 0 175628 0\ncpu0 ...\nintr 12044978 0 0
//  ...\nctxt 28881786\nbtime 1062191376\nprocesses 1108607\nprocs_running 10\nprocs_blocked 0\n"
Result<ProcStat> parse_proc_stat(std::string_view text);

// The cpuN lines of the same file.
struct CpuLine {
  std::uint32_t cpu = 0;
  CpuTicks ticks;
};
std::vector<CpuLine> parse_cpu_lines(std::string_view text);

// "350735.47 234388.90\n": seconds since boot.
Result<double> parse_proc_uptime(std::string_view text);

}  // namespace cv
