// SPDX-License-Identifier: Apache-2.0
// What vmstat prints, as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "containerview/containerview.hpp"
#include "vmstat/options.hpp"

namespace cvtools {

// What the mode needs; JSON always has the figures of the table.
std::uint32_t vmstat_sample(const VmstatOptions& options);

// One interval.
struct VmstatReport {
  bool since_start = false;    // of the machine, or the container
  containerview::Scope scope;  // its texts live as long as the snapshot
  containerview::Activity activity;
  containerview::Memory memory;
  containerview::MemoryDetails details;
  containerview::Swap swap;
  containerview::CpuUsage cpu;
};

// `begin` null: since the start.
VmstatReport make_vmstat_report(const containerview::Snapshot* begin,
                                const containerview::Snapshot& end);

struct Known {
  std::optional<double> value;  // nothing: unknown
  containerview::Quality quality = containerview::Quality::kUnavailable;
};

// A counter of the report by its bit, per second, in whole `unit`s of the interval.
Known rate(const VmstatReport& report, std::uint64_t cv_activity::*member, std::uint64_t bit,
           std::uint64_t unit = 1);

// Cache as procps means it, reclaimable slab included.
std::optional<std::uint64_t> cache_bytes(const VmstatReport& report);

// A block device, or a partition.
struct VmstatDisk {
  std::string name;
  bool is_partition = false;
  bool is_below = false;      // another of them is stacked on it
  bool is_processes = false;  // no device: what the container's processes caused, on all of them
  containerview::DiskTotals totals;
};
std::vector<VmstatDisk> vmstat_disks(const containerview::Snapshot& snapshot);

// By name.
std::vector<cv_slab> vmstat_slabs(const containerview::Snapshot& snapshot);

}  // namespace cvtools
