// SPDX-License-Identifier: Apache-2.0
// Reports at an interval (-s, -c).
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "common/output.hpp"

namespace cvtools {

// Whatever signals come in between.
void sleep_for(std::chrono::microseconds time);

struct Repeat {
  std::optional<std::chrono::microseconds> interval;
  std::optional<int> count;

  bool repeats() const { return interval || count; }
};

// Calls report(is_last) `count` times, or for ever, at least once. Each report is handed to the
// kernel at once; ends early when that fails. A signal ends the program between two reports: they
// are shorter than PIPE_BUF, and such a write to a pipe is never cut in two.
void run_repeatedly(const Repeat& repeat, Output& out,
                    const std::function<void(bool is_last)>& report);

}  // namespace cvtools
