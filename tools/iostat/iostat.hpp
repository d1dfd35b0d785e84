// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

int run_iostat(Environment& environment);

}  // namespace cvtools
