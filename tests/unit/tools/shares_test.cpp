// SPDX-License-Identifier: Apache-2.0
#include "common/shares.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace cvtools {
namespace {

TEST(Shares, WhatIsLeftGoesToThoseThatLostMost) {
  std::array thirds{100.0 / 3, 100.0 / 3, 100.0 / 3};
  round_shares(thirds, 1);
  EXPECT_EQ(thirds, (std::array{33.4, 33.3, 33.3}));
  std::array mixed{41.16, 9.18, 49.66};  // each to the nearest they would be 100.1
  round_shares(mixed, 1);
  EXPECT_EQ(mixed, (std::array{41.2, 9.2, 49.6}));
  std::array whole{40.6, 9.4, 50.0};
  round_shares(whole, 0);
  EXPECT_EQ(whole, (std::array{41.0, 9.0, 50.0}));
}

TEST(Shares, WhatIsNot100InAllStays) {
  std::array none{0.0, 0.0};
  round_shares(none, 1);
  EXPECT_EQ(none, (std::array{0.0, 0.0}));
  std::array half{20.04, 30.0};
  round_shares(half, 1);
  EXPECT_EQ(half, (std::array{20.04, 30.0}));
}

TEST(Shares, AnyAre100AsPrintedAndNoneIsAWholeDigitOff) {
  for (std::uint64_t seed = 1; seed <= 5000; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<double> shares(1 + random() % 8);
    double sum = 0;
    for (double& share : shares) sum += share = static_cast<double>(random() % 1'000'000);
    if (sum <= 0) continue;
    for (double& share : shares) share *= 100 / sum;
    for (int decimals = 0; decimals <= 2; ++decimals) {
      const double scale = std::pow(10, decimals);
      std::vector<double> printed = shares;
      round_shares(printed, decimals);
      long long units = 0;
      for (std::size_t i = 0; i < shares.size(); ++i) {
        units += std::llround(printed[i] * scale);
        EXPECT_LT(std::abs(printed[i] - shares[i]), 1 / scale + 1e-9) << "seed " << seed;
      }
      EXPECT_EQ(units, std::llround(100 * scale)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace cvtools
