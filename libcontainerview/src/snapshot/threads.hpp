// SPDX-License-Identifier: Apache-2.0
// Which processes and threads there are: of a cgroup and all below it, or of a /proc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/proc_pid_stat.hpp"
#include "kernel/sysroot.hpp"
#include "snapshot/target.hpp"

namespace cv {

// A cgroup that lists the boundary's processes and threads.
struct ThreadListing {
  std::string dir;
  bool is_v2 = false;
  std::string_view file() const { return is_v2 ? "cgroup.threads" : "tasks"; }
};
std::optional<ThreadListing> thread_listing(const Target& target);

// Appends all ids in `file` (cgroup.procs, cgroup.threads, tasks) of a cgroup and those below it.
// Returns whether there is such a cgroup.
bool append_ids_of_subtree(const Sysroot& root, const std::string& dir, std::string_view file,
                           std::vector<std::uint64_t>& ids);

// Ids below /proc or /proc/PID/task, sorted, at most `limit`. The kernel makes an inode for each
// that it lists (5 us): the cgroup's own lists are preferred to this.
std::vector<std::uint64_t> ids_of_proc(const Sysroot& root, const std::string& dir,
                                       std::size_t limit = SIZE_MAX);

// Whether every process of this /proc belongs to the boundary.
bool whole_proc_is_ours(const Target& target);

// Whether the ids in this /proc are those of our own PID namespace, by which the kernel knows the
// processes when it is asked without a file.
bool has_our_ids(const Sysroot& root);

// The directory of one thread. /proc/TID is not listed but there, and leads to its own task entry:
// reading /proc/TID/stat itself would make the kernel add up all threads of the process (2 ms with
// 20,000).
std::string thread_dir(std::uint64_t tid);

std::optional<PidStat> read_thread_stat(const Sysroot& root, std::uint64_t tid);

// Start time in nanoseconds of CLOCK_BOOTTIME.
std::int64_t start_nsec(std::uint64_t start_ticks);
inline std::int64_t start_nsec(const PidStat& stat) { return start_nsec(stat.start_ticks); }

}  // namespace cv
