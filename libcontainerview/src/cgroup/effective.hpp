// SPDX-License-Identifier: Apache-2.0
// Effective limits: the smallest over a cgroup and all its ancestors, and who sets it. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/cgroup_files.hpp"

namespace cv {

// One level's own setting, as far as its file tells.
template <typename Value>
struct LevelLimit {
  enum class State : std::uint8_t { kAbsent, kUnlimited, kLimited, kUnknown };
  State state = State::kAbsent;
  Value value{};

  bool limited() const { return state == State::kLimited; }
  bool unknown() const { return state == State::kUnknown; }
  bool absent() const { return state == State::kAbsent; }
};
using BytesLimit = LevelLimit<std::uint64_t>;

// Unlimited is a state of its own, and so is not knowing.
template <typename Value>
struct EffectiveLimit {
  enum class State : std::uint8_t { kUnknown, kUnlimited, kLimited };
  State state = State::kUnlimited;
  Value value{};
  std::optional<std::size_t> level;  // whose setting it is; none: nobody's, or hidden from here
  std::uint64_t raw = 0;             // as printed, also when it amounts to unlimited

  bool limited() const { return state == State::kLimited; }
  bool unknown() const { return state == State::kUnknown; }
};
using EffectiveBytes = EffectiveLimit<std::uint64_t>;

// A cgroup and its ancestors are lists, the process's own cgroup first and the mount root last.
struct MemoryLevel {
  std::string dir;
  BytesLimit max;                           // memory.max; v1 memory.limit_in_bytes
  BytesLimit high;                          // memory.high
  BytesLimit swap_max;                      // memory.swap.max; absent on v1
  BytesLimit memsw_max;                     // v1 memory.memsw.limit_in_bytes
  std::optional<std::uint64_t> usage;       // memory.current; v1 memory.usage_in_bytes
  std::optional<std::uint64_t> swap_usage;  // memory.swap.current; v1 memsw usage less memory usage
  std::optional<MemoryStat> stat;
};

struct CpuLevel {
  std::string dir;
  LevelLimit<CpuQuota> quota;
};

struct PidsLevel {
  std::string dir;
  LevelLimit<std::uint64_t> max;
};

// The smallest limit of a list. One unreadable level makes the whole unknown: the true limit may be
// lower than all that could be read. `limit_of(level)` gives a LevelLimit; `less` orders values.
template <typename Value, typename Level, typename LimitOf, typename Less>
EffectiveLimit<Value> smallest_limit(const std::vector<Level>& levels, LimitOf&& limit_of,
                                     Less&& less) {
  using State = typename EffectiveLimit<Value>::State;
  EffectiveLimit<Value> effective;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const LevelLimit<Value>& limit = limit_of(levels[i]);
    if (limit.unknown()) {
      EffectiveLimit<Value> unknown;
      unknown.state = State::kUnknown;
      return unknown;
    }
    if (!limit.limited() || (effective.limited() && !less(limit.value, effective.value))) continue;
    effective.state = State::kLimited;
    effective.value = limit.value;
    effective.level = i;
  }
  return effective;
}

// The level whose own figures are shown: the boundary (none in sight: the mount root), or the level
// whose limit binds if that is deeper. `levels` is not empty.
template <typename Level>
std::size_t shown_level(const std::vector<Level>& levels,
                        const std::optional<std::string>& boundary,
                        std::optional<std::size_t> binder) {
  const auto at = std::find_if(levels.begin(), levels.end(),
                               [&](const Level& level) { return level.dir == boundary; });
  const std::size_t shown =
      at == levels.end() ? levels.size() - 1 : static_cast<std::size_t>(at - levels.begin());
  return std::min(shown, binder.value_or(shown));
}

// memory.max over the levels. On v1 hierarchical_memory_limit of the own memory.stat is the limit
// where it is told, for it sees ancestors that the mount hides. At or above `host_total` it is
// unlimited.
EffectiveBytes effective_memory_limit(const std::vector<MemoryLevel>& levels,
                                      std::optional<std::uint64_t> host_total);
// memory.high over the levels; v1 has none.
EffectiveBytes effective_memory_high(const std::vector<MemoryLevel>& levels,
                                     std::optional<std::uint64_t> host_total);
// Swap alone. v1: the limit of memory and swap together, less that of memory; unknown where swap is
// not accounted.
EffectiveBytes effective_swap_limit(const std::vector<MemoryLevel>& levels);

EffectiveLimit<CpuQuota> effective_cpu_quota(const std::vector<CpuLevel>& levels);
EffectiveLimit<std::uint64_t> effective_pids_limit(const std::vector<PidsLevel>& levels);

}  // namespace cv
