// SPDX-License-Identifier: Apache-2.0
// The load estimate from one look at made-up threads.
#include "load/estimate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace cv {
namespace {

constexpr double kExact = 1e-6;

// What one look finds.
class Look {
 public:
  explicit Look(double container_age_sec) : age_sec_(container_age_sec) {
    sample_.has_schedstat = true;
  }

  // Threads of one kind: for which shares of their life they ran and waited, and what they do now.
  Look& threads(int count, double age_sec, double ran, double waited = 0, char state = 'S') {
    ThreadSample thread;
    thread.state = state;
    thread.start_nsec = kNow - nsec(age_sec);
    thread.on_cpu_nsec = static_cast<std::uint64_t>(nsec(age_sec * ran));
    thread.runnable_nsec = static_cast<std::uint64_t>(nsec(age_sec * (ran + waited)));
    sample_.threads.insert(sample_.threads.end(), static_cast<std::size_t>(count), thread);
    sample_.thread_count = sample_.threads.size();
    usage_sec_ += count * age_sec * ran;
    return *this;
  }
  // Those of the last kind got on a CPU this often.
  Look& runs(std::uint64_t count) {
    const ThreadSample last = sample_.threads.back();
    for (ThreadSample& thread : sample_.threads)
      if (thread.start_nsec == last.start_nsec) thread.runs = count;
    return *this;
  }
  Look& ended(double cpu_sec) {
    usage_sec_ += cpu_sec;
    return *this;
  }
  // Somebody waited, in per cent.
  Look& pressure(double avg10, double avg60, double avg300, double life) {
    pressure_ =
        PressureLine{avg10, avg60, avg300, static_cast<std::uint64_t>(life / 100 * age_sec_ * 1e6)};
    return *this;
  }
  Look& without_schedstat() {
    sample_.has_schedstat = false;
    return *this;
  }
  // One in `one_in` was read.
  Look& truncated(std::uint64_t one_in) {
    sample_.truncated = true;
    sample_.thread_count *= one_in;
    usage_sec_ *= static_cast<double>(one_in);
    return *this;
  }

  LoadEstimate estimate() const {
    LoadEstimateInput input;
    input.sample = &sample_;
    input.now_nsec = kNow;
    input.age_nsec = nsec(age_sec_);
    input.usage_nsec = static_cast<std::uint64_t>(nsec(usage_sec_));
    input.waiting = pressure_;
    return *estimate_load(input);
  }
  double avg(std::size_t window = 0) const { return estimate().avg[window]; }

 private:
  static constexpr std::int64_t kNow = 1'000'000 * kNsecPerSec;
  static std::int64_t nsec(double sec) { return static_cast<std::int64_t>(sec * 1e9); }

  double age_sec_;
  double usage_sec_ = 0;
  LoadSample sample_;
  std::optional<PressureLine> pressure_;
};

TEST(LoadEstimateTest, SteadyThreadsAreExact) {
  EXPECT_NEAR(Look(12).threads(3, 12, 0.3, 0.7, 'R').avg(0), 3, kExact)
      << "a young container shows its life's mean";
  EXPECT_NEAR(Look(12).threads(3, 12, 0.3, 0.7, 'R').avg(2), 3, kExact);
  EXPECT_NEAR(Look(3600).threads(3, 12, 1, 0, 'R').avg(0), 0.5438, 0.001) << "an old, a slow rise";
  EXPECT_NEAR(Look(600).threads(4, 600, 0.25).avg(1), 1, kExact);
  EXPECT_EQ(Look(600).threads(4, 600, 0.25).estimate().doubts, 0u);
  EXPECT_NEAR(Look(100).avg(0), 0, kExact);
}

TEST(LoadEstimateTest, TheFirstRunIsAsOldAsTheThread) {
  // 500 threads that waited for 40 ms each when they were started a minute ago, and sleep since.
  const auto pool = [](std::uint64_t runs) {
    return Look(60).threads(500, 60, 0.0001 / 60, 0.0399 / 60).runs(runs).avg(0);
  };
  const double exact = 500 * (std::exp(-59.96 / 60) - std::exp(-1)) / (1 - std::exp(-1));
  EXPECT_NEAR(pool(1), exact, kExact);
  EXPECT_NEAR(pool(0), 500 * 0.04 / 60, kExact) << "nothing is known of when it was";
  EXPECT_NEAR(pool(2), (pool(0) + exact) / 2, 0.001) << "half of it is known";
  EXPECT_NEAR(pool(1'000'000), pool(0), kExact);
  // One that is at its first run now has run all its life.
  EXPECT_NEAR(Look(60).threads(2, 60, 1, 0, 'R').runs(1).avg(0), 2, kExact);
  EXPECT_EQ(Look(60).threads(2, 60, 1, 0, 'R').runs(1).estimate().doubts, 0u);
}

TEST(LoadEstimateTest, EndedThreadsLeaveTheirCpuTime) {
  EXPECT_NEAR(Look(100).ended(50).avg(), 0.5, kExact);
  EXPECT_EQ(Look(100).ended(50).estimate().doubts, std::uint32_t{kDoubtEnded});
  EXPECT_EQ(Look(100).ended(1).estimate().doubts, 0u) << "that is how every container begins";
}

TEST(LoadEstimateTest, UninterruptibleSleepCounts) {
  const Look look = Look(100).threads(5, 100, 0, 0, 'D');
  EXPECT_NEAR(look.avg(), 5, kExact);
  EXPECT_EQ(look.estimate().doubts, std::uint32_t{kDoubtUninterruptible});
}

TEST(LoadEstimateTest, ATruncatedSampleIsScaled) {
  const LoadEstimate estimate = Look(10).threads(10, 10, 1, 0, 'R').truncated(10).estimate();
  EXPECT_NEAR(estimate.avg[0], 100, kExact);
  EXPECT_EQ(estimate.running, 100u);
}

TEST(LoadEstimateTest, NothingReadIsUnknown) {
  LoadSample sample;
  LoadEstimateInput input;
  input.sample = &sample;
  EXPECT_FALSE(estimate_load(input).has_value());
}

TEST(LoadEstimateTest, WithoutSchedstatTheStatesStandForAllTime) {
  const LoadEstimate estimate =
      Look(100).threads(2, 100, 0, 0, 'R').threads(3, 100, 1).without_schedstat().estimate();
  EXPECT_NEAR(estimate.avg[0], 2, kExact);
  EXPECT_EQ(estimate.doubts, std::uint32_t{kDoubtStates});
}

// True averages of a load that was `before`, and for the last `since_sec` is `after`.
double stepped(double age_sec, double before, double after, double since_sec, double tau) {
  const double recent = std::exp(-since_sec / tau);
  const double all = std::exp(-age_sec / tau);
  return (after * (1 - recent) + before * (recent - all)) / (1 - all);
}

TEST(LoadEstimateTest, WhatTheThreadsDoNowTellsAChange) {
  // Two loops for an hour, and for the last minute they sleep.
  const Look stopped = Look(3660).threads(2, 3660, 3600.0 / 3660);
  EXPECT_NEAR(stopped.avg(0), stepped(3660, 2, 0, 60, 60), 0.01);
  EXPECT_NEAR(stopped.avg(1), stepped(3660, 2, 0, 60, 300), 0.01);
  EXPECT_EQ(stopped.estimate().doubts, std::uint32_t{kDoubtChange});
  // Ten threads that slept for an hour, and began to work 30 s ago.
  const Look began = Look(3600).threads(10, 3600, 30.0 / 3600, 0, 'R');
  EXPECT_NEAR(began.avg(0), stepped(3600, 0, 10, 30, 60), 0.01);
}

TEST(LoadEstimateTest, ChanceIsNotTakenForAChange) {
  // 10 % of duty, and caught at it: that happens in one look of ten.
  const Look caught = Look(180).threads(1, 180, 0.1, 0, 'R');
  EXPECT_NEAR(caught.avg(), 0.1, kExact);
  EXPECT_EQ(caught.estimate().doubts, 0u);
  EXPECT_NEAR(Look(180).threads(1, 180, 0.9).avg(), 0.9, kExact);
  EXPECT_NEAR(Look(180).threads(4, 180, 0.5).avg(), 2, kExact) << "four asleep at half duty";
}

TEST(LoadEstimateTest, PressureTellsWhenItWasThatThreadsWaited) {
  // Three loops shared a CPU from the first minute of ten to the fifth, and have slept since.
  const auto share = [](double tau) { return 100 * (std::exp(-300 / tau) - std::exp(-540 / tau)); };
  Look look = Look(600).threads(3, 600, 240.0 / 600 / 3, 240.0 / 600 * 2 / 3);
  EXPECT_NEAR(look.avg(0), 1.2, kExact) << "without pressure it is taken as spread over its life";
  look.pressure(share(10), share(60), share(300), 40);
  EXPECT_NEAR(look.avg(0), 3 * share(60) / 100, 0.05);
  EXPECT_NEAR(look.avg(1), 3 * share(300) / 100 / (1 - std::exp(-600 / 300.0)), 0.05);
  EXPECT_NE(look.estimate().doubts & kDoubtChange, 0u);
}

TEST(LoadEstimateTest, SteadyPressureChangesNothing) {
  // Damped from 0, as the kernel does.
  const auto steady = [](double age, double tau) { return 100 * (1 - std::exp(-age / tau)); };
  for (const double age : {10.0, 60.0, 180.0, 3600.0}) {
    const Look look = Look(age)
                          .threads(3, age, 1.0 / 3, 2.0 / 3, 'R')
                          .pressure(steady(age, 10), steady(age, 60), steady(age, 300), 99);
    for (const std::size_t window : {0u, 1u, 2u}) EXPECT_NEAR(look.avg(window), 3, kExact) << age;
    EXPECT_EQ(look.estimate().doubts, 0u) << age;
  }
}

TEST(LoadEstimateTest, SomebodyWaitedWhoHasEnded) {
  // Short processes used half a CPU, and all the time one or more of them waited.
  const Look look = Look(3600).ended(1800).pressure(100, 100, 100, 100);
  EXPECT_NEAR(look.avg(), 1.45, 0.01) << "one at least, less what the figures can be off";
  EXPECT_NE(look.estimate().doubts & kDoubtEnded, 0u);
}

}  // namespace
}  // namespace cv
