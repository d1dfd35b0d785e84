// SPDX-License-Identifier: Apache-2.0
#include "common/size_format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "common/whole_numbers.hpp"

namespace cvtools {
namespace {

constexpr std::int64_t kKi = 1024;
constexpr std::int64_t kMi = 1024 * kKi;
constexpr std::int64_t kGi = 1024 * kMi;
constexpr std::int64_t kTi = 1024 * kGi;

struct HumanSize {
  std::int64_t bytes;
  const char* human;
  const char* human_si;
};

class HumanSizes : public testing::TestWithParam<HumanSize> {};

// Every line was read off procps-ng's free with a /proc/meminfo that holds the value.
TEST_P(HumanSizes, AsFreePrintsThem) {
  EXPECT_EQ(format_size(GetParam().bytes, {.human = true}), GetParam().human);
  EXPECT_EQ(format_size(GetParam().bytes, {.si = true, .human = true}), GetParam().human_si);
}

INSTANTIATE_TEST_SUITE_P(Table, HumanSizes,
                         testing::Values(HumanSize{0, "0B", "0B"},                  //
                                         HumanSize{1 * kKi, "1.0Ki", "1.0K"},       //
                                         HumanSize{8704 * kKi, "8.5Mi", "8.9M"},    //
                                         HumanSize{8924 * kKi, "8.7Mi", "9.1M"},    //
                                         HumanSize{1000 * kKi, "1.0Mi", "1.0M"},    //
                                         HumanSize{999 * kKi, "999Ki", "1.0M"},     //
                                         HumanSize{434536 * kKi, "424Mi", "444M"},  //
                                         HumanSize{24683656 * kKi, "23Gi", "25G"},  //
                                         HumanSize{9395240959 * kKi, "8.8Ti",
                                                   "9.6T"},  // 8.75 Ti less 1 KiB: float rounds
                                         HumanSize{-1 * kKi, "-1Ki", "-1K"},     //
                                         HumanSize{-900 * kKi, "0Mi", "0M"},     //
                                         HumanSize{-123456 * kKi, "0Gi", "0G"},  //
                                         HumanSize{-99999999 * kKi, "-95Gi", "0T"}));

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

TEST(Sizes, OfAContainerAreNeverMoreThanThereIs) {
  const auto cut = [](std::int64_t bytes) {
    return format_size(bytes, {.human = true, .cut = true});
  };
  EXPECT_EQ(cut(8924 * kKi), "8.7Mi");
  EXPECT_EQ(cut(9 * kMi + kMi * 99 / 100), "9.9Mi");
  EXPECT_EQ(cut(1000 * kMi), "1000Mi") << "procps prints 1.0Gi";
  EXPECT_EQ(cut(1023 * kKi), "1023Ki");
  EXPECT_EQ(cut(1023), "1023B");
  EXPECT_EQ(cut(INT64_MAX), "7.9Ei");
  EXPECT_EQ(format_size(9990 * kMi, {.si = true, .human = true, .cut = true}), "10G");
  EXPECT_EQ(format_size(19 * kMi / 10, {.human = true, .cut = true, .radix = ","}), "1,8Mi");
  for (std::int64_t bytes = 1; bytes < INT64_MAX / 3; bytes += 1 + bytes / 7) {
    const std::string text = cut(bytes);
    const std::size_t unit = text.find_first_of("BKMGTPE");
    const std::size_t exponent = std::string_view("BKMGTPE").find(text[unit]);
    const double scale = std::pow(1024.0, static_cast<double>(exponent));
    const double shown = std::stod(text.substr(0, unit)) * scale;
    const double digit = text.find('.') == std::string::npos ? scale : scale / 10;
    const double slack = static_cast<double>(bytes) * 1e-12;
    EXPECT_LE(shown, static_cast<double>(bytes) + slack) << text;
    EXPECT_GT(shown + digit, static_cast<double>(bytes) - slack) << text;
  }
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

TEST(WholeNumbers, AreThoseOfLibm) {
  for (const double value :
       {0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 3.4999, 1e6 + 0.5, 1e6 + 1.5, 4e15}) {
    EXPECT_EQ(nearest(value), static_cast<std::uint64_t>(std::llround(value))) << value;
    EXPECT_EQ(nearest_even(value), static_cast<std::uint64_t>(std::llrint(value))) << value;
    EXPECT_EQ(whole_up(value), static_cast<std::uint64_t>(std::ceil(value))) << value;
  }
  EXPECT_EQ(nearest(-1), 0u);
}

}  // namespace
}  // namespace cvtools
