// SPDX-License-Identifier: Apache-2.0
// /proc/vmstat: what the machine's memory management did since boot.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "kernel/parsed.hpp"

namespace cv {

struct ProcVmstat {
  std::optional<std::uint64_t> pgpgin, pgpgout;  // KiB from and to disks
  std::optional<std::uint64_t> pswpin, pswpout;  // pages
  // Pages; zones that this kernel does not have are not in the file.
  std::optional<std::uint64_t> pgalloc_dma, pgalloc_dma32, pgalloc_high, pgalloc_movable,
      pgalloc_normal, pgfree;
};

// "nr_free_pages 4233\npgpgin 17468249\n..."
Parsed<ProcVmstat> parse_proc_vmstat(std::string_view text);

}  // namespace cv
