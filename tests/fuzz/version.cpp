// SPDX-License-Identifier: Apache-2.0
// The library's C interface is not linked. All that options and screens ask of it is its version.
#include "containerview/containerview.h"

const char* cv_version(void) CV_NOEXCEPT { return CV_VERSION; }
