// SPDX-License-Identifier: Apache-2.0
#include "common/shares.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cvtools {

void round_shares(std::span<double> shares, int decimals) {
  constexpr std::size_t kMost = 16;
  constexpr double kNoise = 1e-6;
  double sum = 0;
  for (const double share : shares) sum += share;
  if (shares.size() > kMost || sum < 100 - kNoise || sum > 100 + kNoise) return;

  std::int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  std::array<std::int64_t, kMost> units{};
  std::array<double, kMost> lost{};
  std::int64_t left = 100 * scale;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double exact = std::max(0.0, shares[i]) * static_cast<double>(scale);
    units[i] = static_cast<std::int64_t>(exact);
    lost[i] = exact - static_cast<double>(units[i]);
    left -= units[i];
  }
  for (; left > 0; --left) {
    const auto end = lost.begin() + static_cast<std::ptrdiff_t>(shares.size());
    const auto most = std::max_element(lost.begin(), end) - lost.begin();
    ++units[static_cast<std::size_t>(most)];
    lost[static_cast<std::size_t>(most)] = -1;
  }
  for (std::size_t i = 0; i < shares.size(); ++i)
    shares[i] = static_cast<double>(units[i]) / static_cast<double>(scale);
}

}  // namespace cvtools
