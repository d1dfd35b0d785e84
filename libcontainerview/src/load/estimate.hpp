// SPDX-License-Identifier: Apache-2.0
// Load averages from one look at the threads that live now, for want of a history. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "kernel/pressure.hpp"
#include "snapshot/snapshot.hpp"

namespace cv {

struct LoadEstimateInput {
  const LoadSample* sample = nullptr;
  std::int64_t now_nsec = 0;                // CLOCK_BOOTTIME
  std::optional<std::int64_t> age_nsec;     // of the container; none: of its oldest thread
  std::optional<std::uint64_t> usage_nsec;  // CPU time of all threads that ever ran in it
  std::optional<PressureLine> waiting;      // "some" of its cpu.pressure
};

// Why an estimate is to be trusted less than one of steady threads.
enum LoadDoubt : std::uint32_t {
  kDoubtChange = 1u << 0,  // the threads do something else now than they did on average
  kDoubtEnded = 1u << 1,   // much was done by threads that have ended: nobody knows how they waited
  kDoubtUninterruptible = 1u << 2,  // seen now: for how long it has been so is not known
  kDoubtStates = 1u << 3,           // no schedstat: the states now stand for all time
};

struct LoadEstimate {
  std::array<double, 3> avg{};  // over 1, 5 and 15 minutes
  std::uint64_t running = 0;    // threads in state R now
  std::uint32_t doubts = 0;     // LoadDoubt
};

// The estimator is written down, with the errors that it makes, in containerview(7), LOAD. None
// when no thread could be read.
std::optional<LoadEstimate> estimate_load(const LoadEstimateInput& input);

}  // namespace cv
