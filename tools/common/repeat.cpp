// SPDX-License-Identifier: Apache-2.0
#include "common/repeat.hpp"

#include <cerrno>
#include <ctime>

namespace cvtools {

void sleep_for(std::chrono::microseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  timespec rest{};
  rest.tv_sec = seconds.count();
  rest.tv_nsec = std::chrono::nanoseconds(time - seconds).count();
  while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {
  }
}

void run_repeatedly(const Repeat& repeat, Output& out,
                    const std::function<void(bool is_last)>& report) {
  const auto interval = repeat.interval.value_or(std::chrono::seconds(1));
  for (int done = 1;; ++done) {
    const bool is_last = !repeat.repeats() || (repeat.count && done >= *repeat.count);
    report(is_last);
    if (!out.flush() || is_last) return;
    sleep_for(interval);
  }
}

}  // namespace cvtools
