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

  std::uint32_t count() const;
  bool empty() const { return ranges_.empty(); }
  std::string to_string() const;

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;
};

}  // namespace cv
