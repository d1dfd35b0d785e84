// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/cli.hpp"
#include "common/environment.hpp"

namespace cvtools {

enum class DiskUnit { kSectors, kKilobytes, kMegabytes, kGigabytes };

// -g NAME: the devices that are named after it, in that order.
struct DiskGroup {
  std::string name;
  std::vector<std::string> members;  // empty, or ALL: every device
};

struct IostatOptions {
  bool cpu = true;
  bool disks = true;
  bool extended = false;
  bool short_form = false;
  DiskUnit unit = DiskUnit::kKilobytes;
  bool human = false;    // units and % signs in the cells
  bool pretty = false;   // the name last
  bool compact = false;  // with pretty: one table even if extended
  int decimals = 2;
  bool timestamps = false;
  bool epoch = false;  // -U: they count seconds
  bool iso_time = false;
  bool plain_locale = false;
  bool omit_first = false;
  bool active_only = false;
  bool mapper_names = false;
  bool limits = false;
  bool sysstat_json = false;
  bool totals_only = false;  // -H: of the groups

  bool all = false;                      // also devices that were never used
  bool partitions = false;               // of all devices: -p, -p ALL
  std::vector<std::string> devices;      // that were named; empty: all
  std::vector<std::string> partitioned;  // -p NAME: with their partitions
  std::vector<DiskGroup> groups;
  std::string persistent_names;  // -j TYPE; empty: the kernel's names
  std::string given_disks;       // -f, +f: directory of counters of devices that user space drives
  bool given_only = false;       // -f

  std::optional<std::chrono::seconds> interval;
  std::optional<long> count;
  std::vector<std::string> sysroots;  // one for each sample; the last for all that follow
  ViewOptions view;

  bool names_devices() const { return !devices.empty() || !partitioned.empty(); }
};

const OptionTable& iostat_option_table();

// Nothing: the tool is done, with `status`.
std::optional<IostatOptions> parse_iostat_options(Environment& environment, int& status);

}  // namespace cvtools
