// SPDX-License-Identifier: Apache-2.0
// What one report of free is made of.
#pragma once

#include "containerview/containerview.hpp"

namespace cvtools {

inline constexpr std::uint32_t kFreeSample = CV_SAMPLE_MEMORY;

struct FreeReport {
  containerview::Scope scope;  // its texts live as long as the snapshot
  containerview::Memory memory;
  containerview::Swap swap;
  containerview::Commit commit;
  containerview::MemoryDetails details;
};

FreeReport make_free_report(const containerview::Snapshot& snapshot);

}  // namespace cvtools
