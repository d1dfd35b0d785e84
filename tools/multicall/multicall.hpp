// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/environment.hpp"

namespace cvtools {

// Every tool in one program. It is the tool that it is called as ("free", "cv-free", by a link), or
// else the one that its first argument names ("containerview free -h"), or else containerview.
int run_multicall(Environment& environment);

}  // namespace cvtools
