// SPDX-License-Identifier: Apache-2.0
// containerview capture: what the tools read here, as a tree that --sysroot replays.
#pragma once

#include <string>

#include "common/environment.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {

int run_capture(Environment& environment, const containerview::Options& where,
                const std::string& directory);

}  // namespace cvtools
