// SPDX-License-Identifier: Apache-2.0
// Parsers of what the machine tells of its block devices: /proc/diskstats, /sys/block/X/stat
// (admin-guide/iostats.rst), and of /proc/PID/io (filesystems/proc.rst).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "kernel/parsed.hpp"

namespace cv {

struct DeviceNumber {
  std::uint32_t major = 0, minor = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): takes the comparison with 0 that this makes for one
  auto operator<=>(const DeviceNumber&) const = default;
};
// "254:0", as in io.stat and /sys/block/X/dev.
std::optional<DeviceNumber> parse_device_number(std::string_view text);
std::string to_string(DeviceNumber number);

// What a device did in one direction since boot. Flushes have no sectors and no merges.
struct DiskDirection {
  std::uint64_t ios = 0, merges = 0, sectors = 0, msec = 0;
};

// Counters of one device. Sectors are of 512 bytes whatever the device's are.
struct DiskCounters {
  DiskDirection read, write, discard, flush;
  std::uint64_t in_flight = 0;   // requests, now
  std::uint64_t busy_msec = 0;   // at least one request was in flight
  std::uint64_t queue_msec = 0;  // the same, times the number of requests
};

struct DiskLine {
  DeviceNumber number;
  std::string name;  // as below /dev: sysfs's '!' is '/'
  DiskCounters counters;
};

// " 254       0 vda 205835 33659 10229050 209275 123901 215627 19142392 144898 0 73104 377212
//  227473 65 9516256 21880 23944 1158": 11 counters, since 4.18 4 of discards, since 5.5 2 of
// flushes.
Parsed<std::vector<DiskLine>> parse_diskstats(std::string_view text);

// The same counters alone.
Result<DiskCounters> parse_block_stat(std::string_view text);

// "cciss!c0d0" in sysfs is "cciss/c0d0".
std::string device_name_of(std::string_view sysfs_name);

// "rchar: 323934931\n...read_bytes: 0\nwrite_bytes: 323932160\ncancelled_write_bytes: 0\n": bytes
// that a process caused to be read from, or is about to write to, a device.
struct ProcessIo {
  std::optional<std::uint64_t> read_bytes, write_bytes, cancelled_write_bytes;
};
Parsed<ProcessIo> parse_process_io(std::string_view text);

}  // namespace cv
