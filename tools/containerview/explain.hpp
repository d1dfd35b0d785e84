// SPDX-License-Identifier: Apache-2.0
// containerview explain: where one figure comes from.
#pragma once

#include <string>

#include "common/environment.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {

// An empty key lists the keys.
int run_explain(Environment& environment, const containerview::Options& where,
                const std::string& key, bool json);

}  // namespace cvtools
