// SPDX-License-Identifier: Apache-2.0
// What watching the load may cost, for all containers that one process watches: files held open
// and time spent on sub-samples. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace cv {

// A held /proc file costs its holder's memory cgroup this much kernel memory at most: 4 KiB for the
// text, and what keeps the file and the names on its path, of which there are two more to a stat.
constexpr std::uint64_t kHeldFileBytes = std::uint64_t{7} << 10;

// How many files may be held open: at most 1 % of what is left there, and none where little is.
constexpr std::size_t held_file_limit(std::uint64_t open_files_limit,
                                      std::optional<std::uint64_t> memory_headroom_bytes) {
  constexpr std::uint64_t kLittle = std::uint64_t{32} << 20;
  constexpr std::uint64_t kReserved = 64;  // for all else that the process opens
  if (open_files_limit <= kReserved) return 0;
  std::uint64_t limit = open_files_limit - kReserved;
  if (memory_headroom_bytes) {
    if (*memory_headroom_bytes < kLittle) return 0;
    limit = std::min(limit, *memory_headroom_bytes / 100 / kHeldFileBytes);
  }
  return static_cast<std::size_t>(limit);
}

class LoadBudget {
 public:
  // May fall below what is held: the integrators then let go at their next step.
  void set_file_limit(std::size_t files) { file_limit_ = files; }
  std::size_t held() const { return held_; }

  bool take_file() {
    if (held_ >= file_limit_) return false;
    ++held_;
    return true;
  }
  void return_file() { --held_; }
  bool too_many_held() const { return held_ > file_limit_; }

  // Notes that a sub-sample took `cost_nsec`, and returns how long to leave off before the next one
  // so that all together stay within 2 % of a CPU.
  std::int64_t charge(std::int64_t now_nsec, std::int64_t cost_nsec) {
    constexpr std::int64_t kOneIn = 50;
    backlog_nsec_ = std::max<std::int64_t>(0, backlog_nsec_ - (now_nsec - charged_at_nsec_));
    charged_at_nsec_ = now_nsec;
    backlog_nsec_ += cost_nsec * kOneIn;
    return backlog_nsec_;
  }

 private:
  std::size_t file_limit_ = 0;
  std::size_t held_ = 0;
  std::int64_t charged_at_nsec_ = 0;
  std::int64_t backlog_nsec_ = 0;
};

}  // namespace cv
