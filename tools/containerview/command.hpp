// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

// containerview(1); gives the exit status.
int run_containerview(Environment& environment);

}  // namespace cvtools
