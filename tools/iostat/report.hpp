// SPDX-License-Identifier: Apache-2.0
// What one report of iostat is made of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "containerview/containerview.hpp"
#include "iostat/options.hpp"

namespace cvtools {

struct DiskRow {
  std::string name;
  bool is_group = false;
  containerview::Disk disk;
  std::optional<containerview::DiskLimits> limits;  // none: a group, or not asked for

  // As sysstat shows it: a group stands apart from its members.
  std::string shown_name() const { return is_group ? " " + name : name; }
};

struct IostatReport {
  containerview::Scope scope;
  containerview::CpuUsage cpu;
  std::vector<DiskRow> disks;
  std::optional<double> interval_seconds;  // since the start: the age
};

// CV_SAMPLE_* flags that a report with these options needs.
std::uint32_t iostat_sample(const IostatOptions& options);

// What happened from `begin` (null: since the counters began) to `end`, whose texts it points to.
IostatReport make_iostat_report(const IostatOptions& options, const containerview::Snapshot* begin,
                                const containerview::Snapshot& end);

}  // namespace cvtools
