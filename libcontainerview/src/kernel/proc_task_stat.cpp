// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_task_stat.hpp"

#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace cv {
namespace {

constexpr std::size_t kFirst = 4;  // field numbers as in proc(5)
constexpr std::size_t kLast = 41;
constexpr std::size_t kNeeded = 24;

// Numbers of a line, modulo 2^64. There are 4,000 such lines of 50 numbers a second to read.
class Numbers {
 public:
  // Returns how many there were.
  std::size_t scan(std::string_view text) {
    std::size_t count = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (count < values_.size()) {
      while (at != end && (*at == ' ' || *at == '\n')) ++at;
      const bool negative = at != end && *at == '-';
      if (negative) ++at;
      const char* const begin = at;
      std::uint64_t value = 0;
      for (; at != end && *at >= '0' && *at <= '9'; ++at)
        value = value * 10 + static_cast<std::uint64_t>(*at - '0');
      if (at == begin) return count;
      values_[count++] = negative ? 0 - value : value;
    }
    return count;
  }
  std::uint64_t u64(std::size_t field) const { return values_[field - kFirst]; }
  std::int32_t i32(std::size_t field) const { return static_cast<std::int32_t>(u64(field)); }
  std::uint32_t u32(std::size_t field) const { return static_cast<std::uint32_t>(u64(field)); }

 private:
  std::array<std::uint64_t, kLast - kFirst + 1> values_{};
};

}  // namespace

Result<TaskStat> parse_task_stat(std::string_view text) {
  // The name may hold blanks and parentheses: it ends at the last one.
  const std::size_t name_begin = text.find('(');
  const std::size_t name_end = text.rfind(')');
  if (name_begin == std::string_view::npos || name_end == std::string_view::npos ||
      name_end < name_begin || name_end + 4 > text.size())
    return malformed(1, "no command name");
  Numbers numbers;
  const std::size_t found = numbers.scan(text.substr(name_end + 3));
  if (found < kNeeded - kFirst + 1) return malformed(1, "fewer than 24 fields");
  TaskStat stat;
  stat.command = text.substr(name_begin + 1, name_end - name_begin - 1);
  stat.state = text[name_end + 2];
  stat.parent_pid = numbers.i32(4);
  stat.process_group = numbers.i32(5);
  stat.session = numbers.i32(6);
  stat.terminal = numbers.i32(7);
  stat.terminal_group = numbers.i32(8);
  stat.kernel_flags = numbers.u32(9);
  stat.minor_faults = numbers.u64(10);
  stat.major_faults = numbers.u64(12);
  stat.user_ticks = numbers.u64(14);
  stat.system_ticks = numbers.u64(15);
  stat.children_ticks = numbers.u64(16) + numbers.u64(17);
  stat.priority = numbers.i32(18);
  stat.nice = numbers.i32(19);
  stat.thread_count = numbers.u32(20);
  stat.start_ticks = numbers.u64(22);
  stat.virtual_bytes = numbers.u64(23);
  stat.resident_pages = numbers.u64(24);
  stat.processor = numbers.u32(39);
  stat.policy = numbers.u32(41);
  return stat;
}

}  // namespace cv
