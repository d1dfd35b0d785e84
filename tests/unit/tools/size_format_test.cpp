// SPDX-License-Identifier: Apache-2.0
#include "common/size_format.hpp"

#include <gtest/gtest.h>

namespace cvtools {
namespace {

constexpr std::int64_t kKi = 1024;
constexpr std::int64_t kMi = 1024 * kKi;
constexpr std::int64_t kGi = 1024 * kMi;
constexpr std::int64_t kTi = 1024 * kGi;

struct Case {
  std::int64_t bytes;
  const char* human;
  const char* human_si;
};

class HumanSizes : public testing::TestWithParam<Case> {};

// Every line was read off procps-ng's free with a /proc/meminfo that holds the value.
TEST_P(HumanSizes, AsFreePrintsThem) {
  EXPECT_EQ(format_size(GetParam().bytes, {.human = true}), GetParam().human);
  EXPECT_EQ(format_size(GetParam().bytes, {.si = true, .human = true}), GetParam().human_si);
}

INSTANTIATE_TEST_SUITE_P(Table, HumanSizes,
                         testing::Values(Case{0, "0B", "0B"},                  //
                                         Case{1 * kKi, "1.0Ki", "1.0K"},       //
                                         Case{8704 * kKi, "8.5Mi", "8.9M"},    //
                                         Case{8924 * kKi, "8.7Mi", "9.1M"},    //
                                         Case{1000 * kKi, "1.0Mi", "1.0M"},    //
                                         Case{999 * kKi, "999Ki", "1.0M"},     //
                                         Case{434536 * kKi, "424Mi", "444M"},  //
                                         Case{24683656 * kKi, "23Gi", "25G"},  //
                                         Case{9395240959 * kKi, "8.8Ti",
                                              "9.6T"},  // 8.75 Ti less 1 KiB: float rounds
                                         Case{-1 * kKi, "-1Ki", "-1K"},     //
                                         Case{-900 * kKi, "0Mi", "0M"},     //
                                         Case{-123456 * kKi, "0Gi", "0G"},  //
                                         Case{-99999999 * kKi, "-95Gi", "0T"}));

TEST(Sizes, AreCutOffNotRounded) {
  const std::int64_t bytes = 2 * kGi - 1;
  EXPECT_EQ(format_size(bytes, {.exponent = 0}), "2147483647");
  EXPECT_EQ(format_size(bytes, {.exponent = 1}), "2097151");
  EXPECT_EQ(format_size(bytes, {.exponent = 2}), "2047");
  EXPECT_EQ(format_size(bytes, {.exponent = 3}), "1");
  EXPECT_EQ(format_size(bytes, {.exponent = 4}), "0");
  EXPECT_EQ(format_size(bytes, {.exponent = 1, .si = true}), "2147483");
  EXPECT_EQ(format_size(bytes, {.exponent = 3, .si = true}), "2");
  EXPECT_EQ(format_size(-123456 * kKi, {.exponent = 2}), "-120");
}

TEST(Sizes, UseTheGivenRadix) {
  EXPECT_EQ(format_size(3 * kTi / 2, {.human = true, .radix = ","}), "1,5Ti");
  EXPECT_EQ(format_size(3 * kTi / 2, {.human = true, .radix = "\u066b"}), "1\u066b5Ti");
}

// Bytes that procps never sees: its values are whole KiB.
TEST(Sizes, OfAContainerNeedNotBeWholeKibibytes) {
  EXPECT_EQ(format_size(999, {.human = true}), "999B");
  EXPECT_EQ(format_size(1000, {.human = true}), "1.0Ki");
  EXPECT_EQ(format_size(1023, {.exponent = 1}), "0");
}

}  // namespace
}  // namespace cvtools
