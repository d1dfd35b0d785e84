// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/saturate.hpp"
#include "kernel/cgroup_files.hpp"
#include "kernel/machine.hpp"
#include "kernel/meminfo.hpp"
#include "snapshot/reader.hpp"
#include "snapshot/sampler.hpp"

namespace cv {
namespace {

// Under lxcfs /proc/meminfo shows the container already, and figures must not be virtualised twice.
// What sysinfo(2) does not tell (available), and everything in a captured tree, is unknown then.
Meminfo machine_behind_lxcfs(const Sysroot& root, const Meminfo& lxcfs) {
  Meminfo machine;
  const auto memory = root.live() ? machine_memory() : std::nullopt;
  if (memory) {
    machine.mem_total = memory->total_bytes;
    machine.mem_free = memory->free_bytes;
    machine.swap_total = memory->swap_total_bytes;
    machine.swap_free = memory->swap_free_bytes;
  } else {
    // The smaller of limit and machine: good as the cap that it is used for.
    machine.swap_total = lxcfs.swap_total;
    machine.swap_free = lxcfs.swap_free;
  }
  // lxcfs passes these through.
  machine.commit_limit = lxcfs.commit_limit;
  machine.committed_as = lxcfs.committed_as;
  return machine;
}

void read_limits_v2(Reader& reader, MemoryLevel& level) {
  level.max = reader.bytes_limit(level.dir + "/memory.max", parse_max);
  level.high = reader.bytes_limit(level.dir + "/memory.high", parse_max);
  level.swap_max = reader.bytes_limit(level.dir + "/memory.swap.max", parse_max);
}

void read_limits_v1(Reader& reader, MemoryLevel& level) {
  level.max = reader.bytes_limit(level.dir + "/memory.limit_in_bytes", parse_v1_memory_limit);
  level.memsw_max =
      reader.bytes_limit(level.dir + "/memory.memsw.limit_in_bytes", parse_v1_memory_limit);
}

void read_usage_v2(Reader& reader, MemoryLevel& level) {
  level.usage = reader.value(level.dir + "/memory.current", parse_number);
  level.swap_usage = reader.value(level.dir + "/memory.swap.current", parse_number);
  level.stat = reader.keyed(level.dir + "/memory.stat", parse_memory_stat_v2);
}

void read_usage_v1(Reader& reader, MemoryLevel& level) {
  level.usage = reader.value(level.dir + "/memory.usage_in_bytes", parse_number);
  if (!level.stat) level.stat = reader.keyed(level.dir + "/memory.stat", parse_memory_stat_v1);
  if (level.stat && level.stat->swap) {
    level.swap_usage = level.stat->swap;
  } else if (!level.memsw_max.absent()) {
    const auto both = reader.value(level.dir + "/memory.memsw.usage_in_bytes", parse_number);
    if (both && level.usage) level.swap_usage = saturating_sub(*both, *level.usage);
  }
}

// On v1 a cgroup limits its children only where it says so, and one that does not is under no
// parent's limit either: the kernel has it inherited. Since 5.11 it is always so.
bool is_hierarchical(Reader& reader, const std::string& dir) {
  return reader.value(dir + "/memory.use_hierarchy", parse_number).value_or(1) != 0;
}

void read_levels(const Target& target, const Location& location, Reader& reader,
                 MemorySample& memory) {
  const auto boundary = target.scope()->dir(*target.placement(), Controller::kMemory);
  memory.is_v2 = location.is_v2;
  for (const std::string& dir : level_dirs(location)) {
    const bool own = memory.levels.empty();
    const bool hierarchical = location.is_v2 || is_hierarchical(reader, dir);
    if (!own && !hierarchical) break;
    MemoryLevel level;
    level.dir = dir;
    if (location.is_v2) {
      read_limits_v2(reader, level);
    } else {
      read_limits_v1(reader, level);
      // The own memory.stat tells the limit of the ancestors, seen or not.
      if (own && hierarchical)
        level.stat = reader.keyed(dir + "/memory.stat", parse_memory_stat_v1);
    }
    memory.levels.push_back(std::move(level));
    if (!hierarchical) break;
  }

  const auto host_total = memory.host ? memory.host->mem_total : std::nullopt;
  memory.limit = effective_memory_limit(memory.levels, host_total);
  memory.high = effective_memory_high(memory.levels, host_total);
  memory.swap_limit = effective_swap_limit(memory.levels);
  memory.shown = shown_level(memory.levels, boundary,
                             memory.limit.level ? memory.limit.level : memory.high.level);

  for (std::size_t i = 0; i < memory.levels.size(); ++i) {
    MemoryLevel& level = memory.levels[i];
    const bool counts = i == *memory.shown || level.max.limited() || level.high.limited() ||
                        level.swap_max.limited() || level.memsw_max.limited();
    if (!counts) continue;
    if (location.is_v2)
      read_usage_v2(reader, level);
    else
      read_usage_v1(reader, level);
  }
  if (!location.is_v2)
    memory.swappiness =
        reader.value(memory.levels[*memory.shown].dir + "/memory.swappiness", parse_number);
}

// hugetlb.2MB.current (v2), hugetlb.2MB.usage_in_bytes (v1), one per page size.
std::optional<std::uint64_t> read_hugetlb(const Target& target, Reader& reader) {
  const auto dir = target.scope()->dir(*target.placement(), Controller::kHugetlb);
  if (!dir) return std::nullopt;
  const auto names = reader.root().list(*dir);
  if (!names) return std::nullopt;
  const bool v2 = target.placement()->find(Controller::kHugetlb)->is_v2;
  std::optional<std::uint64_t> sum;
  for (const std::string& name : *names) {
    if (!name.starts_with("hugetlb.") || name.find(".rsvd.") != std::string::npos) continue;
    if (!name.ends_with(v2 ? ".current" : ".usage_in_bytes") ||
        name.ends_with("max_usage_in_bytes"))
      continue;
    const auto bytes = reader.value(*dir + "/" + name, parse_number);
    if (!bytes) return std::nullopt;
    sum = saturating_add(sum.value_or(0), *bytes);
  }
  return sum;
}

void read_details(const Target& target, Reader& reader, MemorySample& memory) {
  const std::string& dir = memory.levels[*memory.shown].dir;
  if (memory.is_v2) {
    memory.peak = reader.value(dir + "/memory.peak", parse_number);
    memory.low = reader.value(dir + "/memory.low", parse_number);
    memory.min = reader.value(dir + "/memory.min", parse_number);
    memory.events =
        reader.keyed(dir + "/memory.events", parse_memory_events).value_or(MemoryEvents{});
  } else {
    memory.peak = reader.value(dir + "/memory.max_usage_in_bytes", parse_number);
    const auto oom = reader.keyed(dir + "/memory.oom_control", parse_memory_events);
    if (oom) memory.events.oom_kill = oom->oom_kill;
  }
  memory.hugetlb = read_hugetlb(target, reader);
}

}  // namespace

void sample_memory(const Target& target, Snapshot& snapshot) {
  MemorySample& memory = snapshot.memory;
  Reader machine(target.machine(), snapshot.problems);
  memory.host = machine.keyed("/proc/meminfo", parse_meminfo, Reader::Presence::kRequired);
  if (memory.host && target.mounts().lxcfs_meminfo)
    memory.host = machine_behind_lxcfs(target.machine(), *memory.host);

  const Location* location = target.placement()->find(Controller::kMemory);
  if (location == nullptr) return;
  if (!target.scope()->is_container && !snapshot.has(kSampleLimits)) return;
  Reader reader(target.cgroup_root(), snapshot.problems);
  read_levels(target, *location, reader, memory);
  if (snapshot.has(kSampleMemoryDetails)) read_details(target, reader, memory);
}

}  // namespace cv
