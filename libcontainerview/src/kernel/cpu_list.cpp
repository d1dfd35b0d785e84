// SPDX-License-Identifier: Apache-2.0
#include "kernel/cpu_list.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace cv {
namespace {

// Far above any NR_CPUS (8,192 today); a larger number is not one that a kernel wrote.
constexpr std::uint64_t kMaxCpu = 1'000'000;

}  // namespace

Result<CpuList> CpuList::parse(std::string_view text) {
  CpuList list;
  const std::string_view line = trim(text);
  if (line.empty()) return list;
  bool good = true;
  for_each_item(line, ',', [&](std::string_view item) {
    item = trim(item);
    const std::size_t dash = item.find('-');
    const auto first = parse_u64(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_u64(item.substr(dash + 1));
    if (!first || !last || *first > *last || *last > kMaxCpu) {
      good = false;
      return;
    }
    list.ranges_.emplace_back(static_cast<std::uint32_t>(*first),
                              static_cast<std::uint32_t>(*last));
  });
  if (!good) return malformed(1, "not a list of CPUs");

  std::sort(list.ranges_.begin(), list.ranges_.end());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> merged;
  for (const auto& range : list.ranges_) {
    if (!merged.empty() && range.first <= merged.back().second + 1)
      merged.back().second = std::max(merged.back().second, range.second);
    else
      merged.push_back(range);
  }
  list.ranges_ = std::move(merged);
  return list;
}

CpuList CpuList::within(const CpuList& other) const {
  CpuList common;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const std::uint32_t first = std::max(a->first, b->first);
    const std::uint32_t last = std::min(a->second, b->second);
    if (first <= last) common.ranges_.emplace_back(first, last);
    a->second < b->second ? ++a : ++b;
  }
  return common;
}

void CpuList::append(std::uint32_t cpu) {
  if (!ranges_.empty() && ranges_.back().second + 1 == cpu)
    ranges_.back().second = cpu;
  else
    ranges_.emplace_back(cpu, cpu);
}

bool CpuList::contains(std::uint32_t cpu) const {
  for (const auto& [first, last] : ranges_)
    if (cpu >= first && cpu <= last) return true;
  return false;
}

std::uint32_t CpuList::count() const {
  std::uint32_t count = 0;
  for (const auto& [first, last] : ranges_) count += last - first + 1;
  return count;
}

std::string CpuList::to_string() const {
  std::string text;
  for (const auto& [first, last] : ranges_) {
    if (!text.empty()) text += ',';
    text += std::to_string(first);
    if (last != first) text += '-' + std::to_string(last);
  }
  return text;
}

}  // namespace cv
