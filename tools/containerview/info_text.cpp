// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "common/document.hpp"
#include "common/formatted.hpp"
#include "common/printable.hpp"
#include "common/size_format.hpp"
#include "containerview/info.hpp"

namespace cvtools {
namespace {

std::string human(std::uint64_t bytes) {
  return format_size(signed_size(bytes), {.human = true, .cut = true});
}
std::string exact_bytes(std::uint64_t bytes) { return formatted("{} ({})", bytes, human(bytes)); }
std::string plain(std::uint64_t count) { return formatted("{}", count); }

template <typename T, typename Show>
std::string or_unknown(const std::optional<T>& value, Show&& show) {
  return value ? show(*value) : std::string("unknown");
}
std::string count_text(const std::optional<std::uint32_t>& count) {
  return or_unknown(count, [](std::uint32_t c) { return plain(c); });
}
std::string human_text(const std::optional<std::uint64_t>& bytes) {
  return or_unknown(bytes, human);
}
std::string cpus_text(double cpus) { return formatted("{:.4g}", cpus); }

// "3f9d2c81b6a0": as much of an id as engines print.
std::string short_id(std::string_view id) {
  constexpr std::size_t kShortId = 12;
  constexpr std::size_t kFullId = 64;
  return std::string(id.size() == kFullId ? id.substr(0, kShortId) : id);
}

struct LimitRow {
  std::string name, value, source;
};

LimitRow limit_row(std::string name, const containerview::Limit& limit,
                   std::string (*show)(std::uint64_t)) {
  LimitRow row{std::move(name), "unknown", std::string(limit.source().value_or(""))};
  if (limit.state() == CV_LIMIT_UNLIMITED) row.value = "unlimited";
  if (const auto value = limit.value()) row.value = show(*value);
  return row;
}

LimitRow quota_row(const containerview::CpuQuota& quota) {
  LimitRow row{"cpu", "unknown", std::string(quota.source().value_or(""))};
  if (quota.state() == CV_LIMIT_UNLIMITED) row.value = "unlimited";
  if (const auto cpus = quota.cpus()) row.value = cpus_text(*cpus) + " CPUs";
  return row;
}

LimitRow cpuset_row(const containerview::Limits& limits) {
  LimitRow row{"cpuset", "unknown", ""};
  if (const auto cpus = limits.cpuset_cpus()) {
    row.value = formatted("{} ({})", *cpus, count_text(limits.cpuset_count()));
  }
  return row;
}

class Page {
 public:
  void line(std::string_view label, std::string_view text) {
    text_ += formatted("{:<10}{}\n", label, printable(text));
  }
  void gap() { text_ += '\n'; }
  void limits(const std::vector<LimitRow>& rows) {
    std::size_t width = 0;
    for (const LimitRow& row : rows) width = std::max(width, row.value.size());
    for (const LimitRow& row : rows) {
      std::string line = formatted("{:<13}{:<{}}  {}", row.name, row.value, width, row.source);
      line.erase(line.find_last_not_of(' ') + 1);
      text_ += printable(line) + '\n';
    }
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void add_scope(Page& page, const containerview::Scope& scope) {
  const bool container = scope.kind() == CV_KIND_CONTAINER;
  page.line("scope", formatted("{}, cgroup {}", container ? "container" : "host",
                               to_string(scope.cgroup_version())));
  page.line("because", scope.reason().value_or("unknown"));
  if (container) page.line("boundary", scope.cgroup().value_or("hidden from here"));
  if (const auto engine = scope.engine()) {
    page.line("engine", formatted("{} {}", *engine, short_id(scope.id().value_or(""))));
  }
}

// Controllers that share a directory stand on one line.
void add_cgroups(Page& page, const containerview::Scope& scope) {
  constexpr std::pair<const char*, cv_controller> kNamed[] = {{"cpu", CV_CONTROLLER_CPU},
                                                              {"cpuset", CV_CONTROLLER_CPUSET},
                                                              {"memory", CV_CONTROLLER_MEMORY},
                                                              {"io", CV_CONTROLLER_IO},
                                                              {"pids", CV_CONTROLLER_PIDS}};
  std::vector<std::pair<std::string, std::string>> groups;  // directory, controllers
  for (const auto& [name, id] : kNamed) {
    const std::string dir(scope.cgroup_of(id).value_or("none"));
    const auto same = std::find_if(groups.begin(), groups.end(),
                                   [&](const auto& group) { return group.first == dir; });
    if (same == groups.end()) {
      groups.emplace_back(dir, name);
    } else {
      same->second += std::string(" ") + name;
    }
  }
  std::string_view label = "cgroups";
  for (const auto& [dir, names] : groups) {
    page.line(label, formatted("{}  ({})", dir, names));
    label = "";
  }
}

void add_figures(Page& page, const InfoReport& report) {
  const containerview::Limits& limits = report.limits;
  page.line("cpus", formatted("{} effective, {} whole; affinity {}, online {}",
                              or_unknown(limits.effective_cpus(), cpus_text),
                              count_text(limits.whole_cpus()), count_text(limits.affinity_count()),
                              count_text(limits.online_count())));
  page.line("memory", formatted("{} total, {} available; usage {}, working set {}, peak {}",
                                human_text(report.memory.total_bytes()),
                                human_text(report.memory.available_bytes()),
                                human_text(report.details.usage_bytes()),
                                human_text(report.details.working_set_bytes()),
                                human_text(report.details.peak_bytes())));
  page.line("oom kills", or_unknown(report.details.oom_kills(), plain));
  page.line("pids", or_unknown(report.pids.current(), plain));
  std::string runtimes = "unknown";
  if (const auto cpus = limits.runtimes()) {
    runtimes = formatted("Java {}, Go {}, .NET {}, Rust {}, nproc {}, automaxprocs {}", cpus->java,
                         cpus->go, cpus->dotnet, cpus->rust, cpus->nproc, cpus->automaxprocs);
  }
  page.line("runtimes", runtimes);
}

}  // namespace

std::string render_info_text(const InfoReport& report) {
  Page page;
  add_scope(page, report.scope);
  add_cgroups(page, report.scope);
  if (report.scope.limits_above_hidden())
    page.line("hidden", "limits above the root of the cgroup mount, if there are any");
  page.gap();
  const containerview::Limits& limits = report.limits;
  page.limits({{"limit", "value", "set by"},
               quota_row(limits.cpu_quota()),
               cpuset_row(limits),
               limit_row("memory", limits.memory(), exact_bytes),
               limit_row("memory high", limits.memory_high(), exact_bytes),
               limit_row("swap", limits.swap(), exact_bytes),
               limit_row("pids", limits.pids(), plain)});
  page.gap();
  add_figures(page, report);
  page.gap();
  if (report.problems.empty()) page.line("problems", "none");
  std::string_view label = "problems";
  for (const std::string_view problem : report.problems) {
    page.line(label, problem);
    label = "";
  }
  return page.take();
}

}  // namespace cvtools
