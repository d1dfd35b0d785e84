// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "common/tool.hpp"

namespace cvtools {

// Every tool there is, containerview first.
std::span<const Tool> all_tools();

}  // namespace cvtools
