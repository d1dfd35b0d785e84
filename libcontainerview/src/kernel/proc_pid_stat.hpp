// SPDX-License-Identifier: Apache-2.0
// /proc/PID/stat, /proc/PID/schedstat and the CPU affinity of /proc/PID/status (proc(5)).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "kernel/cpu_list.hpp"

namespace cv {

struct PidStat {
  char state = '?';               // field 3: R running, D uninterruptible, ...
  bool is_ending = false;         // field 9, PF_EXITING: on v1 it is in no cgroup any more
  std::uint64_t num_threads = 0;  // field 20, of the process
  std::uint64_t start_ticks = 0;  // field 22, ticks since boot
};

// "1 (sh) S 0 1 1 0 -1 4194560 ...": the name may hold blanks and ')', so it ends at the last ')'.
Result<PidStat> parse_pid_stat(std::string_view text);

// Whether field 41, the policy, is one of sched(7) that no CFS quota holds back: SCHED_FIFO,
// SCHED_RR, SCHED_DEADLINE.
Result<bool> parse_is_real_time(std::string_view text);

// What one thread did since it was made, in nanoseconds.
struct Schedstat {
  std::uint64_t on_cpu_nsec = 0;     // ran
  std::uint64_t run_delay_nsec = 0;  // was runnable and waited, throttling included
  std::uint64_t runs = 0;            // how many times it got on a CPU; 0: not told

  bool operator==(const Schedstat&) const = default;
};

// "27683321 1043221 34\n"
Result<Schedstat> parse_schedstat(std::string_view text);

// "Tgid:\t17\n" of status: the process that a thread is of.
Result<std::uint64_t> parse_process_of(std::string_view text);

// State and context switches of one thread, from task/TID/status. (PID/status has the leader's.)
struct ThreadStatus {
  char state = '?';
  std::uint64_t switches = 0;  // voluntary or not
};

// "State:\tS (sleeping)\n...voluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n"
Result<ThreadStatus> parse_thread_status(std::string_view text);

// "Cpus_allowed_list:\t0-3,8\n" of status.
Result<CpuList> parse_affinity(std::string_view text);

}  // namespace cv
