// SPDX-License-Identifier: Apache-2.0
// The pure parts of the load: averages, the mean of an interval, the budget.
#include <gtest/gtest.h>

#include <cmath>

#include "load/budget.hpp"
#include "load/decay.hpp"
#include "load/interval.hpp"

namespace cv {
namespace {

constexpr std::uint64_t kNsec = 1'000'000'000;  // of a second
constexpr double kRounding = 1e-9;

TEST(ExpDecay, AgreesWithTheMathLibrary) {
  for (const double x : {0.0, 1e-9, 0.01, 0.2, 1.0, 5.0, 60.0, 699.0})
    EXPECT_NEAR(exp_decay(x) / std::exp(-x), 1, 1e-10) << x;
  EXPECT_EQ(exp_decay(1e300), 0);
}

TEST(LoadAveragesTest, AConstantLoadIsItsAverageFromTheStart) {
  LoadAverages averages;
  for (int i = 0; i < 3; ++i) {
    averages = advance(averages, 3, 5);
    for (const double average : averages.avg) EXPECT_NEAR(average, 3, 1e-6);
  }
  EXPECT_EQ(averages.age_sec, 15);
}

TEST(LoadAveragesTest, AreTheDampedMeanOverTheWeightSeen) {
  // Two minutes at 4, then one at 0.
  LoadAverages averages;
  averages = advance(averages, 4, 120);
  averages = advance(averages, 0, 60);
  for (std::size_t i = 0; i < averages.avg.size(); ++i) {
    const double tau = kLoadWindowsSec[i];
    const double sum = 4 * (std::exp(-60 / tau) - std::exp(-180 / tau));
    EXPECT_NEAR(averages.avg[i], sum / (1 - std::exp(-180 / tau)), 1e-6) << tau;
  }
}

TEST(LoadAveragesTest, DoNotDependOnHowTheTimeIsCut) {
  const LoadAverages whole = advance(advance({}, 1, 30), 5, 77);
  LoadAverages cut = advance({}, 1, 30);
  for (const double part : {2.0, 5.5, 0.5, 60.0, 9.0}) cut = advance(cut, 5, part);
  for (std::size_t i = 0; i < whole.avg.size(); ++i)
    EXPECT_NEAR(cut.avg[i], whole.avg[i], 1e-6) << i;
}

TEST(LoadAveragesTest, NoTimeChangesNothing) {
  const LoadAverages before = advance({}, 2, 10);
  EXPECT_EQ(advance(before, 100, 0).avg, before.avg);
  EXPECT_EQ(advance(before, 100, -5).age_sec, before.age_sec);
}

struct Living {
  Schedstat begin, end;
};

double runnable(double length_sec, std::initializer_list<Living> threads,
                std::optional<std::uint64_t> usage_nsec, double ended_seen_sec = 0) {
  IntervalSum sum(length_sec);
  for (const Living& thread : threads) sum.add_living(thread.begin, thread.end, 0);
  sum.add_seen(ended_seen_sec);
  return sum.means(usage_nsec).runnable;
}

TEST(IntervalSumTest, RunningAndWaitingCount) {
  // Three loops share a CPU; one thread slept.
  const Living loop{{7 * kNsec, 9 * kNsec},
                    {7 * kNsec + 5 * kNsec / 3, 9 * kNsec + 10 * kNsec / 3}};
  const Living sleeper{{kNsec, kNsec}, {kNsec, kNsec}};
  EXPECT_NEAR(runnable(5, {loop, loop, loop, sleeper}, 5 * kNsec), 3, kRounding);
}

TEST(IntervalSumTest, AWaitThatIsCreditedLateIsCarriedOver) {
  // Waits from 1 s to 8 s of two intervals of 5 s: all of it is told in the second.
  EXPECT_NEAR(runnable(5, {{{0, 0}, {kNsec, 0}}}, kNsec), 0.2, kRounding);
  EXPECT_NEAR(runnable(5, {{{kNsec, 0}, {2 * kNsec, 7 * kNsec}}}, kNsec), 8.0 / 5, kRounding);
}

TEST(IntervalSumTest, CpuTimeOfTheEndedIsTheirFloor) {
  const Living loop{{0, 0}, {5 * kNsec, 0}};
  EXPECT_NEAR(runnable(5, {loop}, 7 * kNsec), 1.4, kRounding);
  EXPECT_NEAR(runnable(5, {loop}, 7 * kNsec, 1), 1.4, kRounding) << "seen for less than they ran";
  EXPECT_NEAR(runnable(5, {loop}, 7 * kNsec, 100), 21, kRounding) << "seen to wait";
  EXPECT_NEAR(runnable(5, {loop}, 4 * kNsec), 1, kRounding)
      << "the usage was read a little earlier";
  EXPECT_NEAR(runnable(5, {loop}, std::nullopt), 1, kRounding);
}

TEST(IntervalSumTest, WhatIsReadAtDifferentInstantsDoesNotAddUp) {
  // The usage counter is read 0.1 s early, then late, in turn.
  double carry_sec = 0;
  double churn = 0;
  for (int i = 0; i < 10; ++i) {
    IntervalSum sum(5);
    sum.add_living({0, 0}, {5 * kNsec, 0}, 0);
    const IntervalMeans means =
        sum.means(i % 2 == 0 ? 5 * kNsec - kNsec / 10 : 5 * kNsec + kNsec / 10, carry_sec);
    carry_sec = means.cpu_carry_sec;
    churn += means.churn_cpus;
  }
  EXPECT_NEAR(churn, 0, kRounding);
}

TEST(IntervalSumTest, CountersOfAnotherThreadAreNotTaken) {
  IntervalSum sum(5);
  // An exec by another thread than the leader: an hour of its CPU time appears at once.
  EXPECT_NEAR(sum.add_living({kNsec, 0}, {3600 * kNsec, 0}, 2.5), 0.5, kRounding);
  // The id is used again.
  EXPECT_NEAR(sum.add_living({kNsec, kNsec}, {kNsec / 2, kNsec}, 0), 0, kRounding);
  EXPECT_NEAR(sum.add_living({kNsec, kNsec}, {2 * kNsec, kNsec / 2}, 0), 0, kRounding);
  EXPECT_NEAR(sum.means(std::nullopt).runnable, 0.5, kRounding);
}

TEST(IntervalSumTest, UninterruptibleSleepIsApart) {
  IntervalSum sum(4);
  sum.add_uninterruptible(2);
  sum.add_uninterruptible(4);
  EXPECT_NEAR(sum.means(0).uninterruptible, 1.5, kRounding);
  EXPECT_EQ(sum.means(0).runnable, 0);
}

TEST(LoadBudgetTest, HeldFilesStayBelowAPercentOfTheHeadroom) {
  constexpr std::uint64_t kMiB = 1 << 20;
  EXPECT_EQ(held_file_limit(1024, std::nullopt), 960u);
  EXPECT_EQ(held_file_limit(64, std::nullopt), 0u);
  EXPECT_EQ(held_file_limit(10, std::nullopt), 0u);
  EXPECT_EQ(held_file_limit(1'000'000, 32 * kMiB - 1), 0u);
  EXPECT_EQ(held_file_limit(1'000'000, 32 * kMiB), 46u);
  EXPECT_EQ(held_file_limit(1'000'000, 512 * kMiB), 748u);
  EXPECT_EQ(held_file_limit(100, 512 * kMiB), 36u);
}

TEST(LoadBudgetTest, IsNeverExceeded) {
  LoadBudget budget;
  EXPECT_FALSE(budget.take_file());
  budget.set_file_limit(2);
  EXPECT_TRUE(budget.take_file());
  EXPECT_TRUE(budget.take_file());
  EXPECT_FALSE(budget.take_file());
  EXPECT_FALSE(budget.too_many_held());
  budget.set_file_limit(1);
  EXPECT_TRUE(budget.too_many_held());
  budget.return_file();
  EXPECT_FALSE(budget.too_many_held());
}

TEST(LoadBudgetTest, SubSamplesStayBelowTwoPercentOfACpu) {
  LoadBudget budget;
  constexpr std::int64_t kMsec = 1'000'000;
  EXPECT_EQ(budget.charge(0, 2 * kMsec), 100 * kMsec);
  EXPECT_EQ(budget.charge(50 * kMsec, 0), 50 * kMsec);
  EXPECT_EQ(budget.charge(1000 * kMsec, kMsec), 50 * kMsec) << "an idle second is not saved up";
}

}  // namespace
}  // namespace cv
