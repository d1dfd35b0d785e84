// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace cv {

// A set of CPUs as sorted, disjoint, inclusive ranges: no memory grows with the numbers in a file.
class CpuList {
 public:
  // The kernel's list format, "0-3,8,10-11\n"; empty text is the empty set.
  // Files: cpuset.cpus[.effective], sys/devices/system/cpu/online, Cpus_allowed_list of status.
  static Result<CpuList> parse(std::string_view text);

  // The CPUs that are in both.
  CpuList within(const CpuList& other) const;

  // Adds a CPU whose number is above all that are in the set.
  void append(std::uint32_t cpu);

  std::uint32_t count() const;
  bool contains(std::uint32_t cpu) const;
  // Calls visit(cpu) for each, in order.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [first, last] : ranges_)
      for (std::uint64_t cpu = first; cpu <= last; ++cpu) visit(static_cast<std::uint32_t>(cpu));
  }
  bool empty() const { return ranges_.empty(); }
  std::string to_string() const;

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;
};

}  // namespace cv
