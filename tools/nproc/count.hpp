// SPDX-License-Identifier: Apache-2.0
// From what the kernel allows to the number that is printed. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "containerview/containerview.hpp"
#include "nproc/options.hpp"

namespace cvtools {

// OMP_NUM_THREADS and OMP_THREAD_LIMIT; 0: not set, or not a number.
struct OmpThreads {
  std::uint64_t number = 0;
  std::uint64_t limit = 0;
};

// The first of a list of numbers, "4" or "4,3,2"; 0 for null and for anything else.
std::uint64_t parse_omp_threads(const char* text);

// Whole CPUs for a share of them, at least 1.
std::uint64_t whole(double cpus, Rounding rounding);

struct CpuCount {
  std::optional<double> fraction;  // nothing: unknown
  containerview::Quality quality = containerview::Quality::kUnavailable;
};

// `host`: the machine's view, in which no quota counts.
CpuCount count_cpus(const containerview::Cpus& cpus, const NprocOptions& options,
                    const OmpThreads& omp, bool host);

}  // namespace cvtools
