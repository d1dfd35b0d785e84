// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

// nproc(1); gives the exit status.
int run_nproc(Environment& environment);

}  // namespace cvtools
