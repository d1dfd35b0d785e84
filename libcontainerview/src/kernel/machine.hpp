// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace cv {

// What sysinfo(2) tells of the running machine: the kernel's own numbers also where lxcfs stands in
// for /proc/meminfo. (NUMA nodes and zones would be files, but do not add up to it on every
// machine.)
struct MachineMemory {
  std::uint64_t total_bytes = 0, free_bytes = 0, swap_total_bytes = 0, swap_free_bytes = 0;
};
std::optional<MachineMemory> machine_memory();

}  // namespace cv
