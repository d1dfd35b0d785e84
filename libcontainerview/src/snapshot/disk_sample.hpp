// SPDX-License-Identifier: Apache-2.0
// What was read of block devices: a container's I/O by device, and the devices' own counters.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/disk_files.hpp"

namespace cv {

// Who counted a container's I/O. Several may count the same I/O of a device (v1: blk-throttle and
// BFQ): they are kept apart, and never added up.
enum class IoSource : std::uint8_t {
  kIoStat,     // v2 io.stat
  kCfq,        // v1 blkio.io_*: requests, merges and times, Linux before 5.0
  kThrottle,   // v1 blkio.throttle.io_*
  kBfq,        // v1 blkio.bfq.io_*, of devices under that scheduler
  kProcesses,  // the sum of /proc/PID/io, not by device
  kDevice,     // the device itself: everybody's I/O
  kNone,
};
inline constexpr std::size_t kIoSourceCount = 4;  // those that count by device

// What one of them counted since the cgroup was made. Unset: it does not count that.
struct IoDirection {
  std::optional<std::uint64_t> bytes, ios, merges, wait_nsec;
};
struct IoCounters {
  IoDirection read, write, discard;
  std::optional<std::uint64_t> busy_msec;  // CFQ: time that the disk was the cgroup's
};

// The container's limits on one device: the smallest over its levels. Unset: none.
struct IoLimits {
  std::optional<std::uint64_t> rbps, wbps, riops, wiops;

  bool any() const { return rbps || wbps || riops || wiops; }
};

// By who counted them. A machine's disks have none, and there may be many of those.
class IoBySource {
 public:
  const IoCounters* find(IoSource source) const { return find_in(counted_, source); }
  IoCounters* find(IoSource source) { return find_in(counted_, source); }
  // Makes them if they are not there.
  IoCounters& of(IoSource source) {
    if (IoCounters* counters = find(source)) return *counters;
    return counted_.emplace_back(source, IoCounters{}).second;
  }

  auto begin() const { return counted_.begin(); }  // of pairs
  auto end() const { return counted_.end(); }
  auto begin() { return counted_.begin(); }
  auto end() { return counted_.end(); }

 private:
  template <typename Counted>
  static auto find_in(Counted& counted, IoSource source) -> decltype(&counted.begin()->second) {
    const auto at = std::find_if(counted.begin(), counted.end(),
                                 [&](const auto& entry) { return entry.first == source; });
    return at == counted.end() ? nullptr : &at->second;
  }

  std::vector<std::pair<IoSource, IoCounters>> counted_;
};

struct Disk {
  std::optional<DeviceNumber> number;  // none: the sum of /proc/PID/io, or one that is given
  std::string name;
  std::string mapper_name;          // of a device mapper device: "vg-root"
  std::string persistent_name;      // of the type that was asked for
  std::string partition_of;         // the disk's name
  std::vector<DeviceNumber> below;  // what it is stacked on (dm, md, loop)
  std::string stacked_on;           // the names of those, with commas between
  IoBySource io;
  std::optional<DiskCounters> device;  // the machine's
  IoLimits limits;
  bool is_given = false;  // a device of user space: its counters are those of `device`
  // v1: a throttle rule of the cgroup's own. From 5.16 to 6.4 the kernel counts a direction only
  // where there is one.
  bool rule_read = false, rule_write = false;

  bool is_sum_of_processes() const { return io.find(IoSource::kProcesses) != nullptr; }
};

// Whether another of the disks is stacked on this one.
inline bool is_below_another(const std::vector<Disk>& disks, const Disk& disk) {
  return disk.number && std::any_of(disks.begin(), disks.end(), [&](const Disk& other) {
           return std::find(other.below.begin(), other.below.end(), *disk.number) !=
                  other.below.end();
         });
}

struct DiskSample {
  std::vector<Disk> disks;
  std::string dir;  // whose counters they are; empty: the machine's
  std::optional<std::uint64_t> inode;
  bool is_v2 = false;
  bool has_counters = false;              // there is a file of them, whatever is in it
  bool counts_only_under_a_rule = false;  // v1 on Linux 5.16 to 6.4
  bool limits_known = true;
};

}  // namespace cv
