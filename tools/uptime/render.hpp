// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/json.hpp"
#include "uptime/options.hpp"
#include "uptime/report.hpp"

namespace cvtools {

// "1 day,  2:05" or, in words, "1 day, 2 hours, 5 minutes".
std::string classic_duration(std::uint64_t seconds);
std::string pretty_duration(std::uint64_t seconds);

struct UptimeText {
  std::string text;
  bool complete = true;  // false: a figure that is printed is unknown
};

UptimeText render_uptime_text(const UptimeReport& report, UptimeFormat format);
std::string render_uptime_json(const UptimeReport& report, JsonStyle style);

}  // namespace cvtools
