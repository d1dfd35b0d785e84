// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

// uptime(1); gives the exit status.
int run_uptime(Environment& environment);

}  // namespace cvtools
