// SPDX-License-Identifier: Apache-2.0
// The caller's CPU limits and what runtimes make of them. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "snapshot/snapshot.hpp"
#include "view/figure.hpp"

namespace cv {

// CPUs that "100 %" stands for: min(quota, cpuset, online), fractional. None where the quota is
// unknown.
std::optional<double> effective_cpus(const CpuSample& cpu);

// The same of the container: the machine's where there is no container or no cpu controller.
Figure<double> derive_cpu_capacity(const Snapshot& snapshot);

// Whole CPUs that a program may start threads for: ceil(min(effective, affinity)), at least 1.
std::optional<std::uint32_t> whole_cpus(const CpuSample& cpu);

// What nproc(1) counts.
struct CpusView {
  Figure<std::uint32_t> installed, online, cpuset, affinity;
  // min(affinity, quota), fractional. Estimated: the quota can not be told.
  Figure<double> usable;
};
CpusView derive_cpus(const Snapshot& snapshot);

// Number of CPUs that each runtime's own documented rule gives here (containerview(7), RUNTIMES).
struct RuntimeCpus {
  std::uint32_t java = 0, go = 0, dotnet = 0, rust = 0, nproc = 0, automaxprocs = 0;
};
std::optional<RuntimeCpus> runtime_cpus(const Snapshot& snapshot);

}  // namespace cv
