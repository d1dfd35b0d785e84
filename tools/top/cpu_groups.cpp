// SPDX-License-Identifier: Apache-2.0
#include "top/cpu_groups.hpp"

#include <algorithm>
#include <map>

#include "common/formatted.hpp"

namespace cvtools::top {
namespace {

using Rows = std::vector<containerview::CpuRow>;

std::string cpu_label(std::uint32_t cpu, char type = 'u') {
  return formatted("%Cp{}{:<3}:", type, cpu);
}

// '2' a line for each node; '3' one for a node, and one for each CPU of it.
std::vector<CpuGroup> by_node(const Window& window, const Sample& sample) {
  std::map<std::uint32_t, CpuGroup> nodes;
  for (const containerview::CpuRow& row : sample.cpus) {
    const cv_cpu_place* place = place_of(sample.cpu_places, row.cpu());
    if (place == nullptr || (place->valid & CV_CPU_PLACE_NODE) == 0) continue;
    CpuGroup& group = nodes[place->node];
    group.label = formatted("%Node{:<2}:", place->node);
    group.rows.push_back(row);
  }
  std::vector<CpuGroup> groups;
  for (auto& [node, group] : nodes)
    if (window.numa_node < 0 || static_cast<std::uint32_t>(window.numa_node) == node)
      groups.push_back(std::move(group));
  if (window.numa_node >= 0 && !groups.empty())
    for (const containerview::CpuRow& row : Rows(groups.front().rows))
      groups.push_back({cpu_label(row.cpu()), {row}});
  return groups;
}

// '^': the threads of a core on one line.
std::vector<CpuGroup> by_core(const Sample& sample) {
  std::map<std::uint32_t, CpuGroup> cores;
  for (const containerview::CpuRow& row : sample.cpus) {
    const cv_cpu_place* place = place_of(sample.cpu_places, row.cpu());
    const bool told = place != nullptr && (place->valid & CV_CPU_PLACE_CORE) != 0;
    const std::uint32_t core = told ? place->core : row.cpu();
    cores[core].label = formatted("%Core{:<2}:", core);
    cores[core].rows.push_back(row);
  }
  std::vector<CpuGroup> groups;
  groups.reserve(cores.size());
  for (auto& [core, group] : cores) groups.push_back(std::move(group));
  return groups;
}

// '5': with the type of the core, or those of one type only.
std::vector<CpuGroup> by_type(const Window& window, const Sample& sample) {
  constexpr int kPerformanceOnly = 2, kEfficientOnly = 3;
  std::vector<CpuGroup> groups;
  for (const containerview::CpuRow& row : sample.cpus) {
    const cv_cpu_place* place = place_of(sample.cpu_places, row.cpu());
    const bool fast = place != nullptr && place->core_type == CV_CORE_PERFORMANCE;
    const bool efficient = place != nullptr && place->core_type == CV_CORE_EFFICIENT;
    if (window.core_types == kPerformanceOnly && efficient) continue;
    if (window.core_types == kEfficientOnly && fast) continue;
    groups.push_back({cpu_label(row.cpu(), fast ? 'P' : efficient ? 'E' : 'u'), {row}});
  }
  return groups;
}

// '1', and '!': so many neighbours on one line.
std::vector<CpuGroup> by_number(const Sample& sample, std::size_t each) {
  std::vector<CpuGroup> groups;
  for (std::size_t at = 0; at < sample.cpus.size(); at += each) {
    const auto begin = sample.cpus.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min(each, sample.cpus.size() - at);
    Rows rows(begin, begin + static_cast<std::ptrdiff_t>(count));
    std::string name = std::to_string(rows.front().cpu());
    if (rows.size() > 1) name += formatted("-{}", rows.back().cpu());
    groups.push_back({formatted("%Cpu{:<3}:", name), std::move(rows)});
  }
  return groups;
}

}  // namespace

std::vector<CpuGroup> cpu_groups(const Window& window, const Sample& sample) {
  if (window.numa_nodes) return by_node(window, sample);
  if (window.cpus_in_one) return {};
  if (window.cores_vs_cpus != 0) return by_core(sample);
  if (window.combine_cpus > 0)
    return by_number(sample, 1 + static_cast<std::size_t>(window.combine_cpus));
  return window.core_types != 0 ? by_type(window, sample) : by_number(sample, 1);
}

}  // namespace cvtools::top
