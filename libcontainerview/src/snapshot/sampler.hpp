// SPDX-License-Identifier: Apache-2.0
// Sampler: reads what was asked for, and only that, into a Snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "snapshot/snapshot.hpp"
#include "snapshot/target.hpp"

namespace cv {

class Sampler {
 public:
  explicit Sampler(Target target) : target_(std::move(target)) {}

  // `what`: SampleFlags. Errors: Gone (the target process ended).
  Result<Snapshot> sample(std::uint32_t what);

  const Target& target() const { return target_; }
  Target& target() { return target_; }

 private:
  Target target_;
};

// The cgroups by which a history of this container goes.
struct HistoryCgroup {
  HistoryKey key;
  std::string dir;
};
std::vector<HistoryCgroup> history_cgroups(const Target& target);

// CLOCK_BOOTTIME of the initial time namespace, in which histories count.
std::int64_t machine_boottime_nsec(const Sysroot& root, std::int64_t boottime_nsec);

// The parts, each of which fills one member of the snapshot (and `problems`).
void sample_memory(const Target& target, Snapshot& snapshot);
void sample_cpu(const Target& target, Snapshot& snapshot);
// What each CPU did; after sample_cpu().
void sample_per_cpu(const Target& target, Snapshot& snapshot);
// Nodes, cores and types of the machine's CPUs.
void sample_cpu_places(const Target& target, Snapshot& snapshot);
// What one process may use of the CPUs: no counters.
void sample_cpus(const Target& target, Snapshot& snapshot);
// Only how much CPU time the container has used, for the load estimate.
void sample_cpu_time(const Target& target, Snapshot& snapshot);
void sample_pids(const Target& target, Snapshot& snapshot);
void sample_pressure(const Target& target, Snapshot& snapshot);
// Only that of the container's CPUs, for the load estimate.
void sample_cpu_pressure(const Target& target, Snapshot& snapshot);
void sample_uptime(const Target& target, Snapshot& snapshot);
void sample_users(const Target& target, Snapshot& snapshot);
// The history that a sampler keeps of the container, where there is one that tells of now.
void sample_history(const Target& target, Snapshot& snapshot);
void sample_load(const Target& target, Snapshot& snapshot);
void sample_machine(const Target& target, Snapshot& snapshot);
void sample_disks(const Target& target, Snapshot& snapshot);
void sample_activity(const Target& target, Snapshot& snapshot);
void sample_slabs(const Target& target, Snapshot& snapshot);

}  // namespace cv
