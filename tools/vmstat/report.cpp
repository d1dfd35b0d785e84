// SPDX-License-Identifier: Apache-2.0
#include "vmstat/report.hpp"

#include <algorithm>
#include <cstring>

namespace cvtools {

std::uint32_t vmstat_sample(const VmstatOptions& options) {
  constexpr std::uint32_t kReport = CV_SAMPLE_ACTIVITY | unsigned{CV_SAMPLE_CPU};
  const std::uint32_t report = options.view.json ? kReport : 0;
  switch (options.mode) {
    case VmstatMode::kDisks:
    case VmstatMode::kPartition:
      return report | CV_SAMPLE_DISKS | unsigned{CV_SAMPLE_UPTIME};
    case VmstatMode::kDiskSum:
      return kReport | CV_SAMPLE_DISKS;
    case VmstatMode::kSlabs:
      return report | CV_SAMPLE_SLABS;
    case VmstatMode::kTable:
    case VmstatMode::kForks:
    case VmstatMode::kStatistics:
      break;
  }
  return kReport;
}

VmstatReport make_vmstat_report(const containerview::Snapshot* begin,
                                const containerview::Snapshot& end) {
  VmstatReport report;
  report.since_start = begin == nullptr;
  report.scope = end.scope();
  report.activity = end.activity_since(begin);
  report.memory = end.memory();
  report.details = end.memory_details();
  report.swap = end.swap();
  report.cpu = end.cpu_usage_since(begin);
  return report;
}

Known rate(const VmstatReport& report, std::uint64_t cv_activity::*member, std::uint64_t bit,
           std::uint64_t unit) {
  const auto count = report.activity.get(member, bit);
  const auto elapsed = report.activity.elapsed();
  if (!count || !elapsed || elapsed->count() <= 0) return {};
  const std::uint64_t whole = *count / unit;
  return {static_cast<double>(whole) * 1e9 / static_cast<double>(elapsed->count()),
          report.activity.quality(bit)};
}

std::optional<std::uint64_t> cache_bytes(const VmstatReport& report) {
  const auto both = report.memory.buff_cache_bytes();
  const auto buffers = report.memory.buffers_bytes();
  if (!both || !buffers || *both < *buffers) return std::nullopt;
  return *both - *buffers;
}

std::vector<VmstatDisk> vmstat_disks(const containerview::Snapshot& snapshot) {
  std::vector<VmstatDisk> disks;
  std::string below = ",";
  for (std::size_t i = 0; i < snapshot.disk_count(); ++i) {
    const containerview::Disk disk = snapshot.disk_since(nullptr, i);
    disks.push_back({std::string(disk.name()), disk.partition_of().has_value(), false,
                     disk.source() == CV_DISK_SOURCE_PROCESSES, snapshot.disk_totals(i)});
    if (const auto names = disk.stacked_on()) below.append(*names).append(",");
  }
  for (VmstatDisk& disk : disks)
    disk.is_below = below.find("," + disk.name + ",") != std::string::npos;
  return disks;
}

std::vector<cv_slab> vmstat_slabs(const containerview::Snapshot& snapshot) {
  std::vector<cv_slab> slabs;
  for (std::size_t i = 0; i < snapshot.slab_count(); ++i) slabs.push_back(snapshot.slab(i));
  std::sort(slabs.begin(), slabs.end(),
            [](const cv_slab& a, const cv_slab& b) { return std::strcmp(a.name, b.name) < 0; });
  return slabs;
}

}  // namespace cvtools
