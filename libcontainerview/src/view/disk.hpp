// SPDX-License-Identifier: Apache-2.0
// Block devices over an interval, from the snapshots at its ends. Pure.
#pragma once

#include <span>

#include "snapshot/snapshot.hpp"
#include "view/figure.hpp"

namespace cv {

// How often, how much, how long, in one direction.
struct DiskDirectionView {
  Figure<double> ios;  // per second
  Figure<double> bytes_per_sec;
  Figure<std::uint64_t> bytes;                   // within the interval
  Figure<double> merges, merged_pct;             // per second; of all that were asked for
  Figure<double> await_msec, request_bytes;      // mean of one request
  Figure<double> count, merge_count, wait_msec;  // within the interval; waits of all requests
};

// Where an await comes from.
enum class AwaitSource : std::uint8_t {
  kNone,
  kCounters,  // measured for what is shown
  kDevice,    // the device's mean over everybody's requests
  kPressure,  // the container's own waiting, by request: more than the device's where throttled
};

struct DiskView {
  IoSource source = IoSource::kNone;
  AwaitSource await_source = AwaitSource::kNone;
  bool used = false;                                   // has done anything since its counters began
  bool active = false;                                 // has done anything within the interval
  DiskDirectionView read, write, discard, flush, all;  // all: without flushes
  Figure<double> queue;                                // mean number of requests waiting or served
  Figure<double> util_pct;  // busy time of the device; of a container with limits, the share used
  Figure<double> limit_used_pct;
  Figure<double> busy_msec, queue_msec;  // within the interval
};

// One device; `index` is that in end.disks.
DiskView derive_disk(const Snapshot& begin, const Snapshot& end, std::size_t index);

// What it did since its counters began; waits only where they are measured.
struct DiskTotals {
  struct Direction {
    Figure<std::uint64_t> ios, merges, bytes, msec;
  };
  Direction read, write;
  Figure<std::uint64_t> in_flight;  // requests, now
  Figure<std::uint64_t> busy_msec, queue_msec;
};
DiskTotals derive_disk_totals(const Snapshot& snapshot, std::size_t index);

// Several as one: sums, means over all requests, the mean of their utilisation. What is stacked on
// another of them is counted once, on top.
DiskView derive_disk_group(const Snapshot& begin, const Snapshot& end,
                           std::span<const std::size_t> indices);

}  // namespace cv
