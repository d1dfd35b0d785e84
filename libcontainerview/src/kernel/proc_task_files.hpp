// SPDX-License-Identifier: Apache-2.0
// Files of /proc/PID beside stat and schedstat that top(1) shows figures of (proc(5)). Of files of
// many keys what could be read is kept: older kernels have fewer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cv {

// statm "2469 230 190 30 0 101 0", in pages: size, resident, shared, text, lib, data, dirty. Its
// resident is exact; that of stat lags behind, by some pages for each CPU.
struct TaskPages {
  std::uint64_t resident = 0, shared = 0, code = 0, data = 0;
};
Result<TaskPages> parse_statm(std::string_view text);

// status "Uid:\t0\t0\t0\t0\nVmSwap:\t       0 kB\n"
struct TaskStatus {
  std::array<std::uint32_t, 4> uids{}, gids{};  // real, effective, saved, of the file system
  std::string groups;                           // "4 24 27"
  std::uint64_t swap_bytes = 0, resident_bytes = 0, anonymous_bytes = 0, file_bytes = 0,
                shmem_bytes = 0, locked_bytes = 0;
  std::uint64_t permitted_capabilities = 0;
  // NSpid: how many PID namespaces have an id for it, from that of this /proc to its own; 0: not
  // told (before Linux 4.1).
  std::uint32_t pid_namespaces = 0;
};
TaskStatus parse_task_status(std::string_view text);

// smaps_rollup "Rss:                 920 kB\nPss: ..."
struct TaskMaps {
  std::uint64_t rss_bytes = 0, pss_bytes = 0, pss_anonymous_bytes = 0, pss_file_bytes = 0,
                pss_shmem_bytes = 0;
  std::uint64_t unique_bytes = 0;  // private: clean, dirty and huge pages
};
TaskMaps parse_smaps_rollup(std::string_view text);

// io "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n"
struct TaskIo {
  std::uint64_t read_calls = 0, write_calls = 0;    // system calls
  std::uint64_t read_bytes = 0, written_bytes = 0;  // from and to storage
};
TaskIo parse_task_io(std::string_view text);

// autogroup "/autogroup-17 nice 0\n"; empty where no ancestor has made a session: in no autogroup
struct TaskAutogroup {
  std::int32_t id = -1, nice = 0;
};
Result<TaskAutogroup> parse_autogroup(std::string_view text);

// The text of a link in ns/, "net:[4026531840]": the inode.
std::optional<std::uint64_t> parse_namespace_link(std::string_view text);

}  // namespace cv
