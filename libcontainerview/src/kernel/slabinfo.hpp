// SPDX-License-Identifier: Apache-2.0
// /proc/slabinfo (slabinfo(5)): the caches of kernel objects. Of the machine, and for root only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/parsed.hpp"

namespace cv {

struct SlabCache {
  std::string name;
  std::uint64_t active_objects = 0, objects = 0, object_bytes = 0, objects_per_slab = 0;
};

// "slabinfo - version: 2.1\n# name <active_objs> <num_objs> <objsize> <objperslab> ...\n
//  dentry 53214 53676 192 21 1 : tunables 0 0 0 : slabdata 2556 2556 0\n"
Parsed<std::vector<SlabCache>> parse_slabinfo(std::string_view text);

}  // namespace cv
