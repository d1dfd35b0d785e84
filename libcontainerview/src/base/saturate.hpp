// SPDX-License-Identifier: Apache-2.0
// Unsigned arithmetic that stops at 0 and at the largest value. Counters are read at different
// instants, so usage can exceed a limit and a part its whole: the answer is then 0, never 16 EiB.
#pragma once

#include <cstdint>
#include <limits>

namespace cv {

constexpr std::uint64_t saturating_sub(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

constexpr std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  return b > kMax - a ? kMax : a + b;
}

constexpr std::uint64_t saturating_mul(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  return a != 0 && b > kMax / a ? kMax : a * b;
}

// A number that is not negative, cut off: 2^64 and more do not fit.
constexpr std::uint64_t to_u64(double value) {
  return value >= 0x1p64 ? std::numeric_limits<std::uint64_t>::max()
                         : static_cast<std::uint64_t>(value);
}

// The nearest whole number of one that is not negative. (std::llround needs libm, see decay.hpp.)
constexpr std::uint64_t round_to_u64(double value) {
  const std::uint64_t whole = to_u64(value);
  if (whole == std::numeric_limits<std::uint64_t>::max()) return whole;
  return value - static_cast<double>(whole) < 0.5 ? whole : whole + 1;
}

}  // namespace cv
