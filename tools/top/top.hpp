// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

// top(1); gives the exit status.
int run_top(Environment& environment);

}  // namespace cvtools
