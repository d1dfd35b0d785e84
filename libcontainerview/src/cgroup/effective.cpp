// SPDX-License-Identifier: Apache-2.0
#include "cgroup/effective.hpp"

#include <algorithm>
#include <functional>

#include "base/saturate.hpp"

namespace cv {
namespace {

using LimitState = EffectiveBytes::State;

EffectiveBytes smallest_bytes(const std::vector<MemoryLevel>& levels,
                              BytesLimit MemoryLevel::*member) {
  auto limit = smallest_limit<std::uint64_t>(
      levels, [&](const MemoryLevel& level) -> const BytesLimit& { return level.*member; },
      std::less<>());
  limit.raw = limit.value;
  return limit;
}

// A limit that the machine's memory reaches first limits nothing; `raw` keeps what was set.
EffectiveBytes capped_by_host(EffectiveBytes limit, std::optional<std::uint64_t> host_total) {
  if (limit.limited() && host_total && limit.value >= *host_total) {
    limit.state = LimitState::kUnlimited;
    limit.value = 0;
    limit.level.reset();
  }
  return limit;
}

// A limit that v1's memory.stat tells; the level is the nearest one that sets just this.
EffectiveBytes hierarchical(const std::vector<MemoryLevel>& levels, BytesLimit MemoryLevel::*member,
                            std::uint64_t value) {
  EffectiveBytes limit;
  limit.raw = value;
  if (!v1_memory_limit(value).limited) return limit;
  limit.state = LimitState::kLimited;
  limit.value = value;
  const auto at = std::find_if(levels.begin(), levels.end(), [&](const MemoryLevel& level) {
    return (level.*member).limited() && (level.*member).value == value;
  });
  if (at != levels.end()) limit.level = static_cast<std::size_t>(at - levels.begin());
  return limit;
}

const MemoryStat* own_stat(const std::vector<MemoryLevel>& levels) {
  return !levels.empty() && levels.front().stat ? &*levels.front().stat : nullptr;
}

EffectiveBytes uncapped_memory_limit(const std::vector<MemoryLevel>& levels) {
  const EffectiveBytes walked = smallest_bytes(levels, &MemoryLevel::max);
  const MemoryStat* stat = own_stat(levels);
  if (walked.unknown() || stat == nullptr || !stat->hierarchical_memory_limit) return walked;
  return hierarchical(levels, &MemoryLevel::max, *stat->hierarchical_memory_limit);
}

EffectiveBytes unknown_bytes() {
  EffectiveBytes limit;
  limit.state = LimitState::kUnknown;
  return limit;
}

bool any_present(const std::vector<MemoryLevel>& levels, BytesLimit MemoryLevel::*member) {
  return std::any_of(levels.begin(), levels.end(),
                     [&](const MemoryLevel& level) { return !(level.*member).absent(); });
}

}  // namespace

EffectiveBytes effective_memory_limit(const std::vector<MemoryLevel>& levels,
                                      std::optional<std::uint64_t> host_total) {
  return capped_by_host(uncapped_memory_limit(levels), host_total);
}

EffectiveBytes effective_memory_high(const std::vector<MemoryLevel>& levels,
                                     std::optional<std::uint64_t> host_total) {
  return capped_by_host(smallest_bytes(levels, &MemoryLevel::high), host_total);
}

EffectiveBytes effective_swap_limit(const std::vector<MemoryLevel>& levels) {
  if (any_present(levels, &MemoryLevel::swap_max))
    return smallest_bytes(levels, &MemoryLevel::swap_max);

  const MemoryStat* stat = own_stat(levels);
  const bool told = stat != nullptr && stat->hierarchical_memsw_limit;
  if (!told && !any_present(levels, &MemoryLevel::memsw_max))
    // Memory is limited here but swap is not even counted; nothing at all is set on the real root.
    return any_present(levels, &MemoryLevel::max) ? unknown_bytes() : EffectiveBytes{};

  EffectiveBytes limit =
      told ? hierarchical(levels, &MemoryLevel::memsw_max, *stat->hierarchical_memsw_limit)
           : smallest_bytes(levels, &MemoryLevel::memsw_max);
  const EffectiveBytes memory = uncapped_memory_limit(levels);
  if (limit.unknown() || memory.unknown()) return unknown_bytes();
  if (limit.limited()) limit.value = saturating_sub(limit.value, memory.value);
  return limit;
}

EffectiveLimit<CpuQuota> effective_cpu_quota(const std::vector<CpuLevel>& levels) {
  return smallest_limit<CpuQuota>(
      levels, [](const CpuLevel& level) -> const LevelLimit<CpuQuota>& { return level.quota; },
      [](const CpuQuota& a, const CpuQuota& b) { return a.cpus() < b.cpus(); });
}

EffectiveLimit<std::uint64_t> effective_pids_limit(const std::vector<PidsLevel>& levels) {
  return smallest_limit<std::uint64_t>(
      levels, [](const PidsLevel& level) -> const LevelLimit<std::uint64_t>& { return level.max; },
      std::less<>());
}

}  // namespace cv
