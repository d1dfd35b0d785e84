// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

// free(1); gives the exit status.
int run_free(Environment& environment);

}  // namespace cvtools
