// SPDX-License-Identifier: Apache-2.0
// containerview explain: where a figure comes from.
#pragma once

#include <string>
#include <vector>

#include "common/environment.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {

// Of one moment, each a document or a page of its own. No keys: lists them all.
int run_explain(Environment& environment, const containerview::Options& where,
                const std::vector<std::string>& keys, bool json);

}  // namespace cvtools
