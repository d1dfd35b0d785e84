// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace fuzz {

// Memberships (/proc/PID/cgroup), a NUL, and mounts (/proc/PID/mountinfo), maybe a NUL and the
// memberships of PID 1: where we are, and which cgroup is the container. All three may be forged by
// who owns the container.
void check_places(std::string_view text);

}  // namespace fuzz
