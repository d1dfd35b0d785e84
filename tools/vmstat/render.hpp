// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/json.hpp"
#include "vmstat/options.hpp"
#include "vmstat/report.hpp"

namespace cvtools {

// The two lines above the columns.
std::string vmstat_header(const VmstatOptions& options, const containerview::Scope& scope);

struct VmstatText {
  std::string text;
  bool complete = true;  // false: memory that is printed is unknown
};
VmstatText render_vmstat_row(const VmstatReport& report, const VmstatOptions& options);

// -s
std::string render_vmstat_statistics(const VmstatReport& report,
                                     const containerview::CpuTimes& times,
                                     const VmstatOptions& options);
// -f
std::string render_vmstat_forks(const VmstatReport& report);

// -d
std::string disks_header(const VmstatOptions& options, const containerview::Scope& scope);
std::string render_disk(const VmstatDisk& disk, const VmstatOptions& options,
                        const containerview::Scope& scope);
// -D
std::string render_disk_sum(const std::vector<VmstatDisk>& disks, const VmstatReport& report);
// -p
std::string partition_header(const std::string& name);
std::string render_partition(const VmstatDisk& disk);
// -m
std::string slabs_header();
std::string render_slab(const cv_slab& slab);

// `now` is what the report was made of: the totals of -s and -f, the disks and slabs are its.
std::string render_vmstat_json(const VmstatReport& report, const containerview::Snapshot& now,
                               const VmstatOptions& options, JsonStyle style);

}  // namespace cvtools
