// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/cli.hpp"
#include "common/environment.hpp"

namespace cvtools {

enum class VmstatMode { kTable, kForks, kStatistics, kDisks, kDiskSum, kPartition, kSlabs };

struct VmstatOptions {
  VmstatMode mode = VmstatMode::kTable;
  bool active = false;      // inactive and active memory instead of buffers and cache
  bool one_header = false;  // do not repeat it
  bool wide = false;
  bool timestamp = false;
  bool skip_first = false;    // no report of the averages since the start
  std::uint64_t unit = 1024;  // bytes
  char unit_letter = 'K';
  std::string partition;    // or disk: of kPartition, without /dev/
  std::uint32_t delay = 1;  // seconds
  std::int64_t count = 1;   // of reports
  bool endless = false;     // a delay without a count, or with one below 0
  ViewOptions view;
};

const OptionTable& vmstat_option_table();

// Nothing: the tool is done, with `status`.
std::optional<VmstatOptions> parse_vmstat_options(Environment& environment, int& status);

}  // namespace cvtools
