// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cv {

// e^-x for x >= 0, within 1e-10 of itself. std::exp would be the one reason for the library to load
// libm, which costs every start of every tool more than all files that it reads.
constexpr double exp_decay(double x) {
  if (x > 700) return 0;  // below the smallest normal number
  int halvings = 0;
  while (x > 0.01) {
    x /= 2;
    ++halvings;
  }
  double value = 1 - x * (1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6)))));
  for (; halvings > 0; --halvings) value *= value;
  return value;
}

}  // namespace cv
