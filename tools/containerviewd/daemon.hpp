// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

// containerviewd(8): samples until SIGTERM or SIGINT; gives the exit status.
int run_containerviewd(Environment& environment);

}  // namespace cvtools
