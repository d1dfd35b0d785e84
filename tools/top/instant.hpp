// SPDX-License-Identifier: Apache-2.0
// Until when to wait. What is measured carries the library's times.
#pragma once

#include <chrono>

namespace cvtools::top {

using Instant = std::chrono::steady_clock::time_point;
using Seconds = std::chrono::duration<double>;

inline Instant now() { return std::chrono::steady_clock::now(); }
inline Instant in(Seconds time) {
  return now() + std::chrono::duration_cast<Instant::duration>(time);
}
inline Seconds until(Instant then) { return then - now(); }

// Whether so many seconds may pass between two frames: not less than none, not a number that is
// none, and nothing that no clock counts to.
constexpr bool is_delay(double seconds) { return seconds >= 0 && seconds <= 1e9; }

}  // namespace cvtools::top
