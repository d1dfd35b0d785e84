// SPDX-License-Identifier: Apache-2.0
// Every figure of uptime: its key in the JSON and where it is.
#pragma once

#include <chrono>

#include "common/document.hpp"
#include "common/fields.hpp"
#include "common/load_fields.hpp"

namespace cvtools {

// When it started, as the classic tool says it: now less an uptime that counts hundredths, which is
// how /proc/uptime gives it. With the full precision -s would differ by a second now and then.
inline std::chrono::system_clock::time_point start_time(const cv_uptime& raw) {
  constexpr std::int64_t kNsecPerHundredth = 10'000'000;
  return containerview::detail::wall_clock(raw.since_realtime_nsec +
                                           raw.uptime_nsec % kNsecPerHundredth);
}

inline constexpr Field<cv_uptime> kUptimeFields[] = {
    {"uptime_seconds",
     [](const cv_uptime& raw) -> Value { return static_cast<double>(raw.uptime_nsec) / 1e9; },
     CV_UPTIME_UPTIME},
    {"since", [](const cv_uptime& raw) -> Value { return utc_text(start_time(raw)); },
     CV_UPTIME_UPTIME},
};

inline constexpr Field<cv_users> kUsersFields[] = {
    {"users", member<&cv_users::count>, CV_USERS_COUNT},
};

}  // namespace cvtools
