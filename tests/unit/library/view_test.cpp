// SPDX-License-Identifier: Apache-2.0
// Figures out of hand-made snapshots: no files, no clock.
#include <gtest/gtest.h>

#include <cmath>

#include "view/cpu.hpp"
#include "view/limits.hpp"
#include "view/memory.hpp"
#include "view/origin.hpp"
#include "view/uptime.hpp"

namespace cv {
namespace {

constexpr std::uint64_t kMib = 1 << 20;

// A container whose boundary is the first level of every list.
Snapshot container() {
  Snapshot snapshot;
  auto placement = std::make_shared<Placement>();
  auto scope = std::make_shared<Scope>();
  scope->is_container = true;
  scope->rule = ScopeRule::kNamespaceRoot;
  for (const Controller c : kControllers) {
    Location location;
    location.is_v2 = true;
    location.mount_point = "/cg";
    (*placement)[c].location = location;
    scope->below[static_cast<std::size_t>(c)] = "";
  }
  snapshot.placement = placement;
  snapshot.scope = scope;
  snapshot.what = kSampleAll;
  snapshot.memory.is_v2 = true;
  snapshot.memory.shown = 0;
  return snapshot;
}

Meminfo machine(std::uint64_t total, std::uint64_t free, std::uint64_t available) {
  Meminfo meminfo;
  meminfo.mem_total = total;
  meminfo.mem_free = free;
  meminfo.mem_available = available;
  meminfo.buffers = meminfo.cached = meminfo.s_reclaimable = meminfo.shmem = 0;
  meminfo.swap_total = 100 * kMib;
  meminfo.swap_free = 80 * kMib;
  return meminfo;
}

MemoryLevel memory_level(std::optional<std::uint64_t> max, std::uint64_t usage,
                         MemoryStat stat = {}) {
  MemoryLevel level;
  level.dir = "/cg";
  level.max = {max ? BytesLimit::State::kLimited : BytesLimit::State::kUnlimited, max.value_or(0)};
  level.usage = usage;
  if (!stat.active_file) stat.active_file = 0;
  if (!stat.inactive_file) stat.inactive_file = 0;
  level.stat = stat;
  return level;
}

void set_levels(Snapshot& snapshot, std::vector<MemoryLevel> levels) {
  snapshot.memory.levels = std::move(levels);
  snapshot.memory.limit =
      effective_memory_limit(snapshot.memory.levels, snapshot.memory.host->mem_total);
  snapshot.memory.high =
      effective_memory_high(snapshot.memory.levels, snapshot.memory.host->mem_total);
  snapshot.memory.swap_limit = effective_swap_limit(snapshot.memory.levels);
}

TEST(MemoryViewTest, LimitIsTotalAndCleanCacheIsAvailable) {
  Snapshot snapshot = container();
  snapshot.memory.host = machine(1000 * kMib, 800 * kMib, 900 * kMib);
  MemoryStat stat;
  stat.cache = 60 * kMib;
  stat.shmem = 10 * kMib;
  stat.active_file = 20 * kMib;
  stat.inactive_file = 30 * kMib;
  stat.dirty = 5 * kMib;
  stat.writeback = 1 * kMib;
  stat.slab_reclaimable = 2 * kMib;
  set_levels(snapshot, {memory_level(256 * kMib, 100 * kMib, stat)});
  const MemoryView view = derive_memory(snapshot);
  EXPECT_EQ(view.total.value, 256 * kMib);
  EXPECT_EQ(view.free.value, 156 * kMib);
  EXPECT_EQ(view.available.value, (156 + 46) * kMib);
  EXPECT_EQ(view.used.value, 54 * kMib);
  EXPECT_EQ(view.other.value, 0u);
  EXPECT_EQ(view.buff_cache.value, 62 * kMib);
  EXPECT_EQ(view.shared.value, 10 * kMib);
  EXPECT_EQ(view.available.quality, Quality::kExact);
}

TEST(MemoryViewTest, AFullParentLeavesNothing) {
  Snapshot snapshot = container();
  snapshot.memory.host = machine(1000 * kMib, 800 * kMib, 900 * kMib);
  auto pod = memory_level(512 * kMib, 512 * kMib);
  pod.dir = "/pod";
  set_levels(snapshot, {memory_level(1024 * kMib, 50 * kMib), pod});
  const MemoryView view = derive_memory(snapshot);
  EXPECT_EQ(view.total.value, 512 * kMib);
  EXPECT_EQ(view.free.value, 0u);
  EXPECT_EQ(view.available.value, 0u);
  EXPECT_EQ(view.used.value, 50 * kMib);
  EXPECT_EQ(view.other.value, 462 * kMib);
}

TEST(MemoryViewTest, TheMachineIsTheOutermostLevel) {
  Snapshot snapshot = container();
  snapshot.memory.host = machine(1000 * kMib, 10 * kMib, 20 * kMib);
  set_levels(snapshot, {memory_level(256 * kMib, 6 * kMib)});
  const MemoryView view = derive_memory(snapshot);
  EXPECT_EQ(view.free.value, 10 * kMib);
  EXPECT_EQ(view.available.value, 20 * kMib);
  EXPECT_EQ(*view.used.value + *view.available.value + *view.other.value, 256 * kMib);
}

TEST(MemoryViewTest, NothingUnderflows) {
  Snapshot snapshot = container();
  snapshot.memory.host = machine(1000 * kMib, 800 * kMib, 900 * kMib);
  MemoryStat stat;
  stat.inactive_file = 500 * kMib;  // more than is charged: read at another instant
  stat.dirty = 900 * kMib;
  set_levels(snapshot, {memory_level(100 * kMib, 150 * kMib, stat)});
  const MemoryView view = derive_memory(snapshot);
  EXPECT_EQ(view.free.value, 0u);
  EXPECT_EQ(view.available.value, 0u);
  EXPECT_EQ(view.used.value, 100 * kMib) << "never above the total";
}

TEST(MemoryViewTest, UnknownLimitKeepsTheRest) {
  Snapshot snapshot = container();
  snapshot.memory.host = machine(1000 * kMib, 800 * kMib, 900 * kMib);
  auto level = memory_level({}, 70 * kMib);
  level.max.state = BytesLimit::State::kUnknown;
  set_levels(snapshot, {level});
  const MemoryView view = derive_memory(snapshot);
  EXPECT_EQ(view.total.value, std::nullopt);
  EXPECT_EQ(view.available.value, std::nullopt);
  EXPECT_EQ(view.used.value, 70 * kMib);
}

TEST(MemoryViewTest, HighAloneIsAnEstimatedTotal) {
  Snapshot snapshot = container();
  snapshot.memory.host = machine(1000 * kMib, 800 * kMib, 900 * kMib);
  auto level = memory_level({}, 70 * kMib);
  level.high = {BytesLimit::State::kLimited, 200 * kMib};
  set_levels(snapshot, {level});
  MemoryView view = derive_memory(snapshot);
  EXPECT_EQ(view.total.value, 200 * kMib);
  EXPECT_EQ(view.total.quality, Quality::kEstimated);
  EXPECT_EQ(view.free.value, 130 * kMib);

  level.max = {BytesLimit::State::kLimited, 300 * kMib};
  set_levels(snapshot, {level});
  view = derive_memory(snapshot);
  EXPECT_EQ(view.total.value, 300 * kMib);
  EXPECT_EQ(view.free.value, 230 * kMib);
  EXPECT_EQ(view.available.value, 130 * kMib) << "high caps what is available";
}

TEST(MemoryViewTest, NoControllerShowsTheMachineAndSaysSo) {
  Snapshot snapshot = container();
  snapshot.memory.host = machine(1000 * kMib, 800 * kMib, 900 * kMib);
  MemoryLevel nothing;
  nothing.dir = "/cg";
  set_levels(snapshot, {nothing});
  const MemoryView view = derive_memory(snapshot);
  EXPECT_EQ(view.total.value, 1000 * kMib);
  EXPECT_EQ(view.total.quality, Quality::kHost);
}

TEST(MemoryViewTest, CacheUsedShare) {
  MemoryStat stat;
  stat.active_file = 100;
  stat.inactive_file = 101;
  stat.slab_reclaimable = 7;
  EXPECT_EQ(reclaimable_bytes(stat, 0), 208u);
  EXPECT_EQ(reclaimable_bytes(stat, 50), 201u - 100 + 7);
  EXPECT_EQ(reclaimable_bytes(stat, 100), 7u);
  EXPECT_EQ(reclaimable_bytes({}, 0), std::nullopt);
}

TEST(SwapViewTest, States) {
  Snapshot snapshot = container();
  snapshot.memory.host = machine(1000 * kMib, 800 * kMib, 900 * kMib);
  auto level = memory_level(256 * kMib, 10 * kMib);
  level.swap_max = {BytesLimit::State::kLimited, 50 * kMib};
  level.swap_usage = 20 * kMib;
  set_levels(snapshot, {level});
  SwapView view = derive_swap(snapshot);
  EXPECT_EQ(view.total.value, 50 * kMib);
  EXPECT_EQ(view.used.value, 20 * kMib);
  EXPECT_EQ(view.free.value, 30 * kMib);

  level.swap_max.state = BytesLimit::State::kUnlimited;
  set_levels(snapshot, {level});
  EXPECT_EQ(derive_swap(snapshot).total.value, 100 * kMib);

  snapshot.memory.swappiness = 0;
  EXPECT_EQ(derive_swap(snapshot).total.value, 20 * kMib);

  snapshot.memory.swappiness.reset();
  level.swap_max.state = BytesLimit::State::kAbsent;
  set_levels(snapshot, {level});
  EXPECT_EQ(derive_swap(snapshot).total.quality, Quality::kHost) << "not accounted";

  snapshot.memory.host->swap_total = 0;
  level.swap_max.state = BytesLimit::State::kUnlimited;
  set_levels(snapshot, {level});
  EXPECT_EQ(derive_swap(snapshot).used.value, 0u) << "a machine without swap";
}

// One CPU second of a container with `cpus`, in which it used user + system.
struct CpuInterval {
  Snapshot begin = container(), end = container();

  CpuInterval(double cpus, std::uint64_t user_usec, std::uint64_t system_usec) {
    for (Snapshot* snapshot : {&begin, &end}) {
      CpuLevel level;
      level.dir = "/cg";
      level.quota.state = LevelLimit<CpuQuota>::State::kLimited;
      level.quota.value = {true, static_cast<std::uint64_t>(cpus * 100'000), 100'000};
      snapshot->cpu.levels = {level};
      snapshot->cpu.quota = effective_cpu_quota(snapshot->cpu.levels);
      snapshot->cpu.online = *CpuList::parse("0-7");
      CpuCounters counters;
      counters.dir = "/cg";
      counters.inode = 1;
      counters.stat.user_usec = counters.stat.system_usec = 1000;
      counters.stat.nr_periods = counters.stat.nr_throttled = counters.stat.throttled_usec = 0;
      snapshot->cpu.usage = snapshot->cpu.throttle = counters;
    }
    begin.time.boottime_nsec = 0;
    end.time.boottime_nsec = kNsecPerSec;
    *end.cpu.usage->stat.user_usec += user_usec;
    *end.cpu.usage->stat.system_usec += system_usec;
  }
  CpuUsageView view() const { return derive_cpu_usage(begin, end); }
};

double sum(const CpuUsageView& view) {
  double total = 0;
  for (const auto& part : {view.user, view.system, view.nice, view.idle, view.iowait, view.steal})
    total += part.value.value_or(0);
  return total;
}

TEST(CpuUsageTest, BusyToTheQuotaIsHundredPerCent) {
  for (const double cpus : {0.5, 1.5}) {
    const auto usec = static_cast<std::uint64_t>(cpus * 750'000);
    const CpuUsageView view = CpuInterval(cpus, usec, usec / 3).view();
    EXPECT_NEAR(*view.user.value, 75, 1e-9);
    EXPECT_NEAR(*view.system.value, 25, 1e-9);
    EXPECT_NEAR(*view.idle.value, 0, 1e-9);
    EXPECT_NEAR(sum(view), 100, 1e-9);
  }
}

TEST(CpuUsageTest, AboveTheQuotaStillSumsToHundred) {
  const CpuUsageView view = CpuInterval(0.5, 600'000, 200'000).view();
  EXPECT_NEAR(*view.user.value, 75, 1e-9);
  EXPECT_NEAR(sum(view), 100, 1e-9);
}

TEST(CpuUsageTest, ThrottlingStandsApart) {
  CpuInterval interval(1, 600'000, 0);
  interval.end.cpu.throttle->stat.nr_periods = 10;
  interval.end.cpu.throttle->stat.nr_throttled = 9;
  interval.end.cpu.throttle->stat.throttled_usec = 5'000'000;
  const CpuUsageView view = interval.view();
  EXPECT_NEAR(*view.throttled.value, 90, 1e-9);
  EXPECT_NEAR(*view.steal.value, 40, 1e-9) << "capped by what is left";
  EXPECT_NEAR(*view.idle.value, 0, 1e-9);
  EXPECT_NEAR(sum(view), 100, 1e-9);
}

TEST(CpuUsageTest, NiceIsTakenOutOfUser) {
  CpuInterval interval(1, 400'000, 0);
  interval.begin.cpu.usage->stat.nice_usec = 0;
  interval.end.cpu.usage->stat.nice_usec = 100'000;
  EXPECT_NEAR(*interval.view().user.value, 30, 1e-9);
  EXPECT_NEAR(*interval.view().nice.value, 10, 1e-9);
}

TEST(CpuUsageTest, UnknownWhenCountersStepBackOrTheCgroupIsNew) {
  CpuInterval back(1, 0, 0);
  back.end.cpu.usage->stat.user_usec = 0;
  EXPECT_EQ(back.view().user.value, std::nullopt);
  CpuInterval remade(1, 100, 100);
  remade.end.cpu.usage->inode = 2;
  EXPECT_EQ(remade.view().idle.value, std::nullopt);
  EXPECT_EQ(remade.view().idle.quality, Quality::kUnavailable);
}

TEST(CpuUsageTest, V1SplitsTheExactTotalByTicks) {
  CpuInterval interval(1, 0, 0);
  for (Snapshot* snapshot : {&interval.begin, &interval.end}) {
    snapshot->cpu.usage->stat.user_usec.reset();
    snapshot->cpu.usage->usage_nsec = 0;
    snapshot->cpu.usage->ticks = {0, 0};
  }
  interval.end.cpu.usage->usage_nsec = 800'000'000;
  interval.end.cpu.usage->ticks = {30, 10};
  EXPECT_NEAR(*interval.view().user.value, 60, 1e-9);
  EXPECT_NEAR(*interval.view().system.value, 20, 1e-9);
  EXPECT_EQ(interval.view().user.quality, Quality::kEstimated);
}

TEST(CpuUsageTest, SinceTheCountersBegan) {
  CpuInterval interval(0.5, 0, 0);
  Snapshot& end = interval.end;
  end.cpu.usage->stat.user_usec = 2'000'000;
  end.cpu.usage->stat.system_usec = 500'000;
  end.time.boottime_nsec = 1010 * kNsecPerSec;
  end.uptime.start_nsec = 1000 * kNsecPerSec;
  const CpuUsageView view = derive_cpu_usage(origin_of(end), end);
  EXPECT_NEAR(*view.user.value, 40, 1e-9) << "2 s of 10 s at half a CPU";
  EXPECT_NEAR(*view.system.value, 10, 1e-9);
  EXPECT_EQ(view.user.quality, Quality::kEstimated);
  EXPECT_NEAR(sum(view), 100, 1e-9);

  end.uptime.start_nsec.reset();
  EXPECT_EQ(derive_cpu_usage(origin_of(end), end).user.value, std::nullopt)
      << "the machine's age is not the container's";
}

TEST(CpuUsageTest, MachineSinceBootCountsGuestsAsTheKernelDoes) {
  Snapshot end;
  auto scope = std::make_shared<Scope>();
  end.scope = scope;
  end.placement = std::make_shared<Placement>();
  end.time.boottime_nsec = kNsecPerSec;
  end.cpu.host = ProcStat{};
  CpuTicks& cpu = end.cpu.host->cpu;
  cpu.user = 20, cpu.nice = 5, cpu.idle = 50, cpu.guest = 10, cpu.guest_nice = 15;
  const CpuUsageView view = derive_cpu_usage(origin_of(end), end);
  EXPECT_NEAR(*view.user.value, 30, 1e-9);
  EXPECT_NEAR(*view.nice.value, 20, 1e-9);
  EXPECT_NEAR(*view.guest.value, 25, 1e-9);
  EXPECT_NEAR(*view.idle.value, 50, 1e-9);
  EXPECT_EQ(view.user.quality, Quality::kExact);
  EXPECT_EQ(derive_cpu_usage(end, end).idle.value, std::nullopt) << "no tick between the two";
}

TEST(RuntimesTest, RoundTheSameQuotaDifferently) {
  struct Case {
    std::uint64_t quota_usec;
    RuntimeCpus want;
  };
  const Case cases[] = {
      {50'000, {1, 2, 1, 1, 1, 1}},  {150'000, {2, 2, 2, 1, 2, 1}}, {250'000, {3, 3, 3, 2, 3, 2}},
      {399'000, {4, 4, 4, 3, 4, 3}}, {120'000, {2, 2, 2, 1, 1, 1}},
  };
  for (const Case& test : cases) {
    Snapshot snapshot = CpuInterval(1, 0, 0).end;
    auto placement = std::make_shared<Placement>(*snapshot.placement);
    (*placement)[Controller::kCpu].location->mount_point = "/sys/fs/cgroup";
    snapshot.placement = placement;
    snapshot.cpu.levels[0].quota.value.quota_usec = test.quota_usec;
    snapshot.cpu.quota = effective_cpu_quota(snapshot.cpu.levels);
    snapshot.cpu.affinity = *CpuList::parse("0-7");
    const RuntimeCpus got = *runtime_cpus(snapshot);
    EXPECT_EQ(got.java, test.want.java) << test.quota_usec;
    EXPECT_EQ(got.go, test.want.go) << test.quota_usec;
    EXPECT_EQ(got.dotnet, test.want.dotnet) << test.quota_usec;
    EXPECT_EQ(got.rust, test.want.rust) << test.quota_usec;
    EXPECT_EQ(got.nproc, test.want.nproc) << test.quota_usec;
    EXPECT_EQ(got.automaxprocs, test.want.automaxprocs) << test.quota_usec;
  }
}

TEST(CapacityTest, SmallestOfQuotaCpusetOnline) {
  Snapshot snapshot = CpuInterval(2.5, 0, 0).end;
  EXPECT_DOUBLE_EQ(*derive_cpu_capacity(snapshot).value, 2.5);
  snapshot.cpu.cpuset = *CpuList::parse("3-4");
  EXPECT_DOUBLE_EQ(*derive_cpu_capacity(snapshot).value, 2);
  snapshot.cpu.affinity = *CpuList::parse("3");
  EXPECT_DOUBLE_EQ(*derive_cpu_capacity(snapshot).value, 2)
      << "taskset must not change percentages";
  EXPECT_EQ(whole_cpus(snapshot.cpu), 1u);
}

TEST(CpusTest, AffinityAndQuota) {
  Snapshot snapshot = CpuInterval(2.5, 0, 0).end;
  snapshot.cpu.affinity = *CpuList::parse("0-3");
  EXPECT_DOUBLE_EQ(*derive_cpus(snapshot).usable.value, 2.5);
  snapshot.cpu.quota_exempt = true;
  EXPECT_DOUBLE_EQ(*derive_cpus(snapshot).usable.value, 4) << "real-time";
  snapshot.cpu.quota_exempt = false;
  snapshot.cpu.affinity = *CpuList::parse("1,3");
  EXPECT_DOUBLE_EQ(*derive_cpus(snapshot).usable.value, 2);
  EXPECT_EQ(derive_cpus(snapshot).usable.quality, Quality::kExact);
  snapshot.cpu.quota_unknown_here = true;
  EXPECT_EQ(derive_cpus(snapshot).usable.quality, Quality::kEstimated);
  snapshot.cpu.affinity.reset();
  snapshot.cpu.cpuset = *CpuList::parse("5");
  EXPECT_DOUBLE_EQ(*derive_cpus(snapshot).usable.value, 1) << "a cgroup without a process";
  snapshot.cpu.cpuset.reset();
  snapshot.cpu.online.reset();
  EXPECT_FALSE(derive_cpus(snapshot).usable.value);
}

TEST(UptimeTest, SinceTheFirstProcess) {
  Snapshot snapshot = container();
  snapshot.time.boottime_nsec = 100 * kNsecPerSec;
  EXPECT_EQ(derive_uptime_nsec(snapshot).quality, Quality::kHost) << "no process can be seen";
  snapshot.uptime.start_nsec = 60 * kNsecPerSec;
  snapshot.uptime.from_pid1 = true;
  EXPECT_EQ(derive_uptime_nsec(snapshot).value, 40 * kNsecPerSec);
  snapshot.uptime.start_nsec = 200 * kNsecPerSec;
  EXPECT_EQ(derive_uptime_nsec(snapshot).value, 0) << "never negative";
}

}  // namespace
}  // namespace cv
