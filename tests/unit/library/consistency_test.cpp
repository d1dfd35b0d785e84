// SPDX-License-Identifier: Apache-2.0
// Whatever a snapshot holds, its figures add up: the parts of memory are the total, the CPU shares
// are 100 per cent, and nothing is negative, above its limit or known and unavailable at a time.
//
// Each case comes from a seed of its own, which a failure names; CV_CONSISTENCY_SEED=N runs that
// case alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "unit/library/generated_snapshot.hpp"
#include "view/activity.hpp"
#include "view/cpu.hpp"
#include "view/disk.hpp"
#include "view/limits.hpp"
#include "view/memory.hpp"
#include "view/origin.hpp"
#include "view/uptime.hpp"

namespace cv {
namespace {

constexpr std::uint64_t kCases = 30'000;
__extension__ using Wide = unsigned __int128;  // sums of bytes must not wrap in the test itself

template <typename T>
void expect_marked(const Figure<T>& figure, const char* name) {
  EXPECT_EQ(figure.value.has_value(), figure.quality != Quality::kUnavailable) << name;
}

void expect_at_most(const Bytes& part, const Bytes& whole, const char* name) {
  expect_marked(part, name);
  if (part.value && whole.value) {
    EXPECT_LE(*part.value, *whole.value) << name;
  }
}

void check_memory(const Snapshot& snapshot) {
  const MemoryView view = derive_memory(snapshot);
  expect_marked(view.total, "total");
  expect_at_most(view.used, view.total, "used");
  expect_at_most(view.free, view.total, "free");
  expect_at_most(view.available, view.total, "available");
  expect_at_most(view.other, view.total, "other");
  expect_at_most(view.cache, view.buff_cache, "cache");
  expect_at_most(view.buffers, view.buff_cache, "buffers");
  if (!view.total.value || !view.used.value || !view.available.value) return;
  ASSERT_TRUE(view.other.value.has_value());
  EXPECT_EQ(Wide{*view.used.value} + *view.available.value + *view.other.value,
            Wide{*view.total.value});

  const MemoryDetailsView details = derive_memory_details(snapshot);
  expect_at_most(details.working_set, details.usage, "working set");
  EXPECT_EQ(details.low_free.value.has_value(), view.free.value.has_value());
}

void check_swap(const Snapshot& snapshot) {
  const SwapView view = derive_swap(snapshot);
  expect_marked(view.total, "swap total");
  expect_at_most(view.used, view.total, "swap used");
  expect_at_most(view.free, view.total, "swap free");
  if (view.total.value && view.used.value && view.free.value) {
    EXPECT_LE(Wide{*view.used.value} + *view.free.value, Wide{*view.total.value});
  }
}

void expect_share(const Figure<double>& figure, const char* name) {
  expect_marked(figure, name);
  if (!figure.value) return;
  EXPECT_TRUE(std::isfinite(*figure.value)) << name;
  EXPECT_GE(*figure.value, 0) << name;
  EXPECT_LE(*figure.value, 100) << name;
}

// All or nothing: shares of which one is not told would not be known to be shares of what.
void check_cpu(const Snapshot& begin, const Snapshot& end) {
  const CpuUsageView view = derive_cpu_usage(begin, end);
  double sum = 0;
  for (const auto& [name, figure] : {std::pair{"user", view.user},
                                     {"system", view.system},
                                     {"nice", view.nice},
                                     {"idle", view.idle},
                                     {"iowait", view.iowait},
                                     {"irq", view.irq},
                                     {"softirq", view.softirq},
                                     {"steal", view.steal}}) {
    expect_share(figure, name);
    sum += figure.value.value_or(0);
  }
  expect_share(view.throttled, "throttled");
  expect_share(view.guest, "guest");
  for (const auto& figure : {view.system, view.nice, view.idle})
    EXPECT_EQ(figure.value.has_value(), view.user.value.has_value());
  if (view.user.value) {
    EXPECT_NEAR(sum, 100, 1e-9);
  }

  const CpuTimesView times = derive_cpu_times(end);
  expect_marked(times.user, "user time");
  expect_marked(times.idle, "idle time");
  for (const auto& cpus :
       {view.effective_cpus, derive_cpu_capacity(end), derive_cpus(end).usable}) {
    expect_marked(cpus, "cpus");
    if (cpus.value) {
      EXPECT_TRUE(std::isfinite(*cpus.value) && *cpus.value >= 0);
    }
  }
  if (const auto whole = whole_cpus(end.cpu)) {
    EXPECT_GE(*whole, 1u);
  }
}

// A counter that went backwards, or of another cgroup, makes its rate unknown: never 0 or 2^64.
void check_rates(const Snapshot& begin, const Snapshot& end) {
  const ActivityView view = derive_activity(begin, end);
  if (view.forks.value && end.scope->is_container) {
    ASSERT_TRUE(begin.activity.last_pid && end.activity.last_pid);
    EXPECT_LE(*begin.activity.last_pid, *end.activity.last_pid);
    EXPECT_EQ(*view.forks.value, *end.activity.last_pid - *begin.activity.last_pid);
  }
  Wide switches = 0;
  for (const ThreadActivity& thread : end.activity.threads) switches += thread.switches;
  if (view.switches.value && end.scope->is_container && begin.activity.threads.empty()) {
    EXPECT_EQ(*view.switches.value,
              static_cast<std::uint64_t>(std::min<Wide>(switches, UINT64_MAX)));
  }
  if (view.elapsed_nsec.value) {
    EXPECT_GT(*view.elapsed_nsec.value, 0);
  }
  const auto age = derive_uptime_nsec(end);
  if (age.value && end.scope->is_container) {
    EXPECT_GE(*age.value, 0);
  }
}

void expect_amount(const Figure<double>& figure, const char* name) {
  expect_marked(figure, name);
  if (figure.value) {
    EXPECT_TRUE(std::isfinite(*figure.value) && *figure.value >= 0) << name;
  }
}

void check_disks(const Snapshot& begin, const Snapshot& end) {
  for (std::size_t i = 0; i < end.disks.disks.size(); ++i) {
    const DiskView view = derive_disk(begin, end, i);
    for (const DiskDirectionView* direction : {&view.read, &view.write, &view.all}) {
      expect_amount(direction->ios, "requests");
      expect_amount(direction->bytes_per_sec, "bytes/s");
      expect_amount(direction->await_msec, "await");
      expect_amount(direction->request_bytes, "request size");
      expect_share(direction->merged_pct, "merged");
    }
    expect_amount(view.queue, "queue");
    expect_amount(view.util_pct, "utilisation");
    expect_amount(view.limit_used_pct, "limit used");
    const auto counted = [&](const Snapshot& snapshot) {
      const IoCounters* io = snapshot.disks.disks[i].io.find(IoSource::kIoStat);
      return io != nullptr ? io->read.bytes : std::nullopt;
    };
    if (!end.scope->is_container || view.source != IoSource::kIoStat || !view.read.bytes.value)
      continue;
    const auto now = counted(end);
    const auto before = begin.is_origin ? std::optional<std::uint64_t>(0) : counted(begin);
    ASSERT_TRUE(now && before && *before <= *now);
    const std::uint64_t moved = *now - *before;
    if (moved < 1ULL << 53) {
      EXPECT_EQ(*view.read.bytes.value, moved);
    } else {
      EXPECT_NEAR(static_cast<double>(*view.read.bytes.value) / static_cast<double>(moved), 1,
                  1e-9);
    }
  }
}

void check_case(std::uint64_t seed) {
  SCOPED_TRACE("CV_CONSISTENCY_SEED=" + std::to_string(seed));
  const auto [begin, end] = SnapshotGenerator(seed).interval();
  for (const Snapshot* snapshot : {&begin, &end}) {
    check_memory(*snapshot);
    check_swap(*snapshot);
  }
  check_cpu(begin, end);
  check_cpu(origin_of(end), end);
  check_rates(begin, end);
  check_rates(origin_of(end), end);
  check_disks(begin, end);
  check_disks(disk_origin_of(end), end);
}

TEST(ConsistencyTest, FiguresOfAnySnapshotAddUp) {
  if (const char* seed = std::getenv("CV_CONSISTENCY_SEED")) {
    check_case(std::strtoull(seed, nullptr, 10));
    return;
  }
  for (std::uint64_t seed = 1; seed <= kCases; ++seed) {
    check_case(seed);
    if (::testing::Test::HasFailure()) return;  // the first tells enough
  }
}

// A test that only ever saw unknown figures would prove nothing.
TEST(ConsistencyTest, MostFiguresOfTheCasesAreKnown) {
  std::uint64_t memory = 0;
  std::uint64_t shares = 0;
  std::uint64_t unequal_other = 0;
  constexpr std::uint64_t kLook = 2000;
  for (std::uint64_t seed = 1; seed <= kLook; ++seed) {
    const auto [begin, end] = SnapshotGenerator(seed).interval();
    const MemoryView view = derive_memory(end);
    memory += view.other.value.has_value() ? 1 : 0;
    unequal_other += view.other.value.value_or(0) > 0 ? 1 : 0;
    shares += derive_cpu_usage(begin, end).user.value.has_value() ? 1 : 0;
  }
  EXPECT_GT(memory, kLook / 2);
  EXPECT_GT(unequal_other, kLook / 10);
  EXPECT_GT(shares, kLook / 3);
}

}  // namespace
}  // namespace cv
