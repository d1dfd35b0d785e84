// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "nproc/count.hpp"

namespace cvtools {
namespace {

using containerview::Cpus;
using containerview::Quality;

TEST(Nproc, Rounding) {
  struct Case {
    double cpus;
    std::uint64_t half_up, ceil, floor;
  };
  for (const Case& c :
       {Case{0.01, 1, 1, 1}, Case{0.5, 1, 1, 1}, Case{1, 1, 1, 1}, Case{1.25, 1, 2, 1},
        Case{1.5, 2, 2, 1}, Case{2.5, 3, 3, 2}, Case{3.99, 4, 4, 3}, Case{64, 64, 64, 64}}) {
    EXPECT_EQ(whole(c.cpus, Rounding::kHalfUp), c.half_up) << c.cpus;
    EXPECT_EQ(whole(c.cpus, Rounding::kCeil), c.ceil) << c.cpus;
    EXPECT_EQ(whole(c.cpus, Rounding::kFloor), c.floor) << c.cpus;
  }
}

TEST(Nproc, NumbersWithoutEnd) {
  EXPECT_EQ(whole(static_cast<double>(UINT64_MAX), Rounding::kHalfUp), UINT64_MAX);
}

TEST(Nproc, OmpThreads) {
  EXPECT_EQ(parse_omp_threads(nullptr), 0u);
  EXPECT_EQ(parse_omp_threads("4"), 4u);
  EXPECT_EQ(parse_omp_threads("\t 4 , 3"), 4u);
  EXPECT_EQ(parse_omp_threads("99999999999999999999"), UINT64_MAX);
  for (const char* text : {"", " ", "x", "4x", "4 3", "-4", "+4", "0", ",4"})
    EXPECT_EQ(parse_omp_threads(text), 0u) << text;
}

NprocOptions all() {
  NprocOptions options;
  options.all = true;
  return options;
}

NprocOptions ignoring(std::uint64_t count) {
  NprocOptions options;
  options.ignore = count;
  return options;
}

Cpus cpus_of(double usable) {
  Cpus cpus;
  cpus.raw().valid = CV_CPUS_USABLE | CV_CPUS_AFFINITY | CV_CPUS_INSTALLED;
  cpus.raw().usable_cpus = usable;
  cpus.raw().affinity_count = 4;
  cpus.raw().installed_count = 16;
  return cpus;
}

TEST(Nproc, WhoseCpus) {
  const Cpus cpus = cpus_of(1.5);
  EXPECT_EQ(count_cpus(cpus, {}, {}, false).fraction, 1.5);
  EXPECT_EQ(count_cpus(cpus, {}, {}, true).fraction, 4);
  EXPECT_EQ(count_cpus(cpus, all(), {}, false).fraction, 16);
  EXPECT_EQ(count_cpus(cpus, all(), {2, 1}, false).fraction, 16);
  EXPECT_EQ(count_cpus(cpus, {}, {8, 0}, false).fraction, 8);
  EXPECT_EQ(count_cpus(cpus, {}, {0, 1}, false).fraction, 1);
  EXPECT_EQ(count_cpus(cpus, {}, {0, 3}, false).fraction, 1.5);
}

TEST(Nproc, IgnoringLeavesOneOrWhatThereIs) {
  EXPECT_EQ(count_cpus(cpus_of(3.5), ignoring(2), {}, false).fraction, 1.5);
  EXPECT_EQ(count_cpus(cpus_of(3.5), ignoring(3), {}, false).fraction, 1);
  EXPECT_EQ(count_cpus(cpus_of(0.5), ignoring(UINT64_MAX), {}, false).fraction, 0.5);
}

TEST(Nproc, UnknownStaysUnknown) {
  const CpuCount count = count_cpus(Cpus(), ignoring(1), {0, 4}, false);
  EXPECT_FALSE(count.fraction);
  EXPECT_EQ(count.quality, Quality::kUnavailable);
  Cpus cpus = cpus_of(4);
  cpus.raw().estimated = CV_CPUS_USABLE;  // the quota can not be told
  EXPECT_EQ(count_cpus(cpus, {}, {}, false).quality, Quality::kEstimated);
  EXPECT_EQ(count_cpus(cpus, {}, {2, 0}, false).quality, Quality::kExact);
}

}  // namespace
}  // namespace cvtools
