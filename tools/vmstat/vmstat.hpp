// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

// vmstat(8); gives the exit status.
int run_vmstat(Environment& environment);

}  // namespace cvtools
