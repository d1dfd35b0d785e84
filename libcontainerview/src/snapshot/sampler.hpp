// SPDX-License-Identifier: Apache-2.0
// Sampler: reads what was asked for, and only that, into a Snapshot.
#pragma once

#include <cstdint>
#include <memory>

#include "snapshot/snapshot.hpp"
#include "snapshot/target.hpp"

namespace cv {

class Sampler {
 public:
  explicit Sampler(Target target) : target_(std::move(target)) {}

  // `what`: SampleFlags. Errors: Gone (the target process ended).
  Result<Snapshot> sample(std::uint32_t what);

  const Target& target() const { return target_; }

 private:
  Target target_;
};

// The parts, each of which fills one member of the snapshot (and `problems`).
void sample_memory(const Target& target, Snapshot& snapshot);
void sample_cpu(const Target& target, Snapshot& snapshot);
// Only how much CPU time the container has used, for the load estimate.
void sample_cpu_time(const Target& target, Snapshot& snapshot);
void sample_pids(const Target& target, Snapshot& snapshot);
void sample_pressure(const Target& target, Snapshot& snapshot);
void sample_uptime(const Target& target, Snapshot& snapshot);
void sample_users(const Target& target, Snapshot& snapshot);
void sample_load(const Target& target, Snapshot& snapshot);

}  // namespace cv
