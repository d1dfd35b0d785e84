// SPDX-License-Identifier: Apache-2.0
// The integrator over a /proc and a cgroup of a few files, whose counters the tests move.
#include "load/integrator.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/clock.hpp"
#include "support/tree.hpp"

namespace cv {
namespace {

constexpr double kSameLoad = 1e-6;
constexpr std::int64_t kStart = 1000;  // seconds since boot, when the first step is

std::int64_t nsec(double sec) { return static_cast<std::int64_t>(sec * 1e9); }

class LoadIntegratorTest : public testing::Test {
 protected:
  void SetUp() override { usage(0); }

  void thread(int tid, char state, double on_cpu_sec, double run_delay_sec,
              double started_sec = 10) {
    const std::string id = std::to_string(tid);
    const auto ticks = static_cast<std::int64_t>(started_sec * 1e9) / clock_tick_nsec();
    this->state(tid, state, ticks);
    tree_.write("proc/" + id + "/schedstat", std::to_string(nsec(on_cpu_sec)) + " " +
                                                 std::to_string(nsec(run_delay_sec)) + " 1\n");
  }
  void state(int tid, char state, std::int64_t start_ticks = 1000) {
    const std::string id = std::to_string(tid);
    tree_.write("proc/" + id + "/task/" + id + "/stat",
                id + " (x) " + state + " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 " +
                    std::to_string(start_ticks) + "\n");
  }
  void end(int tid) { tree_.remove("proc/" + std::to_string(tid)); }
  void members(const std::string& ids, const std::string& cgroup = "box") {
    tree_.write("cg/" + cgroup + "/tasks", ids);
  }
  void usage(double sec) { tree_.write("cg/box/cpuacct.usage", std::to_string(nsec(sec)) + "\n"); }

  LoadIntegrator make(std::string freezer_dir = {}) {
    LoadPlaces places;
    places.threads_dir = "/cg/box";
    places.usage_file = "/cg/box/cpuacct.usage";
    places.freezer_dir = std::move(freezer_dir);
    return {root_, root_, places, budget_, {}};
  }
  static LoadInterval step(LoadIntegrator& integrator, double after_sec) {
    return integrator.step(nsec(kStart + after_sec)).value();
  }
  static void begin(LoadIntegrator& integrator) {
    EXPECT_FALSE(integrator.step(nsec(kStart)).has_value());
  }

  test::Tree tree_{};
  Sysroot root_ = *Sysroot::open(tree_.root());
  LoadBudget budget_;
};

TEST_F(LoadIntegratorTest, CountersOfLivingThreads) {
  members("1\n2\n3\n");
  thread(1, 'S', 100, 50);
  thread(2, 'R', 7, 7);
  thread(3, 'S', 0, 0);
  auto integrator = make();
  begin(integrator);
  thread(1, 'S', 101, 50.5);
  thread(2, 'R', 9, 10);
  usage(3);
  const LoadInterval interval = step(integrator, 5);
  EXPECT_EQ(interval.method, LoadMethod::kSchedstat);
  EXPECT_NEAR(interval.mean_load, 1.3, kSameLoad);
  EXPECT_NEAR(interval.mean_runnable, 1.3, kSameLoad);
  EXPECT_EQ(interval.interval_usec, 5'000'000);
  EXPECT_EQ(interval.running, 1u);
  EXPECT_EQ(interval.total, 3u);
  EXPECT_FALSE(interval.sampled);
  const auto shares = integrator.shares();
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_EQ(shares[1].tid, 2u);
  EXPECT_NEAR(shares[1].mean_load, 1, kSameLoad);
}

TEST_F(LoadIntegratorTest, ThreadsOfCgroupsBelowCount) {
  members("1\n");
  members("2\n", "box/inner");
  thread(1, 'R', 1, 0);
  thread(2, 'R', 1, 0);
  auto integrator = make();
  begin(integrator);
  thread(1, 'R', 6, 0);
  thread(2, 'R', 1, 5);
  usage(5);
  EXPECT_NEAR(step(integrator, 5).mean_load, 2, kSameLoad);
}

TEST_F(LoadIntegratorTest, BornInsideCountsFromItsBirth) {
  members("1\n");
  thread(1, 'S', 1, 0);
  auto integrator = make();
  begin(integrator);
  members("1\n2\n3\n");
  thread(2, 'R', 1, 2, kStart + 1);
  thread(3, 'S', 500, 500, kStart - 100);  // came in from elsewhere: nothing is known of it
  usage(1);
  EXPECT_NEAR(step(integrator, 5).mean_load, 0.6, kSameLoad);
  thread(3, 'S', 501, 500, kStart - 100);
  usage(2);
  EXPECT_NEAR(step(integrator, 10).mean_load, 0.2, kSameLoad);
}

TEST_F(LoadIntegratorTest, EndedThreadsLeaveTheirCpuTime) {
  members("1\n2\n");
  thread(1, 'S', 1, 0);
  thread(2, 'S', 1, 0);
  auto integrator = make();
  begin(integrator);
  members("1\n");
  end(2);
  usage(2);
  const LoadInterval interval = step(integrator, 5);
  EXPECT_NEAR(interval.mean_load, 0.4, kSameLoad);
  EXPECT_NEAR(interval.churn_cpus, 0.4, kSameLoad);
  EXPECT_TRUE(interval.sampled);
  EXPECT_TRUE(integrator.next_subsample().has_value()) << "such threads wait unseen";
}

TEST_F(LoadIntegratorTest, WhatComesAndGoesIsSeenInBetween) {
  members("1\n");
  thread(1, 'S', 1, 0);
  auto integrator = make();
  begin(integrator);
  integrator.subsample(nsec(kStart + 0.5));
  members("1\n2\n3\n");  // two that wait from 1 s on ...
  thread(2, 'R', 0, 0, kStart + 1);
  thread(3, 'R', 0, 0, kStart + 1);
  integrator.subsample(nsec(kStart + 1.5));
  integrator.subsample(nsec(kStart + 2.5));
  members("1\n");  // ... to 3 s
  end(2);
  end(3);
  integrator.subsample(nsec(kStart + 3.5));
  usage(0.1);
  EXPECT_NEAR(step(integrator, 4).mean_load, 2 * 2.0 / 4, kSameLoad);
}

TEST_F(LoadIntegratorTest, LivingThreadsAreNeverCountedByState) {
  members("1\n");
  thread(1, 'R', 1, 0);
  auto integrator = make();
  begin(integrator);
  for (const double at : {1.0, 2.0, 3.0, 4.0}) integrator.subsample(nsec(kStart + at));
  thread(1, 'R', 1.5, 0);
  usage(0.5);
  EXPECT_NEAR(step(integrator, 5).mean_load, 0.1, kSameLoad)
      << "10 % duty, caught at work each time";
}

TEST_F(LoadIntegratorTest, UninterruptibleSleepIsSeenInBetween) {
  members("1\n");
  thread(1, 'S', 1, 0);
  auto integrator = make();
  begin(integrator);
  state(1, 'D');
  integrator.subsample(nsec(kStart + 1));
  integrator.subsample(nsec(kStart + 2));
  thread(1, 'S', 1.001, 0);
  usage(0.001);
  const LoadInterval interval = step(integrator, 4);
  EXPECT_NEAR(interval.mean_load - interval.mean_runnable, (0.5 + 1 + 1) / 4, kSameLoad);
  EXPECT_TRUE(interval.sampled);
}

TEST_F(LoadIntegratorTest, AThreadThatSleepsUninterruptiblyThroughoutCountsAsOne) {
  members("1\n");
  thread(1, 'D', 1, 0);
  auto integrator = make();
  begin(integrator);
  EXPECT_NEAR(step(integrator, 5).mean_load, 1, kSameLoad);
  EXPECT_NEAR(step(integrator, 10).mean_load, 1, kSameLoad);
  state(1, 'S');
  EXPECT_NEAR(step(integrator, 12).mean_load, 0.5, kSameLoad);
}

TEST_F(LoadIntegratorTest, FrozenThreadsDoNotCount) {
  members("1\n2\n");
  thread(1, 'D', 1, 0);
  thread(2, 'D', 1, 0);
  tree_.write("fz/box/freezer.state", "THAWED\n");
  tree_.write("fz/box/part/freezer.state", "FROZEN\n");
  tree_.write("fz/box/part/tasks", "2\n");
  auto integrator = make("/fz/box");
  begin(integrator);
  EXPECT_NEAR(step(integrator, 5).mean_load, 1, kSameLoad) << "one is frozen, one waits for a disk";
  tree_.write("fz/box/freezer.state", "FREEZING\n");
  tree_.write("fz/box/tasks", "1\n");
  (void)step(integrator, 10);
  EXPECT_NEAR(step(integrator, 15).mean_load, 0, kSameLoad);
}

TEST_F(LoadIntegratorTest, WithoutSchedstatStatesAreCounted) {
  members("1\n2\n");
  state(1, 'R');
  state(2, 'S');
  auto integrator = make();
  begin(integrator);
  usage(1);
  LoadInterval interval = step(integrator, 5);
  EXPECT_EQ(interval.method, LoadMethod::kStates);
  EXPECT_NEAR(interval.mean_load, 1, kSameLoad);
  ASSERT_TRUE(integrator.next_subsample().has_value());
  EXPECT_GE(*integrator.next_subsample(), nsec(kStart + 0.2));
  EXPECT_LE(*integrator.next_subsample(), nsec(kStart + 0.5));
  state(2, 'R');
  integrator.subsample(nsec(kStart + 6));
  usage(2);
  interval = step(integrator, 10);
  EXPECT_NEAR(interval.mean_load, 1 + 4.5 / 5, kSameLoad);
}

TEST_F(LoadIntegratorTest, CountersThatNeverCountAreNone) {
  members("1\n");
  thread(1, 'R', 0, 0);  // a kernel that keeps none, but has the file
  auto integrator = make();
  begin(integrator);
  usage(5);
  const LoadInterval interval = step(integrator, 5);
  EXPECT_EQ(interval.method, LoadMethod::kStates);
  EXPECT_NEAR(interval.mean_load, 1, kSameLoad);
}

TEST_F(LoadIntegratorTest, AShortIntervalCountsStates) {
  members("1\n");
  thread(1, 'R', 1, 0);
  auto integrator = make();
  begin(integrator);
  thread(1, 'R', 1.05, 8);  // a wait of 8 s has just ended
  usage(0.05);
  const LoadInterval interval = step(integrator, 0.5);
  EXPECT_EQ(interval.method, LoadMethod::kStates);
  EXPECT_NEAR(interval.mean_load, 1, kSameLoad);
}

TEST_F(LoadIntegratorTest, NothingReadableIsUnknown) {
  members("1\n2\n");
  auto integrator = make();
  begin(integrator);
  EXPECT_EQ(step(integrator, 5).method, LoadMethod::kUnknown);
}

// As with hidepid: what is listed again has not ended, so what is seen does not stand for all.
TEST_F(LoadIntegratorTest, WhatIsHiddenIsUnknown) {
  members("1\n2\n");
  thread(1, 'S', 1, 0);
  auto integrator = make();
  begin(integrator);
  usage(1);
  EXPECT_EQ(step(integrator, 5).method, LoadMethod::kUnknown);
  thread(2, 'R', 1, 0);
  usage(2);
  (void)step(integrator, 10);
  usage(3);
  EXPECT_EQ(step(integrator, 15).method, LoadMethod::kSchedstat);
}

TEST_F(LoadIntegratorTest, AnEmptyContainerHasNoLoad) {
  members("");
  auto integrator = make();
  begin(integrator);
  const LoadInterval interval = step(integrator, 5);
  EXPECT_EQ(interval.method, LoadMethod::kSchedstat);
  EXPECT_EQ(interval.mean_load, 0);
  EXPECT_FALSE(integrator.gone());
  tree_.remove("cg/box");
  (void)step(integrator, 10);
  EXPECT_TRUE(integrator.gone());
}

TEST_F(LoadIntegratorTest, AnIdUsedAgainIsAnotherThread) {
  members("1\n");
  thread(1, 'S', 100, 100);
  auto integrator = make();
  begin(integrator);
  thread(1, 'S', 0.5, 0, kStart + 1);
  usage(0.5);
  EXPECT_NEAR(step(integrator, 5).mean_load, 0.1, kSameLoad) << "by the usage counter alone";
}

TEST_F(LoadIntegratorTest, HoldsFilesOfThreadsThatLiveOnWithinTheBudget) {
  members("1\n2\n3\n");
  for (const int tid : {1, 2, 3}) thread(tid, 'R', 1, 0);
  budget_.set_file_limit(3);
  {
    auto integrator = make();
    begin(integrator);
    EXPECT_EQ(budget_.held(), 1u) << "usage; no thread before it has lived through an interval";
    const auto run_until = [&](double sec) {
      for (const int tid : {1, 2, 3}) thread(tid, 'R', 1 + sec, 0);
      usage(3 * sec);
      return step(integrator, sec);
    };
    EXPECT_NEAR(run_until(5).mean_load, 3, kSameLoad);
    EXPECT_EQ(budget_.held(), 3u);
    EXPECT_NEAR(run_until(10).mean_load, 3, kSameLoad) << "read again, not remembered";
    budget_.set_file_limit(1);
    EXPECT_NEAR(run_until(15).mean_load, 3, kSameLoad);
    EXPECT_EQ(budget_.held(), 1u) << "usage is read most often";
    members("2\n3\n");
    end(1);
    (void)run_until(20);
    EXPECT_LE(budget_.held(), 1u);
  }
  EXPECT_EQ(budget_.held(), 0u);
}

TEST_F(LoadIntegratorTest, AnIdleContainerIsListedNowAndThen) {
  members("1\n2\n");
  for (const int tid : {1, 2}) thread(tid, 'S', 1, 0);
  auto integrator = make();
  begin(integrator);
  members("1\n");  // moved out while it slept
  double sec = 5;
  EXPECT_EQ(step(integrator, sec).total, 2u);
  for (int i = 0; i < 12; ++i) (void)step(integrator, sec += 5);
  EXPECT_EQ(step(integrator, sec += 5).total, 1u);
  members("1\n3\n");
  thread(3, 'S', 0.1, 0);
  usage(0.1);
  EXPECT_EQ(step(integrator, sec += 5).total, 2u) << "at once where anything happened";
}

TEST_F(LoadIntegratorTest, ReadsThreadsUntilTheirCpuTimeIsAllThatWasUsed) {
  members("1\n2\n3\n");
  for (const int tid : {1, 2, 3}) thread(tid, 'S', 1, 0);
  auto integrator = make();
  begin(integrator);
  const auto run = [&](double sec, double one, double two, double used) {
    thread(1, 'S', one, 0);
    thread(2, 'S', two, 0);
    usage(used);
    return step(integrator, sec).mean_load;
  };
  EXPECT_NEAR(run(5, 2, 1, 1), 0.2, kSameLoad);
  // No kernel shows this: whoever runs has used CPU time. It tells that the second is not read.
  EXPECT_NEAR(run(10, 3, 1.5, 2), 0.2, kSameLoad);
  EXPECT_NEAR(run(15, 4, 3, 4.5), 0.6, kSameLoad) << "1 s, and 2 s since it was last read";
  EXPECT_NEAR(run(20, 4, 4, 5.5), 0.2, kSameLoad) << "it is the one that ran before";
  members("1\n2\n3\n4\n");
  thread(4, 'S', 0.5, 0.5, kStart + 21);
  EXPECT_NEAR(run(25, 4, 5, 7.5), 0.4, kSameLoad) << "more was used than they tell of: one is new";
}

TEST_F(LoadIntegratorTest, MovedInAsleepIsFoundNowAndThen) {
  members("1\n");
  thread(1, 'R', 1, 0);
  auto integrator = make();
  begin(integrator);
  members("1\n2\n");
  thread(2, 'S', 7, 7);
  for (int i = 1; i <= 12; ++i) {
    thread(1, 'R', 1 + 5 * i, 0);
    usage(5 * i);
    EXPECT_EQ(step(integrator, 5 * i).total, i < 12 ? 1u : 2u) << i;
  }
}

// Hardly ever on a CPU, so that their states are read in turn only.
TEST_F(LoadIntegratorTest, FallsAsleepUnseen) {
  members("1\n2\n3\n4\n");
  for (const int tid : {1, 2, 3, 4}) thread(tid, 'S', 1, 0);
  auto integrator = make();
  begin(integrator);
  double sec = 0;
  double uninterruptible = 0;
  const auto run = [&](bool all) {
    sec += 5;
    for (const int tid : {1, 2, 3, 4})
      if (all || tid != 3) thread(tid, tid == 3 && sec > 50 ? 'D' : 'S', 1 + sec / 1e4, 0);
    usage((all ? 4 : 3) * sec / 1e4);
    const LoadInterval interval = step(integrator, sec);
    uninterruptible += 5 * (interval.mean_load - interval.mean_runnable);
  };
  for (int i = 0; i < 10; ++i) run(true);
  EXPECT_EQ(uninterruptible, 0);
  EXPECT_FALSE(integrator.next_subsample().has_value());
  run(true);  // half-way through it begins to sleep, and does so from now on
  for (int i = 0; i < 4; ++i) run(false);
  EXPECT_NEAR(uninterruptible, 2.5 + 4 * 5, kSameLoad);
}

TEST_F(LoadIntegratorTest, ManyThatHardlyRunAreSeenRunning) {
  std::string ids;
  for (int tid = 1; tid <= 100; ++tid) {
    ids += std::to_string(tid) + "\n";
    thread(tid, 'S', 1, 0);
  }
  members(ids);
  auto integrator = make();
  begin(integrator);
  for (int i = 1; i <= 5; ++i) {  // 1.9 % each
    const int running = i < 5 ? 0 : 50;
    for (int tid = 1; tid <= 100; ++tid) thread(tid, tid <= running ? 'R' : 'S', 1 + 0.095 * i, 0);
    usage(9.5 * i);
    const LoadInterval interval = step(integrator, 5 * i);
    EXPECT_NEAR(interval.mean_load, 1.9, kSameLoad);
    EXPECT_NEAR(static_cast<double>(interval.running), running, 0.1 / 0.019);
  }
}

TEST_F(LoadIntegratorTest, NoTimeIsNoInterval) {
  members("1\n");
  thread(1, 'R', 0, 0);
  auto integrator = make();
  begin(integrator);
  EXPECT_FALSE(integrator.step(nsec(kStart)).has_value());
  EXPECT_FALSE(integrator.step(nsec(kStart - 1)).has_value());
}

TEST_F(LoadIntegratorTest, AQuietContainerIsNotLookedAtInBetween) {
  members("1\n");
  thread(1, 'S', 1, 1);
  auto integrator = make();
  begin(integrator);
  EXPECT_TRUE(integrator.next_subsample().has_value()) << "it may have just been started";
  (void)step(integrator, 5);
  (void)step(integrator, 10);
  EXPECT_FALSE(integrator.next_subsample().has_value());
}

}  // namespace
}  // namespace cv
