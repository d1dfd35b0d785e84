// SPDX-License-Identifier: Apache-2.0
// Every figure of iostat --json: its key and where it is.
#pragma once

#include "common/cpu_fields.hpp"
#include "common/fields.hpp"

namespace cvtools {

// The machine's counters are whole numbers of devices and of a unit in one struct: to the JSON they
// are unsigned.
template <auto kMember>
Value unsigned_member(const cv_disk& raw) {
  return std::uint64_t{raw.*kMember};
}

inline Value disk_source(const cv_disk& raw) {
  switch (raw.source) {
    case CV_DISK_SOURCE_IO_STAT:
      return "io.stat";
    case CV_DISK_SOURCE_CFQ:
      return "blkio";
    case CV_DISK_SOURCE_THROTTLE:
      return "blkio.throttle";
    case CV_DISK_SOURCE_BFQ:
      return "blkio.bfq";
    case CV_DISK_SOURCE_PROCESSES:
      return "processes";
    case CV_DISK_SOURCE_DEVICE:
      return "device";
    default:
      return std::monostate{};
  }
}

inline Value await_source(const cv_disk& raw) {
  switch (raw.await_source) {
    case CV_AWAIT_COUNTERS:
      return "counters";
    case CV_AWAIT_DEVICE:
      return "device";
    case CV_AWAIT_PRESSURE:
      return "pressure";
    default:
      return std::monostate{};
  }
}

inline constexpr Field<cv_disk> kDiskFields[] = {
    {"major", unsigned_member<&cv_disk::major_number>, CV_DISK_NUMBER},
    {"minor", unsigned_member<&cv_disk::minor_number>, CV_DISK_NUMBER},
    {"tps", member<&cv_disk::tps>, CV_DISK_TPS},
    {"read_bytes_per_sec", member<&cv_disk::read_bytes_per_sec>, CV_DISK_READ_RATE},
    {"written_bytes_per_sec", member<&cv_disk::written_bytes_per_sec>, CV_DISK_WRITE_RATE},
    {"discarded_bytes_per_sec", member<&cv_disk::discarded_bytes_per_sec>, CV_DISK_DISCARD_RATE},
    {"read_bytes", member<&cv_disk::read_bytes>, CV_DISK_READ_BYTES},
    {"written_bytes", member<&cv_disk::written_bytes>, CV_DISK_WRITTEN_BYTES},
    {"discarded_bytes", member<&cv_disk::discarded_bytes>, CV_DISK_DISCARDED_BYTES},
    {"reads_per_sec", member<&cv_disk::reads_per_sec>, CV_DISK_READS},
    {"writes_per_sec", member<&cv_disk::writes_per_sec>, CV_DISK_WRITES},
    {"discards_per_sec", member<&cv_disk::discards_per_sec>, CV_DISK_DISCARDS},
    {"flushes_per_sec", member<&cv_disk::flushes_per_sec>, CV_DISK_FLUSHES},
    {"read_merges_per_sec", member<&cv_disk::read_merges_per_sec>, CV_DISK_READ_MERGES},
    {"write_merges_per_sec", member<&cv_disk::write_merges_per_sec>, CV_DISK_WRITE_MERGES},
    {"discard_merges_per_sec", member<&cv_disk::discard_merges_per_sec>, CV_DISK_DISCARD_MERGES},
    {"r_await_ms", member<&cv_disk::r_await_ms>, CV_DISK_R_AWAIT},
    {"w_await_ms", member<&cv_disk::w_await_ms>, CV_DISK_W_AWAIT},
    {"d_await_ms", member<&cv_disk::d_await_ms>, CV_DISK_D_AWAIT},
    {"f_await_ms", member<&cv_disk::f_await_ms>, CV_DISK_F_AWAIT},
    {"read_size_bytes", member<&cv_disk::read_size_bytes>, CV_DISK_READ_SIZE},
    {"write_size_bytes", member<&cv_disk::write_size_bytes>, CV_DISK_WRITE_SIZE},
    {"discard_size_bytes", member<&cv_disk::discard_size_bytes>, CV_DISK_DISCARD_SIZE},
    {"queue_size", member<&cv_disk::queue_size>, CV_DISK_QUEUE},
    {"util_pct", member<&cv_disk::util_pct>, CV_DISK_UTIL},
    {"source", disk_source, 0},
    {"await_source", await_source, 0},
};

// null: no limit, or one that could not be read: then `known` is false.
inline constexpr Field<cv_disk_limits> kDiskLimitFields[] = {
    {"read_bytes_per_sec", member<&cv_disk_limits::read_bytes_per_sec>, CV_DISK_LIMIT_READ_RATE},
    {"written_bytes_per_sec", member<&cv_disk_limits::written_bytes_per_sec>,
     CV_DISK_LIMIT_WRITE_RATE},
    {"reads_per_sec", member<&cv_disk_limits::reads_per_sec>, CV_DISK_LIMIT_READS},
    {"writes_per_sec", member<&cv_disk_limits::writes_per_sec>, CV_DISK_LIMIT_WRITES},
    {"used_pct", member<&cv_disk_limits::used_pct>, CV_DISK_LIMIT_USED},
    {"known", [](const cv_disk_limits& raw) -> Value { return raw.known != 0; }, 0},
};

}  // namespace cvtools
