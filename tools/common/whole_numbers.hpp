// SPDX-License-Identifier: Apache-2.0
// Rounding without libm, whose mapping and relocation is a twentieth of a tool's start.
#pragma once

#include <cstdint>

namespace cvtools {

// The nearest whole number of one that is not negative and below 2^63.
constexpr std::uint64_t nearest(double value) {
  return static_cast<std::uint64_t>(value > 0 ? value + 0.5 : 0.0);
}

// Of two that are as near the even one, as printf's %.0f has it.
constexpr std::uint64_t nearest_even(double value) {
  const auto whole = static_cast<std::uint64_t>(value > 0 ? value : 0.0);
  const double rest = value - static_cast<double>(whole);
  return rest > 0.5 || (rest == 0.5 && whole % 2 != 0) ? whole + 1 : whole;
}

// The next whole number, of the same.
constexpr std::uint64_t whole_up(double value) {
  const auto whole = static_cast<std::uint64_t>(value > 0 ? value : 0.0);
  return static_cast<double>(whole) < value ? whole + 1 : whole;
}

}  // namespace cvtools
