// SPDX-License-Identifier: Apache-2.0
// Every figure of free: its key in the JSON and where it is.
#pragma once

#include "common/fields.hpp"

namespace cvtools {

inline constexpr Field<cv_memory> kMemoryFields[] = {
    {"total_bytes", member<&cv_memory::total_bytes>, CV_MEMORY_TOTAL},
    {"used_bytes", member<&cv_memory::used_bytes>, CV_MEMORY_USED},
    {"free_bytes", member<&cv_memory::free_bytes>, CV_MEMORY_FREE},
    {"shared_bytes", member<&cv_memory::shared_bytes>, CV_MEMORY_SHARED},
    {"buffers_bytes", member<&cv_memory::buffers_bytes>, CV_MEMORY_BUFFERS},
    {"cache_bytes", member<&cv_memory::cache_bytes>, CV_MEMORY_CACHE},
    {"buff_cache_bytes", member<&cv_memory::buff_cache_bytes>, CV_MEMORY_BUFF_CACHE},
    {"available_bytes", member<&cv_memory::available_bytes>, CV_MEMORY_AVAILABLE},
    {"other_bytes", member<&cv_memory::other_bytes>, CV_MEMORY_OTHER},
};

inline constexpr Field<cv_swap> kSwapFields[] = {
    {"total_bytes", member<&cv_swap::total_bytes>, CV_SWAP_TOTAL},
    {"used_bytes", member<&cv_swap::used_bytes>, CV_SWAP_USED},
    {"free_bytes", member<&cv_swap::free_bytes>, CV_SWAP_FREE},
};

inline constexpr Field<cv_commit> kCommitFields[] = {
    {"limit_bytes", member<&cv_commit::limit_bytes>, CV_COMMIT_LIMIT},
    {"committed_bytes", member<&cv_commit::committed_bytes>, CV_COMMIT_COMMITTED},
};

}  // namespace cvtools
