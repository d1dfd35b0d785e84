// SPDX-License-Identifier: Apache-2.0
// From the options and the environment to the library's context.
#pragma once

#include <optional>

#include "common/cli.hpp"
#include "common/environment.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {

// The line wins over the environment. Nothing: the environment holds nonsense, which was reported.
std::optional<containerview::Options> context_options(const ViewOptions& view,
                                                      Environment& environment);

// Why figures are unknown: what the snapshot lists, on stderr, so that the report stays readable by
// programs.
void complain_problems(Environment& environment, const containerview::Snapshot& snapshot);

}  // namespace cvtools
