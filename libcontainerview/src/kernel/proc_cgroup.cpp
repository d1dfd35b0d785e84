// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_cgroup.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace cv {

bool CgroupMembership::has(std::string_view controller) const {
  return std::find(controllers.begin(), controllers.end(), controller) != controllers.end();
}

const CgroupMembership* ProcCgroup::v1(std::string_view controller) const {
  for (const CgroupMembership& entry : entries)
    if (!entry.is_v2 && entry.has(controller)) return &entry;
  return nullptr;
}

const CgroupMembership* ProcCgroup::v2() const {
  for (const CgroupMembership& entry : entries)
    if (entry.is_v2) return &entry;
  return nullptr;
}

Parsed<ProcCgroup> parse_proc_cgroup(std::string_view text) {
  Parsed<ProcCgroup> parsed;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    if (line.empty()) return true;
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    const auto id = parse_u64(line.substr(0, first));
    if (second == std::string_view::npos || !id || !line.substr(second + 1).starts_with('/')) {
      if (!parsed.error) parsed.error = malformed(number, "not ID:CONTROLLERS:/PATH").value();
      return true;
    }
    CgroupMembership entry;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    entry.is_v2 = *id == 0 && controllers.empty();
    if (!controllers.empty())
      for_each_item(controllers, ',',
                    [&](std::string_view name) { entry.controllers.emplace_back(name); });
    entry.path = line.substr(second + 1);
    while (entry.path.size() > 1 && entry.path.back() == '/') entry.path.pop_back();
    parsed.value.entries.push_back(std::move(entry));
    return true;
  });
  if (parsed.value.entries.empty() && !parsed.error) parsed.error = malformed(1, "empty").value();
  return parsed;
}

}  // namespace cv
