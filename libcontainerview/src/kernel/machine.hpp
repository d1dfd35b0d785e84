// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kernel/cpu_list.hpp"

namespace cv {

// What sysinfo(2) tells of the running machine: the kernel's own numbers also where lxcfs stands in
// for /proc/meminfo. (NUMA nodes and zones would be files, but do not add up to it on every
// machine.)
struct MachineMemory {
  std::uint64_t total_bytes = 0, free_bytes = 0, swap_total_bytes = 0, swap_free_bytes = 0;
};
std::optional<MachineMemory> machine_memory();

// Bytes of a page, in which the machine counts swapping.
std::uint64_t machine_page_bytes();

// The CPUs that a process of the running machine may use, 0: this one. Unlike the list in its
// status file it holds no CPU that is offline, and it needs no /proc.
std::optional<CpuList> machine_affinity(std::int32_t pid);

// What uname(2) tells.
struct MachineName {
  std::string sysname, nodename, release, machine;
};
MachineName machine_name();

}  // namespace cv
