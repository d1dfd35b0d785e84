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

}  // namespace cvtools::top
