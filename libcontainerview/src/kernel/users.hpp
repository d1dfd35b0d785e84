// SPDX-License-Identifier: Apache-2.0
// Login sessions: /run/systemd/sessions/ID (systemd-logind) and /run/utmp (utmp(5)).
#pragma once

#include <cstdint>
#include <string_view>

namespace cv {

// Whether a session file ("UID=1000\nCLASS=user\n...") is a user's login.
bool is_user_session(std::string_view text);

// Records of type USER_PROCESS with a name. A torn last record is not counted.
std::uint64_t count_utmp_users(std::string_view records);

}  // namespace cv
