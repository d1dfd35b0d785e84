// SPDX-License-Identifier: Apache-2.0
// cpu.pressure, memory.pressure, io.pressure of a cgroup (accounting/psi.rst).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace cv {

struct PressureLine {
  double avg10_pct = 0, avg60_pct = 0, avg300_pct = 0;
  std::uint64_t total_usec = 0;
};

struct Pressure {
  std::optional<PressureLine> some, full;
};

// "some avg10=0.00 avg60=1.20 avg300=0.31 total=12345\nfull avg10=...\n"
Result<Pressure> parse_pressure(std::string_view text);

}  // namespace cv
