// SPDX-License-Identifier: Apache-2.0
// Snapshots as a seed makes them: likely ones, and such as no kernel should print but a torn
// reading, a hostile tree or a counter at its end may show.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "snapshot/snapshot.hpp"

namespace cv {

class SnapshotGenerator {
 public:
  explicit SnapshotGenerator(std::uint64_t seed) : random_(seed) {}

  // Both ends of an interval. Two may be at the same instant, or the later one before the other.
  std::pair<Snapshot, Snapshot> interval() {
    Snapshot begin;
    is_v2_ = chance(0.5);
    add_place(begin);
    begin.what = kSampleAll;
    begin.time.realtime_nsec = 1'800'000'000 * kNsecPerSec;
    if (!chance(0.05))
      begin.time.boottime_nsec = static_cast<std::int64_t>(below(kLongUptime) + kNsecPerSec);
    begin.cache_used_pct = chance(0.8) ? 0 : static_cast<std::uint32_t>(below(130));
    add_memory(begin);
    add_cpu(begin);
    add_rest(begin);
    Snapshot end = begin;
    move_on(begin, end);
    return {begin, end};
  }

 private:
  using Counter = std::optional<std::uint64_t>;
  static constexpr std::uint64_t kGib = std::uint64_t{1} << 30;
  static constexpr std::uint64_t kLongUptime = 400ULL * 86'400 * kNsecPerSec;

  bool chance(double probability) { return std::bernoulli_distribution(probability)(random_); }
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : random_() % end; }

  // Any number of bytes; now and then one at which arithmetic breaks.
  std::uint64_t bytes(std::uint64_t most = 64 * kGib) {
    constexpr std::array<std::uint64_t, 12> kNasty{0,
                                                   1,
                                                   4095,
                                                   4096,
                                                   (1ULL << 53) + 1,
                                                   INT64_MAX,
                                                   INT64_MAX + 1ULL,
                                                   0x7FFF'FFFF'FFFF'0000,
                                                   0x7FFF'FFFF'FFFE'FFFF,
                                                   0x7FFF'FFFF'FFFF'F000,
                                                   UINT64_MAX - 1,
                                                   UINT64_MAX};
    if (chance(0.04)) return kNasty[below(kNasty.size())];
    if (chance(0.1)) return below(most + 1);
    return below(most / 4096 + 1) * 4096;
  }
  Counter told(double probability, std::uint64_t value) {
    return chance(probability) ? Counter(value) : std::nullopt;
  }

  void add_place(Snapshot& snapshot) {
    auto placement = std::make_shared<Placement>();
    auto scope = std::make_shared<Scope>();
    scope->is_container = chance(0.85);
    scope->rule = scope->is_container ? ScopeRule::kNamespaceRoot : ScopeRule::kNone;
    for (const Controller c : kControllers) {
      if (!scope->is_container || chance(0.05)) continue;
      Location location;
      location.is_v2 = is_v2_;
      location.mount_point = "/cg";
      (*placement)[c].location = location;
      scope->below[static_cast<std::size_t>(c)] = "";
    }
    snapshot.placement = placement;
    snapshot.scope = scope;
  }

  Meminfo machine() {
    Meminfo host;
    const std::uint64_t total = chance(0.9) ? (below(64) + 1) * kGib : bytes();
    host.mem_total = told(0.98, total);
    host.mem_free = told(0.98, below(total));
    host.mem_available = told(0.95, chance(0.9) ? below(total) : bytes());
    host.buffers = told(0.98, below(total / 16));
    host.cached = told(0.98, below(total));
    host.s_reclaimable = told(0.95, below(total / 8));
    host.shmem = told(0.95, below(total / 8));
    const std::uint64_t swap = chance(0.3) ? 0 : bytes(8 * kGib);
    host.swap_total = told(0.98, swap);
    host.swap_free = told(0.98, chance(0.95) ? below(swap) : bytes());
    host.commit_limit = told(0.9, bytes());
    host.committed_as = told(0.9, bytes());
    host.active = told(0.95, below(total));
    host.inactive = told(0.95, below(total));
    return host;
  }

  BytesLimit limit(double set) {
    if (chance(0.02)) return {BytesLimit::State::kUnknown, 0};
    if (chance(0.1)) return {BytesLimit::State::kAbsent, 0};
    if (!chance(set)) return {BytesLimit::State::kUnlimited, 0};
    return {BytesLimit::State::kLimited, bytes(chance(0.5) ? kGib : 64 * kGib)};
  }

  // Parts of `usage` mostly; at times of another instant, so that they are more than the whole.
  MemoryStat memory_stat(std::uint64_t usage) {
    const auto part = [&] { return chance(0.9) ? below(usage / 2 + 1) : bytes(); };
    MemoryStat stat;
    stat.cache = told(0.97, part());
    stat.shmem = told(0.97, part());
    stat.active_file = told(0.97, part());
    stat.inactive_file = told(0.97, part());
    stat.active_anon = told(0.97, part());
    stat.inactive_anon = told(0.97, part());
    stat.dirty = told(0.9, part() / 4);
    stat.writeback = told(0.9, part() / 8);
    if (is_v2_) {
      stat.slab_reclaimable = told(0.9, part() / 4);
      stat.pswpin = told(0.3, bytes());
      stat.pswpout = told(0.3, bytes());
    } else {
      stat.swap = told(0.5, bytes(kGib));
    }
    return stat;
  }

  MemoryLevel memory_level(std::string dir) {
    MemoryLevel level;
    level.dir = std::move(dir);
    level.max = limit(0.6);
    if (is_v2_) {
      level.high = limit(0.2);
      level.swap_max = limit(0.4);
    } else if (chance(0.6)) {
      level.memsw_max = limit(0.6);
    }
    const std::uint64_t most = level.max.limited() ? level.max.value : 64 * kGib;
    // Above the limit too: it was lowered, or is memory.high.
    const std::uint64_t usage = chance(0.85) ? below(most) : bytes();
    level.usage = told(0.97, usage);
    level.swap_usage = told(0.8, bytes(kGib));
    if (chance(0.95)) level.stat = memory_stat(usage);
    return level;
  }

  void add_memory(Snapshot& snapshot) {
    MemorySample& memory = snapshot.memory;
    memory.is_v2 = is_v2_;
    if (chance(0.97)) memory.host = machine();
    if (!snapshot.scope->is_container) return;
    const std::size_t depth = 1 + below(4);
    for (std::size_t i = 0; i < depth; ++i)
      memory.levels.push_back(memory_level(i == 0 ? "/cg" : "/cg" + std::to_string(i)));
    if (!is_v2_ && chance(0.5)) {
      auto& stat = memory.levels.front().stat;
      if (!stat) stat.emplace();
      stat->hierarchical_memory_limit = bytes();
      stat->hierarchical_memsw_limit = told(0.7, bytes());
    }
    if (!is_v2_) memory.swappiness = told(0.9, chance(0.2) ? 0 : 60);
    find_limits(snapshot);
    memory.peak = told(0.8, bytes());
    memory.hugetlb = told(0.5, bytes());
  }

  // As snapshot/sample_memory.cpp does with what it has read.
  static void find_limits(Snapshot& snapshot) {
    MemorySample& memory = snapshot.memory;
    const auto total = memory.host ? memory.host->mem_total : std::nullopt;
    memory.limit = effective_memory_limit(memory.levels, total);
    memory.high = effective_memory_high(memory.levels, total);
    memory.swap_limit = effective_swap_limit(memory.levels);
    memory.shown = shown_level(memory.levels, std::string("/cg"),
                               memory.limit.level ? memory.limit.level : memory.high.level);
  }

  LevelLimit<CpuQuota> quota() {
    using State = LevelLimit<CpuQuota>::State;
    if (chance(0.03)) return {State::kUnknown, {}};
    if (chance(0.1)) return {State::kAbsent, {}};
    if (chance(0.4)) return {State::kUnlimited, {}};
    if (chance(0.05)) return {State::kLimited, {true, bytes() | 1, bytes() | 1}};
    return {State::kLimited, {true, 1000 + below(1'600'000), chance(0.8) ? 100'000U : 1'000'000U}};
  }

  void add_cpu(Snapshot& snapshot) {
    CpuSample& cpu = snapshot.cpu;
    cpu.host = ProcStat{};
    for (auto member :
         {&CpuTicks::user, &CpuTicks::nice, &CpuTicks::system, &CpuTicks::idle, &CpuTicks::iowait,
          &CpuTicks::irq, &CpuTicks::softirq, &CpuTicks::steal, &CpuTicks::guest})
      cpu.host->cpu.*member = bytes(1'000'000'000);
    if (chance(0.97)) cpu.online = *CpuList::parse("0-" + std::to_string(below(256)));
    if (chance(0.7)) cpu.cpuset = *CpuList::parse("0-" + std::to_string(below(64)));
    cpu.affinity = cpu.cpuset;
    if (!snapshot.scope->is_container) return;
    const std::size_t depth = 1 + below(4);
    for (std::size_t i = 0; i < depth; ++i)
      cpu.levels.push_back({i == 0 ? "/cg" : "/cg" + std::to_string(i), quota()});
    cpu.quota = effective_cpu_quota(cpu.levels);
    cpu.quota_unknown_here = chance(0.02);
    if (chance(0.95)) cpu.usage = counters();
    if (chance(0.9)) cpu.throttle = chance(0.5) ? cpu.usage : counters();
    cpu.local_throttled_usec = told(0.3, bytes());
  }

  CpuCounters counters() {
    CpuCounters counters;
    counters.dir = "/cg";
    counters.inode = 1;
    if (is_v2_) {
      counters.stat.user_usec = told(0.97, bytes(1'000'000'000'000));
      counters.stat.system_usec = told(0.97, bytes(1'000'000'000'000));
      counters.stat.nice_usec = told(0.3, bytes(1'000'000'000'000));
    } else {
      counters.usage_nsec = told(0.97, bytes());
      counters.ticks = {told(0.95, bytes(1'000'000'000)), told(0.95, bytes(1'000'000'000))};
    }
    counters.stat.nr_periods = told(0.9, bytes(1'000'000));
    counters.stat.nr_throttled = told(0.9, bytes(1'000'000));
    counters.stat.throttled_usec = told(0.9, bytes(1'000'000'000));
    return counters;
  }

  void add_rest(Snapshot& snapshot) {
    if (chance(0.5))
      snapshot.pressure.io = Pressure{PressureLine{0, 0, 0, bytes(1'000'000'000)}, {}};
    if (chance(0.9) && snapshot.time.boottime_nsec)
      snapshot.uptime.start_nsec =
          *snapshot.time.boottime_nsec - static_cast<std::int64_t>(below(kLongUptime));
    snapshot.uptime.from_pid1 = chance(0.5);
    snapshot.activity.last_pid = told(0.8, bytes(4'194'304));
    snapshot.activity.page_bytes = 4096;
    snapshot.disks.dir = "/cg";
    snapshot.disks.is_v2 = is_v2_;
    snapshot.disks.has_counters = chance(0.9);
    for (std::uint64_t i = below(3); i-- > 0;) snapshot.disks.disks.push_back(disk(i));
    std::uint64_t tid = 0;
    for (std::uint64_t i = below(4); i-- > 0;) {
      tid += 1 + below(100);
      snapshot.activity.threads.push_back({tid, "RSDZ"[below(4)], bytes()});
    }
    snapshot.activity.thread_count = snapshot.activity.threads.size();
  }

  Disk disk(std::uint64_t minor) {
    Disk disk;
    disk.number = DeviceNumber{8, static_cast<std::uint32_t>(minor)};
    disk.name = "sd" + std::to_string(minor);
    if (chance(0.9)) {
      IoCounters io;
      io.read = {told(0.95, bytes()), told(0.95, bytes(1'000'000)), {}, {}};
      io.write = {told(0.95, bytes()), told(0.95, bytes(1'000'000)), {}, {}};
      disk.io.of(is_v2_ ? IoSource::kIoStat : IoSource::kThrottle) = io;
    }
    if (chance(0.9)) {
      disk.device = DiskCounters{};
      disk.device->read = {bytes(1'000'000), below(1000), bytes(1'000'000), bytes(1'000'000)};
      disk.device->write = {bytes(1'000'000), below(1000), bytes(1'000'000), bytes(1'000'000)};
      disk.device->busy_msec = bytes(1'000'000);
      disk.device->queue_msec = bytes(1'000'000);
    }
    if (chance(0.4)) disk.limits.rbps = below(1'000'000);
    if (chance(0.4)) disk.limits.wiops = bytes();
    return disk;
  }

  // A counter goes on mostly, far at times; or it stands, goes back, or is gone.
  void move(Counter& counter, std::uint64_t step) {
    if (!counter) return;
    if (chance(0.03))
      counter.reset();
    else if (chance(0.04))
      counter = below(*counter);
    else if (!chance(0.1))
      counter = *counter + below(step + 1);  // may wrap
  }
  void move(std::uint64_t& counter, std::uint64_t step) {
    Counter moved = counter;
    move(moved, step);
    if (moved) counter = *moved;
  }
  void move(std::optional<CpuCounters>& counters, std::uint64_t usec) {
    if (!counters) return;
    if (chance(0.03)) counters->inode = 2;
    if (chance(0.02)) counters->dir = "/other";
    CpuStat& stat = counters->stat;
    for (Counter* counter : {&stat.user_usec, &stat.system_usec, &stat.nice_usec})
      move(*counter, usec);
    move(counters->usage_nsec, usec * 1000);
    move(counters->ticks.user_ticks, usec / 10'000);
    move(counters->ticks.system_ticks, usec / 10'000);
    move(stat.nr_periods, 100);
    move(stat.nr_throttled, 100);
    move(stat.throttled_usec, usec);
  }

  void move_on(const Snapshot& begin, Snapshot& end) {
    if (begin.time.boottime_nsec) {
      if (chance(0.05))
        *end.time.boottime_nsec -= static_cast<std::int64_t>(below(kNsecPerSec));
      else if (!chance(0.1))
        *end.time.boottime_nsec += static_cast<std::int64_t>(below(60ULL * kNsecPerSec));
      if (chance(0.02)) end.time.boottime_nsec.reset();
    }
    // From nothing to many times what the quota allows.
    const std::uint64_t usec = chance(0.1) ? bytes() : below(chance(0.5) ? 1'000'000 : 600'000'000);
    move(end.cpu.usage, usec);
    move(end.cpu.throttle, usec);
    move(end.cpu.local_throttled_usec, usec);
    const bool ticked = !chance(0.05);  // else two looks within one tick
    for (auto member :
         {&CpuTicks::user, &CpuTicks::nice, &CpuTicks::system, &CpuTicks::idle, &CpuTicks::iowait,
          &CpuTicks::irq, &CpuTicks::softirq, &CpuTicks::steal, &CpuTicks::guest})
      if (ticked) move(end.cpu.host->cpu.*member, 100'000);
    if (chance(0.1) && !end.cpu.levels.empty()) {  // changed while we look
      end.cpu.levels.front().quota = quota();
      end.cpu.quota = effective_cpu_quota(end.cpu.levels);
    }
    if (end.pressure.io) move(end.pressure.io->some->total_usec, usec);
    move(end.activity.last_pid, 1000);
    for (ThreadActivity& thread : end.activity.threads) move(thread.switches, 1000);
    for (Disk& disk : end.disks.disks) {
      for (auto& [source, io] : disk.io) {
        for (IoDirection* direction : {&io.read, &io.write}) {
          move(direction->bytes, 1'000'000'000);
          move(direction->ios, 100'000);
        }
      }
      if (!disk.device) continue;
      move(disk.device->read.ios, 100'000);
      move(disk.device->read.sectors, 100'000);
      move(disk.device->busy_msec, 60'000);
    }
  }

  std::mt19937_64 random_;
  bool is_v2_ = false;
};

}  // namespace cv
