// SPDX-License-Identifier: Apache-2.0
// Memory and swap figures out of one snapshot. Pure.
#pragma once

#include "snapshot/snapshot.hpp"
#include "view/figure.hpp"

namespace cv {

struct MemoryView {
  Bytes total, used, free, shared, buffers, cache, buff_cache, available, other;
};
MemoryView derive_memory(const Snapshot& snapshot);

struct SwapView {
  Bytes total, used, free;
};
SwapView derive_swap(const Snapshot& snapshot);

struct CommitView {
  Bytes limit, committed;
};
CommitView derive_commit(const Snapshot& snapshot);

struct MemoryDetailsView {
  Bytes usage, working_set, reclaimable, peak, low, min;
  Figure<std::uint64_t> high_events, max_events, oom_events, oom_kills;
  Bytes hugetlb, active, inactive;
  Bytes low_total, low_free, high_total, high_free;
};
MemoryDetailsView derive_memory_details(const Snapshot& snapshot);

// What a cgroup can give back at once: file cache that is neither dirty nor under writeback, and
// reclaimable slab. `cache_used_pct` of the cache counts as used instead.
std::optional<std::uint64_t> reclaimable_bytes(const MemoryStat& stat,
                                               std::uint32_t cache_used_pct);

// True where the container has memory figures of its own: a memory controller at the boundary, or a
// limit on the way. False on the host, and where the controller was not handed down to the
// container.
bool has_own_memory(const Snapshot& snapshot);

}  // namespace cv
