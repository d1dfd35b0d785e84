// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace cv {

// How many files of /proc this process may hold open now, by RLIMIT_NOFILE and by what is left in
// the memory cgroup that it is charged to. `held`: how many it does, which are not free any more.
std::size_t allowed_held_files(std::size_t held);

}  // namespace cv
