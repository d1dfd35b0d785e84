// SPDX-License-Identifier: Apache-2.0
// Waiting between reports.
#pragma once

#include <chrono>
#include <functional>

namespace cvtools {

// Ends a wait every `length` since it was made, whatever the reports in between take: they do not
// drift, and what is late is not made up for.
class Interval {
 public:
  // What SIGINT and SIGTERM end from then on: for tools whose output has an end, a wait only.
  enum class Signals { kEndTheWait, kEndTheProgram };

  Interval(std::chrono::seconds length, Signals signals);
  Interval(const Interval&) = delete;
  Interval& operator=(const Interval&) = delete;
  ~Interval();

  // Waits, calling `meanwhile` every `pause` (zero: never). False: a signal has come.
  bool wait(std::chrono::milliseconds pause, const std::function<void()>& meanwhile);

 private:
  int timer_;
};

}  // namespace cvtools
