// SPDX-License-Identifier: Apache-2.0
// /proc/PID/timens_offsets (time_namespaces(7)).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace cv {

// "monotonic           0         0\nboottime     1000000         0\n": what a time namespace adds
// to each clock, seconds (maybe negative) and nanoseconds. Gives that of CLOCK_BOOTTIME.
Result<std::int64_t> parse_boottime_offset(std::string_view text);

}  // namespace cv
