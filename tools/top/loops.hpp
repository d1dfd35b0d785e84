// SPDX-License-Identifier: Apache-2.0
// The two loops: fetch, arrange, complete, build the frame, show it, wait.
#pragma once

#include "common/environment.hpp"
#include "top/fetch.hpp"
#include "top/names.hpp"
#include "top/options.hpp"

namespace cvtools::top {

// -b: frames or JSON Lines on stdout. Gives the exit status.
int run_batch(Environment& environment, const TopOptions& options, Fetcher& fetcher, Names& names);

// On a terminal. Gives the exit status.
int run_interactive(Environment& environment, const TopOptions& options, Fetcher& fetcher,
                    Names& names);

}  // namespace cvtools::top
