// SPDX-License-Identifier: Apache-2.0
// Parsers of a cgroup's block I/O files: io.stat and io.max (admin-guide/cgroup-v2.rst), and the
// blkio.* files of v1 (admin-guide/cgroup-v1/blkio-controller.rst).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "kernel/disk_files.hpp"
#include "kernel/parsed.hpp"

namespace cv {

struct IoStatLine {
  DeviceNumber number;
  std::optional<std::uint64_t> rbytes, wbytes, dbytes, rios, wios, dios;
};

// "254:0 rbytes=6897664 wbytes=6291456 rios=20 wios=12 dbytes=0 dios=0\n". Keys that are not known
// are ignored. A device without I/O, or one whose line is read while it is made, is "7:7 " and
// nothing more; Linux 5.15 prints such devices on the line of the next one that has counters
// ("7:7 7:6 7:5 rbytes=..."). A device whose number the kernel can not tell is "(unknown)": its
// line is passed over.
Parsed<std::vector<IoStatLine>> parse_io_stat(std::string_view text);

// io.max: "254:0 rbps=10485760 wbps=max riops=1000 wiops=max\n". Unset: no limit.
struct IoMaxLine {
  DeviceNumber number;
  std::optional<std::uint64_t> rbps, wbps, riops, wiops;
};
Parsed<std::vector<IoMaxLine>> parse_io_max(std::string_view text);

// blkio.throttle.io_service_bytes, blkio.bfq.io_serviced, blkio.io_merged, ...:
// "254:0 Read 21274624\n254:0 Write 20971520\n254:0 Sync 63217664\n254:0 Async 0\n254:0 Discard
// 20971520\n254:0 Total 63217664\nTotal 63217664\n". Sync + Async are the same I/O again; Discard
// rows came with 4.19.
struct BlkioRow {
  DeviceNumber number;
  std::optional<std::uint64_t> read, write, discard;
};
Parsed<std::vector<BlkioRow>> parse_blkio_rows(std::string_view text);

// blkio.throttle.read_bps_device, blkio.time, ...: "254:0 10485760\n".
struct BlkioValue {
  DeviceNumber number;
  std::uint64_t value = 0;
};
Parsed<std::vector<BlkioValue>> parse_blkio_values(std::string_view text);

}  // namespace cv
