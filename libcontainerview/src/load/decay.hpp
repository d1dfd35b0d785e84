// SPDX-License-Identifier: Apache-2.0
// Load averages as damped means: the one definition that sampler and estimate share. Pure.
#pragma once

#include <array>
#include <cstddef>

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

// How much of a window of length tau has been seen after `age`.
constexpr double decay_weight(double age_sec, double tau_sec) {
  return 1 - exp_decay(age_sec / tau_sec);
}

inline constexpr std::array<double, 3> kLoadWindowsSec = {60, 300, 900};

// The damped mean of the load over each window, divided by the weight of the time seen: what is
// younger than a window shows the mean of its life, not a slow rise from 0.
struct LoadAverages {
  std::array<double, 3> avg{};  // over 1, 5 and 15 minutes
  double age_sec = 0;           // how much time is in them
};

// The averages `dt_sec` later, when the load was `mean` on average in between. Exact for a load
// that is constant in between, whatever the length: two steps with the same mean give what one
// gives.
constexpr LoadAverages advance(const LoadAverages& before, double mean, double dt_sec) {
  LoadAverages after;
  if (dt_sec <= 0) return before;
  after.age_sec = before.age_sec + dt_sec;
  for (std::size_t i = 0; i < kLoadWindowsSec.size(); ++i) {
    const double tau = kLoadWindowsSec[i];
    const double kept = exp_decay(dt_sec / tau);
    const double sum = before.avg[i] * decay_weight(before.age_sec, tau) * kept + mean * (1 - kept);
    after.avg[i] = sum / decay_weight(after.age_sec, tau);
  }
  return after;
}

}  // namespace cv
