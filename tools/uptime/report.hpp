// SPDX-License-Identifier: Apache-2.0
// What one report of uptime is made of.
#pragma once

#include "containerview/containerview.hpp"
#include "uptime/options.hpp"

namespace cvtools {

struct UptimeReport {
  containerview::Scope scope;  // its texts live as long as the snapshot
  containerview::Uptime uptime;
  containerview::Users users;
  containerview::Load load;
};

// The CV_SAMPLE_* flags for what will be printed: -p and -s need no look at the threads.
std::uint32_t uptime_sample(const UptimeOptions& options);

// Holds the figures that `what` asked for; the others stay unknown.
UptimeReport make_uptime_report(const containerview::Snapshot& snapshot, std::uint32_t what);

}  // namespace cvtools
