// SPDX-License-Identifier: Apache-2.0
#include "view/memory.hpp"

#include <algorithm>

#include "base/saturate.hpp"

namespace cv {
namespace {

using OptionalBytes = std::optional<std::uint64_t>;

OptionalBytes sum_of(OptionalBytes a, OptionalBytes b) {
  if (!a || !b) return std::nullopt;
  return saturating_add(*a, *b);
}

OptionalBytes difference_of(OptionalBytes a, OptionalBytes b) {
  if (!a || !b) return std::nullopt;
  return saturating_sub(*a, *b);
}

OptionalBytes capped(OptionalBytes value, OptionalBytes most) {
  return value && most ? OptionalBytes(std::min(*value, *most)) : value;
}

// Before 3.14 there is no MemAvailable; some sandboxes print nonsense there.
OptionalBytes told_available(const Meminfo& host) {
  const bool told = host.mem_available && host.mem_total && *host.mem_available != 0 &&
                    *host.mem_available <= *host.mem_total;
  return told ? host.mem_available : std::nullopt;
}

MemoryView machine_view(const Snapshot& snapshot, Quality quality) {
  MemoryView view;
  if (!snapshot.memory.host) return view;
  const Meminfo& host = *snapshot.memory.host;
  const auto figure = [&](OptionalBytes value) { return Bytes::of(value, quality); };
  view.total = figure(host.mem_total);
  view.free = figure(capped(host.mem_free, host.mem_total));
  view.shared = figure(host.shmem);
  view.buffers = figure(host.buffers);
  view.cache = figure(host.cached);
  // Kernels before 2.6.19 have no SReclaimable.
  view.buff_cache =
      figure(sum_of(sum_of(host.buffers, host.cached), host.s_reclaimable.value_or(0)));
  const OptionalBytes told = told_available(host);
  view.available = Bytes::of(told ? told : view.free.value,
                             told ? quality : std::max(quality, Quality::kEstimated));
  view.used = {difference_of(view.total.value, view.available.value), view.available.quality};
  if (!view.used.value) view.used.quality = Quality::kUnavailable;
  view.other = Bytes::of(view.used.value ? OptionalBytes(0) : std::nullopt, quality);
  return view;
}

// What one level leaves free and available below one of its limits.
struct Room {
  OptionalBytes free, available;
};

Room room_of(const MemoryLevel& level, std::uint64_t limit, std::uint32_t cache_used_pct) {
  Room room;
  room.free = difference_of(limit, level.usage);
  if (!level.stat || !level.usage) return room;
  if (const auto reclaimable = reclaimable_bytes(*level.stat, cache_used_pct))
    room.available =
        std::min(limit, saturating_sub(saturating_add(limit, *reclaimable), *level.usage));
  return room;
}

// The smallest of several; unknown as soon as one is.
class Smallest {
 public:
  void add(OptionalBytes value) {
    if (!value)
      unknown_ = true;
    else if (!smallest_ || *value < *smallest_)
      smallest_ = value;
  }
  OptionalBytes get() const { return unknown_ ? std::nullopt : smallest_; }

 private:
  OptionalBytes smallest_;
  bool unknown_ = false;
};

struct Rooms {
  Smallest free, available;
  bool estimated = false;
};

// Free and available over all levels, the machine being the outermost.
Rooms rooms_of(const Snapshot& snapshot) {
  const MemorySample& memory = snapshot.memory;
  Rooms rooms;
  const bool high_is_total = !memory.limit.limited() && memory.high.limited();
  for (const MemoryLevel& level : memory.levels) {
    if (level.max.limited()) {
      const Room room = room_of(level, level.max.value, snapshot.cache_used_pct);
      rooms.free.add(room.free);
      rooms.available.add(room.available);
    }
    if (level.high.limited()) {
      const Room room = room_of(level, level.high.value, snapshot.cache_used_pct);
      if (high_is_total) rooms.free.add(room.free);
      rooms.available.add(room.available);
    }
  }
  if (memory.limit.limited() && !memory.limit.level && memory.shown) {
    // The limit is an ancestor's that the mount hides: what others use of it can not be seen.
    const Room room =
        room_of(memory.levels[*memory.shown], memory.limit.value, snapshot.cache_used_pct);
    rooms.free.add(room.free);
    rooms.available.add(room.available);
    rooms.estimated = true;
  }
  if (memory.host && memory.host->mem_free) rooms.free.add(memory.host->mem_free);
  if (const auto told = memory.host ? told_available(*memory.host) : std::nullopt)
    rooms.available.add(told);
  else
    rooms.estimated = true;
  return rooms;
}

Bytes total_of(const MemorySample& memory) {
  if (memory.limit.unknown()) return {};
  if (memory.limit.limited()) return Bytes::of(memory.limit.value);
  if (memory.high.limited()) return Bytes::of(memory.high.value, Quality::kEstimated);
  return Bytes::of(memory.host ? memory.host->mem_total : std::nullopt, Quality::kHost);
}

MemoryView container_view(const Snapshot& snapshot) {
  const MemorySample& memory = snapshot.memory;
  const MemoryLevel& shown = memory.levels[*memory.shown];
  // v1 does not tell which slab can be reclaimed: available is a lower bound, used an upper one.
  const Quality without_slab = memory.is_v2 ? Quality::kExact : Quality::kEstimated;
  MemoryView view;
  view.total = total_of(memory);
  view.buffers = Bytes::of(0);
  OptionalBytes used;
  if (shown.stat) {
    view.shared = Bytes::of(shown.stat->shmem);
    view.cache = Bytes::of(shown.stat->cache);
    view.buff_cache = Bytes::of(sum_of(shown.stat->cache, shown.stat->slab_reclaimable.value_or(0)),
                                without_slab);
    used = difference_of(shown.usage, reclaimable_bytes(*shown.stat, snapshot.cache_used_pct));
  }
  if (!view.total.value) {
    view.used = Bytes::of(used, without_slab);
    return view;
  }
  const std::uint64_t total = *view.total.value;
  const Rooms rooms = rooms_of(snapshot);
  const Quality free_quality =
      rooms.estimated && !memory.limit.level ? Quality::kEstimated : view.total.quality;
  const Quality quality = std::max(
      {without_slab, view.total.quality, rooms.estimated ? Quality::kEstimated : Quality::kExact});
  view.free = Bytes::of(capped(rooms.free.get(), total), free_quality);
  view.available = Bytes::of(capped(rooms.available.get(), total), quality);
  // The files are read one after the other: what they tell must still add up to the total.
  if (used) used = std::min(*used, saturating_sub(total, view.available.value.value_or(0)));
  view.used = Bytes::of(used, without_slab);
  if (used && view.available.value)
    view.other = Bytes::of(saturating_sub(total, *used + *view.available.value), quality);
  return view;
}

SwapView machine_swap(const Snapshot& snapshot, Quality quality) {
  if (!snapshot.memory.host) return {};
  const Meminfo& host = *snapshot.memory.host;
  return {Bytes::of(host.swap_total, quality),
          Bytes::of(difference_of(host.swap_total, host.swap_free), quality),
          Bytes::of(capped(host.swap_free, host.swap_total), quality)};
}

// The limit on swap alone that one level sets.
OptionalBytes level_swap_limit(const MemoryLevel& level) {
  if (level.swap_max.limited()) return level.swap_max.value;
  if (level.memsw_max.limited() && level.max.limited())
    return saturating_sub(level.memsw_max.value, level.max.value);
  return std::nullopt;
}

SwapView container_swap(const Snapshot& snapshot) {
  const MemorySample& memory = snapshot.memory;
  const OptionalBytes host_total = memory.host ? memory.host->swap_total : std::nullopt;
  if (host_total && *host_total == 0) return {Bytes::of(0), Bytes::of(0), Bytes::of(0)};

  const OptionalBytes used = memory.levels[*memory.shown].swap_usage;
  OptionalBytes total = host_total;
  if (memory.swap_limit.limited())
    total = std::min(memory.swap_limit.value, host_total.value_or(memory.swap_limit.value));
  // Nothing more will be swapped out.
  if (memory.swappiness && *memory.swappiness == 0) total = used;
  if (!total || !used) return {Bytes::of(total), Bytes::of(used), {}};

  Smallest free;
  free.add(saturating_sub(*total, *used));
  for (const MemoryLevel& level : memory.levels)
    if (const auto limit = level_swap_limit(level))
      free.add(difference_of(limit, level.swap_usage));
  if (memory.host && memory.host->swap_free) free.add(memory.host->swap_free);
  return {Bytes::of(total), Bytes::of(std::min(*used, *total)), Bytes::of(free.get())};
}

}  // namespace

std::optional<std::uint64_t> reclaimable_bytes(const MemoryStat& stat,
                                               std::uint32_t cache_used_pct) {
  if (!stat.active_file || !stat.inactive_file) return std::nullopt;
  std::uint64_t file = saturating_add(*stat.active_file, *stat.inactive_file);
  file = saturating_sub(file, saturating_add(stat.dirty.value_or(0), stat.writeback.value_or(0)));
  const std::uint64_t pct = std::min<std::uint32_t>(cache_used_pct, 100);
  file -= file / 100 * pct + file % 100 * pct / 100;
  return saturating_add(file, stat.slab_reclaimable.value_or(0));
}

bool has_own_memory(const Snapshot& snapshot) {
  const MemorySample& memory = snapshot.memory;
  if (!snapshot.scope->is_container || !memory.shown || !(*snapshot.scope)[Controller::kMemory])
    return false;
  const MemoryLevel& shown = memory.levels[*memory.shown];
  const bool files = shown.usage || shown.stat || !shown.max.absent();
  return files || memory.limit.limited() || memory.limit.unknown() || memory.high.limited();
}

MemoryView derive_memory(const Snapshot& snapshot) {
  if (has_own_memory(snapshot)) return container_view(snapshot);
  return machine_view(snapshot, snapshot.scope->is_container ? Quality::kHost : Quality::kExact);
}

SwapView derive_swap(const Snapshot& snapshot) {
  if (!has_own_memory(snapshot) || snapshot.memory.swap_limit.unknown())
    return machine_swap(snapshot, snapshot.scope->is_container ? Quality::kHost : Quality::kExact);
  return container_swap(snapshot);
}

CommitView derive_commit(const Snapshot& snapshot) {
  if (!snapshot.memory.host) return {};
  const Quality quality = snapshot.scope->is_container ? Quality::kHost : Quality::kExact;
  return {Bytes::of(snapshot.memory.host->commit_limit, quality),
          Bytes::of(snapshot.memory.host->committed_as, quality)};
}

MemoryDetailsView derive_memory_details(const Snapshot& snapshot) {
  const MemorySample& memory = snapshot.memory;
  MemoryDetailsView view;
  const MemoryView figures = derive_memory(snapshot);
  // 64-bit kernels have no high memory: all of it is low.
  view.low_total = figures.total;
  view.low_free = figures.free;
  view.high_total = Bytes::of(0);
  view.high_free = Bytes::of(0);
  const Meminfo* host = memory.host ? &*memory.host : nullptr;
  if (!has_own_memory(snapshot) && host != nullptr) {
    const Quality quality = figures.total.quality;
    view.active = Bytes::of(host->active, quality);
    view.inactive = Bytes::of(host->inactive, quality);
    if (host->low_total.value_or(0) != 0) {
      view.low_total = Bytes::of(host->low_total, quality);
      view.low_free = Bytes::of(host->low_free, quality);
      view.high_total = Bytes::of(host->high_total, quality);
      view.high_free = Bytes::of(host->high_free, quality);
    }
  }
  if (!memory.shown) return view;

  const MemoryLevel& shown = memory.levels[*memory.shown];
  view.usage = Bytes::of(shown.usage);
  view.peak = Bytes::of(memory.peak);
  view.low = Bytes::of(memory.low);
  view.min = Bytes::of(memory.min);
  view.high_events = Bytes::of(memory.events.high);
  view.max_events = Bytes::of(memory.events.max);
  view.oom_events = Bytes::of(memory.events.oom);
  view.oom_kills = Bytes::of(memory.events.oom_kill);
  view.hugetlb = Bytes::of(memory.hugetlb);
  if (!shown.stat) return view;
  view.working_set = Bytes::of(difference_of(shown.usage, shown.stat->inactive_file));
  view.reclaimable = Bytes::of(reclaimable_bytes(*shown.stat, snapshot.cache_used_pct),
                               memory.is_v2 ? Quality::kExact : Quality::kEstimated);
  if (has_own_memory(snapshot)) {
    view.active = Bytes::of(sum_of(shown.stat->active_anon, shown.stat->active_file));
    view.inactive = Bytes::of(sum_of(shown.stat->inactive_anon, shown.stat->inactive_file));
  }
  return view;
}

}  // namespace cv
