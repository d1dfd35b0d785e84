// SPDX-License-Identifier: Apache-2.0
// /proc/meminfo (filesystems/proc.rst).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "kernel/parsed.hpp"

namespace cv {

// All in bytes. "MemTotal:       24683724 kB\nMemFree: ..."
struct Meminfo {
  std::optional<std::uint64_t> mem_total, mem_free, mem_available, buffers, cached, s_reclaimable,
      shmem;
  std::optional<std::uint64_t> swap_total, swap_free, commit_limit, committed_as;
  std::optional<std::uint64_t> active, inactive, low_total, low_free, high_total, high_free;
};
Parsed<Meminfo> parse_meminfo(std::string_view text);

}  // namespace cv
