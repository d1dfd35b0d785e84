// SPDX-License-Identifier: Apache-2.0
// The option tables of all tools; option_tables.cpp is made by the build.
#pragma once

#include <vector>

#include "common/options.hpp"

namespace cvtools {

std::vector<const OptionTable*> option_tables();

}  // namespace cvtools
