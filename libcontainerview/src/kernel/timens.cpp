// SPDX-License-Identifier: Apache-2.0
#include "kernel/timens.hpp"

#include <limits>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace cv {

Result<std::int64_t> parse_boottime_offset(std::string_view text) {
  constexpr std::int64_t kMaxSec = std::numeric_limits<std::int64_t>::max() / kNsecPerSec - 1;
  Result<std::int64_t> offset = malformed(0, "no boottime");
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    if (next_field(line) != "boottime") return true;
    const auto seconds = parse_i64(next_field(line));
    const auto nsec = parse_i64(next_field(line));
    const bool good = seconds && nsec && *seconds > -kMaxSec && *seconds < kMaxSec && *nsec >= 0 &&
                      *nsec < kNsecPerSec;
    if (good)
      offset = *seconds * kNsecPerSec + *nsec;
    else
      offset = malformed(number, "not an offset");
    return false;
  });
  return offset;
}

}  // namespace cv
