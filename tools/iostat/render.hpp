// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>

#include "common/environment.hpp"
#include "common/json.hpp"
#include "iostat/options.hpp"
#include "iostat/palette.hpp"
#include "iostat/report.hpp"

namespace cvtools {

struct IostatText {
  std::string text;
  bool complete = true;  // false: at least one cell that is printed is unknown
};

// How it all looks, beside the options.
struct TextStyle {
  Palette palette;
  std::string radix = ".";
};

// "Linux 6.1.0 (box)  11/22/26  _x86_64_  (1 CPU)" and a line end.
std::string render_banner(const containerview::Snapshot& snapshot, const IostatOptions& options);
IostatText render_iostat_text(const IostatReport& report, const IostatOptions& options,
                              const TextStyle& style);

// sysstat's document, piece by piece: it is open while reports are made.
std::string sysstat_json_begin(const containerview::Snapshot& snapshot,
                               const IostatOptions& options);
std::string sysstat_json_report(const IostatReport& report, const IostatOptions& options);
std::string sysstat_json_end();

std::string render_iostat_json(const IostatReport& report, JsonStyle style);

// For all of them: the date of the banner, the time of a report, the number of CPUs.
std::string date_text(const containerview::Scope& scope, const IostatOptions& options);
std::string timestamp_text(const containerview::Scope& scope, const IostatOptions& options);
std::uint64_t banner_cpus(const containerview::Snapshot& snapshot);

struct AvgCpuCell {
  const char* key;  // "user"
  std::optional<double> pct;
};
// user, nice, system, iowait, steal, idle; of a container rounded so that they are 100 as printed.
std::array<AvgCpuCell, 6> avg_cpu(const IostatReport& report, int decimals);

}  // namespace cvtools
