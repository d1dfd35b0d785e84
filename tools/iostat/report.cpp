// SPDX-License-Identifier: Apache-2.0
#include "iostat/report.hpp"

#include <algorithm>

namespace cvtools {
namespace {

using containerview::Disk;
using containerview::Snapshot;

class Chooser {
 public:
  Chooser(const IostatOptions& options, const Snapshot* begin, const Snapshot& end)
      : options_(options), begin_(begin), end_(end) {
    disks_.reserve(end.disk_count());
    for (std::size_t i = 0; i < end.disk_count(); ++i) disks_.push_back(end.disk_since(begin, i));
  }

  std::vector<DiskRow> rows() {
    if (!options_.groups.empty()) {
      add_groups();
    } else {
      add_disks();
      // By name, as the classic tool; with -p ALL the kernel's order, after those that are named.
      std::stable_sort(rows_.begin(), rows_.end(), [&](const DiskRow& a, const DiskRow& b) {
        return options_.partitions ? place(a.disk) < place(b.disk) : a.disk.name() < b.disk.name();
      });
    }
    return std::move(rows_);
  }

 private:
  static bool has(const std::vector<std::string>& names, const Disk& disk) {
    return std::find_if(names.begin(), names.end(), [&](const std::string& name) {
             return is_called(disk, name);
           }) != names.end();
  }

  // By its name, or that of the mapper's; a container's disk also by the name of a part of it, for
  // that is where the I/O of a partition is charged.
  static bool is_called(const Disk& disk, std::string_view name) {
    if (name == disk.name() || name == disk.persistent_name().value_or("")) return true;
    if (disk.mapper_name() && name == "mapper/" + std::string(*disk.mapper_name())) return true;
    return disk.source() != CV_DISK_SOURCE_DEVICE && is_part_of(name, disk.name());
  }

  // "sda1" of "sda", "nvme0n1p2" of "nvme0n1".
  static bool is_part_of(std::string_view part, std::string_view disk) {
    if (disk.empty() || !part.starts_with(disk) || part.size() == disk.size()) return false;
    part.remove_prefix(disk.size());
    if (disk.back() >= '0' && disk.back() <= '9') {
      if (!part.starts_with('p')) return false;
      part.remove_prefix(1);
    }
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  }

  std::size_t place(const Disk& disk) const {
    std::size_t at = 0;
    while (at < options_.devices.size() && !is_called(disk, options_.devices[at])) ++at;
    return at;
  }

  bool wanted(const Disk& disk) const {
    if (options_.partitions && options_.names_devices()) return true;
    const bool is_part = disk.partition_of().has_value();
    if (has(options_.devices, disk) || has(options_.partitioned, disk)) return true;
    if (is_part && std::find(options_.partitioned.begin(), options_.partitioned.end(),
                             *disk.partition_of()) != options_.partitioned.end())
      return true;
    if (options_.names_devices()) return options_.all && !is_part && options_.devices.empty();
    if (is_part && !options_.partitions) return false;
    return options_.all || disk.used();
  }

  void add(std::size_t index) {
    const Disk& disk = disks_[index];
    if (options_.active_only && !disk.active()) return;
    DiskRow row;
    row.disk = disk;
    row.name = disk.persistent_name().value_or(
        options_.mapper_names ? disk.mapper_name().value_or(disk.name()) : disk.name());
    if (options_.limits) row.limits = end_.disk_limits_since(begin_, index);
    rows_.push_back(std::move(row));
  }

  void add_disks() {
    for (std::size_t i = 0; i < disks_.size(); ++i)
      if (wanted(disks_[i])) add(i);
  }

  // Members in the order in which they were named, then their total.
  void add_groups() {
    std::vector<bool> taken(disks_.size());  // a device belongs to the first that names it
    for (const DiskGroup& group : options_.groups) {
      std::vector<std::size_t> members;
      const auto member = [&](std::size_t i) {
        if (!taken[i]) members.push_back(i);
        taken[i] = true;
      };
      for (const std::string& name : group.members)
        for (std::size_t i = 0; i < disks_.size(); ++i)
          if (name == "ALL" ? !disks_[i].partition_of() : is_called(disks_[i], name)) member(i);
      if (!options_.totals_only)
        for (const std::size_t i : members) add(i);
      DiskRow total;
      total.name = group.name;
      total.is_group = true;
      total.disk = end_.disk_group_since(begin_, members);
      if (!options_.active_only || total.disk.active()) rows_.push_back(std::move(total));
    }
  }

  const IostatOptions& options_;
  const Snapshot* begin_;
  const Snapshot& end_;
  std::vector<Disk> disks_;
  std::vector<DiskRow> rows_;
};

}  // namespace

std::uint32_t iostat_sample(const IostatOptions& options) {
  std::uint32_t what = CV_SAMPLE_UPTIME | CV_SAMPLE_MACHINE | CV_SAMPLE_CPU;
  if (options.cpu || options.extended || options.view.json) what |= CV_SAMPLE_IO_PRESSURE;
  if (options.disks || options.view.json) what |= CV_SAMPLE_DISKS;
  // %util is the share of them that is used.
  if (options.extended || options.limits || options.view.json) what |= CV_SAMPLE_DISK_LIMITS;
  return what;
}

IostatReport make_iostat_report(const IostatOptions& options, const Snapshot* begin,
                                const Snapshot& end) {
  IostatReport report{end.scope(), end.cpu_usage_since(begin), {}, {}};
  using Seconds = std::chrono::duration<double>;
  if (begin != nullptr)
    report.interval_seconds =
        Seconds(report.scope.boot_time() - begin->scope().boot_time()).count();
  else if (const auto age = end.uptime().uptime())
    report.interval_seconds = Seconds(*age).count();
  if (options.disks || options.view.json) report.disks = Chooser(options, begin, end).rows();
  return report;
}

}  // namespace cvtools
