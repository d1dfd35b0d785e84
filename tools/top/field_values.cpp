// SPDX-License-Identifier: Apache-2.0
#include "top/field_values.hpp"

#include <algorithm>
#include <charconv>

#include "top/names.hpp"

namespace cvtools::top {
namespace {

constexpr std::string_view kNothing = "-";

double share(std::uint64_t nsec, double seconds) {
  return seconds > 0 ? static_cast<double>(nsec) / 1e9 / seconds * 100 : 0;
}

// Calls visit(item) for each item between commas.
template <typename Visit>
void for_each_item(std::string_view text, char separator, Visit&& visit) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// What follows `prefix`, up to the next '/' or ','.
std::string_view after(std::string_view text, std::string_view prefix) {
  const std::size_t at = text.find(prefix);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + prefix.size());
  return text.substr(0, text.find_first_of("/,"));
}

}  // namespace

double cpu_pct(const cv_task& task, const FieldContext& context) {
  const double pct = share(task.cpu_delta_nsec, context.interval_seconds);
  const double own = context.threads ? 100.0 : 100.0 * std::max(1U, task.thread_count);
  return std::min({pct, own, context.cpu_ceiling_pct}) / context.cpu_divisor;
}

double wait_pct(const cv_task& task, const FieldContext& context) {
  return share(task.wait_delta_nsec, context.interval_seconds);
}

double utilization_pct(const cv_task& task, const FieldContext& context, bool with_children) {
  const std::uint64_t used =
      task.user_nsec + task.system_nsec + (with_children ? task.children_nsec : 0);
  return share(used, static_cast<double>(context.boottime_nsec - task.start_nsec) / 1e9);
}

std::int64_t cpu_nsec(const cv_task& task, const FieldContext& context) {
  const std::uint64_t used =
      task.user_nsec + task.system_nsec + (context.cumulative ? task.children_nsec : 0);
  return static_cast<std::int64_t>(used);
}

std::string command_of(const cv_task& task, const FieldContext& context) {
  if (!context.command_line || task.details == nullptr) return task.command;
  if (*task.details->command_line != '\0') return task.details->command_line;
  std::string text = std::string("[") + task.command + "]";
  if (task.state == 'Z') text += " <defunct>";
  return text;
}

std::string cgroups_text(std::string_view cgroups) {
  std::string text;
  for_each_item(cgroups, ',', [&](std::string_view line) {
    if (line.ends_with(":/")) return;
    if (!text.empty()) text += ',';
    text += line;
  });
  return text.empty() ? std::string(kNothing) : text;
}

std::string cgroup_name(std::string_view cgroups) {
  constexpr std::string_view kNamed = ":name=";
  std::string text = cgroups_text(cgroups);
  const std::size_t at = text.find(kNamed);
  return at == std::string::npos ? text : text.substr(at + kNamed.size());
}

std::string lxc_name(std::string_view cgroups) {
  for (const std::string_view prefix : {"lxc.payload.", "lxc.payload/", "lxc/"}) {
    const std::string_view name = after(cgroups, prefix);
    if (!name.empty()) return std::string(name);
  }
  return std::string(kNothing);
}

std::string docker_id(std::string_view cgroups) {
  constexpr std::size_t kIdLength = 64;
  constexpr std::size_t kShown = 12;
  for (const std::string_view prefix : {"/docker-", "/docker/"}) {
    const std::string_view id = after(cgroups, prefix).substr(0, kIdLength);
    if (id.size() == kIdLength && is_hex(id)) return std::string(id.substr(0, kShown));
  }
  return std::string(kNothing);
}

std::string class_name(std::uint32_t policy) {
  constexpr const char* kNames[] = {"TS", "FF", "RR", "B", "ISO", "IDL", "DLN", "EXT"};
  return policy < std::size(kNames) ? kNames[policy] : "?";
}

std::string group_names(std::string_view groups, Names* names) {
  std::string text;
  for_each_item(groups, ' ', [&](std::string_view number) {
    std::uint32_t gid = 0;
    std::from_chars(number.data(), number.data() + number.size(), gid);
    if (!text.empty()) text += ',';
    text += names != nullptr ? names->group(gid) : number;
  });
  return text.empty() ? std::string(kNothing) : text;
}

}  // namespace cvtools::top
