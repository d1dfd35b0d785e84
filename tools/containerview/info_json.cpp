// SPDX-License-Identifier: Apache-2.0
#include "common/document.hpp"
#include "common/fields.hpp"
#include "containerview/info.hpp"

namespace cvtools {
namespace {

constexpr Field<cv_memory> kTotal[] = {
    {"total_bytes", member<&cv_memory::total_bytes>, CV_MEMORY_TOTAL},
};
constexpr Field<cv_memory_details> kUsage[] = {
    {"usage_bytes", member<&cv_memory_details::usage_bytes>, CV_DETAIL_USAGE},
    {"working_set_bytes", member<&cv_memory_details::working_set_bytes>, CV_DETAIL_WORKING_SET},
};
constexpr Field<cv_memory> kAvailable[] = {
    {"available_bytes", member<&cv_memory::available_bytes>, CV_MEMORY_AVAILABLE},
};
constexpr Field<cv_memory_details> kDetails[] = {
    {"oom_kills", member<&cv_memory_details::oom_kills>, CV_DETAIL_OOM_KILLS},
    {"oom_events", member<&cv_memory_details::oom_events>, CV_DETAIL_EVENTS_OOM},
    {"max_events", member<&cv_memory_details::max_events>, CV_DETAIL_EVENTS_MAX},
    {"high_events", member<&cv_memory_details::high_events>, CV_DETAIL_EVENTS_HIGH},
    {"peak_bytes", member<&cv_memory_details::peak_bytes>, CV_DETAIL_PEAK},
    {"low_bytes", member<&cv_memory_details::low_bytes>, CV_DETAIL_LOW},
    {"min_bytes", member<&cv_memory_details::min_bytes>, CV_DETAIL_MIN},
    {"hugetlb_bytes", member<&cv_memory_details::hugetlb_bytes>, CV_DETAIL_HUGETLB},
};
constexpr Field<cv_pids> kPids[] = {
    {"current", member<&cv_pids::current>, CV_PIDS_CURRENT},
};

// In the order of the document.
template <typename Visit>
void for_each_memory_group(const InfoReport& report, const Visit& visit) {
  visit(kTotal, report.memory);
  visit(kUsage, report.details);
  visit(kAvailable, report.memory);
  visit(kDetails, report.details);
}

struct Controller {
  const char* key;
  cv_controller id;
};
constexpr Controller kControllers[] = {{"cpu", CV_CONTROLLER_CPU},
                                       {"memory", CV_CONTROLLER_MEMORY},
                                       {"cpuset", CV_CONTROLLER_CPUSET},
                                       {"io", CV_CONTROLLER_IO},
                                       {"pids", CV_CONTROLLER_PIDS}};

struct Runtime {
  const char* key;
  std::uint32_t cv_runtime_cpus::*cpus;
};
constexpr Runtime kRuntimes[] = {
    {"java", &cv_runtime_cpus::java},     {"go", &cv_runtime_cpus::go},
    {"dotnet", &cv_runtime_cpus::dotnet}, {"rust", &cv_runtime_cpus::rust},
    {"nproc", &cv_runtime_cpus::nproc},   {"automaxprocs", &cv_runtime_cpus::automaxprocs}};

std::string state_text(cv_limit_state state) {
  switch (state) {
    case CV_LIMIT_LIMITED:
      return "limited";
    case CV_LIMIT_UNLIMITED:
      return "unlimited";
    case CV_LIMIT_UNKNOWN:
      break;
  }
  return "unknown";
}

// Writes the document and collects, figure by figure, what is not exact. The lists stand in front
// of the figures, hence two passes over the same code: the first into a document that is dropped.
class Writer {
 public:
  Writer(const InfoReport& report, JsonDocument& json, QualityLists& quality)
      : report_(report), json_(json), quality_(quality) {}

  void write() {
    write_scope();
    write_cpu();
    write_memory();
    json_.open_object("swap");
    limit("swap", "limit", "bytes", report_.limits.swap());
    json_.close();
    json_.open_object("pids");
    limit("pids", "limit", "count", report_.limits.pids());
    put_fields(json_, kPids, report_.pids);
    quality_.add("pids.", kPids, report_.pids);
    json_.close();
    write_runtimes();
    json_.open_array("problems");
    for (const std::string_view problem : report_.problems) json_.push(std::string(problem));
    json_.close();
  }

 private:
  void write_scope() {
    json_.open_object("scope");
    put_scope_members(json_, report_.scope);
    json_.put("boundary", to_value(report_.scope.cgroup()));
    json_.put("reason", to_value(report_.scope.reason()));
    json_.put("engine", to_value(report_.scope.engine()));
    json_.put("id", to_value(report_.scope.id()));
    json_.put("limits_above_hidden", report_.scope.limits_above_hidden());
    json_.open_object("cgroups");
    for (const Controller& controller : kControllers) {
      json_.put(controller.key, to_value(report_.scope.cgroup_of(controller.id)));
    }
    json_.close();
    json_.close();
  }

  // A figure of cv_limits.
  template <typename T>
  void put(const std::string& object, const std::string& key, const std::optional<T>& value,
           std::uint64_t bit) {
    json_.put(key, to_value(value));
    quality_.add(object + "." + key, report_.limits.quality(bit));
  }

  void limit(const std::string& object, const std::string& key, std::string_view unit,
             const containerview::Limit& limit) {
    json_.open_object(key);
    json_.put("state", state_text(limit.state()));
    json_.put(unit, to_value(limit.value()));
    json_.put("source", to_value(limit.source()));
    json_.close();
    if (limit.state() == CV_LIMIT_UNKNOWN) quality_.unavailable.push_back(object + "." + key);
  }

  void write_cpu() {
    const containerview::Limits& limits = report_.limits;
    const containerview::CpuQuota quota = limits.cpu_quota();
    json_.open_object("cpu");
    json_.open_object("quota");
    json_.put("state", state_text(quota.state()));
    json_.put("cpus", to_value(quota.cpus()));
    json_.put("source", to_value(quota.source()));
    json_.close();
    if (quota.state() == CV_LIMIT_UNKNOWN) quality_.unavailable.emplace_back("cpu.quota");
    json_.open_object("cpuset");
    put("cpu.cpuset", "cpus", limits.cpuset_cpus(), CV_LIMITS_CPUSET);
    put("cpu.cpuset", "count", limits.cpuset_count(), CV_LIMITS_CPUSET);
    json_.close();
    put("cpu", "affinity_count", limits.affinity_count(), CV_LIMITS_AFFINITY);
    put("cpu", "online_count", limits.online_count(), CV_LIMITS_ONLINE);
    put("cpu", "effective_cpus", limits.effective_cpus(), CV_LIMITS_EFFECTIVE_CPUS);
    put("cpu", "whole_cpus", limits.whole_cpus(), CV_LIMITS_EFFECTIVE_CPUS);
    json_.close();
  }

  void write_memory() {
    json_.open_object("memory");
    limit("memory", "limit", "bytes", report_.limits.memory());
    limit("memory", "high", "bytes", report_.limits.memory_high());
    for_each_memory_group(report_, [&](const auto& fields, const auto& figures) {
      put_fields(json_, fields, figures);
      quality_.add("memory.", fields, figures);
    });
    json_.close();
  }

  void write_runtimes() {
    const std::optional<cv_runtime_cpus> runtimes = report_.limits.runtimes();
    json_.open_object("runtimes");
    for (const Runtime& runtime : kRuntimes) {
      std::optional<std::uint32_t> cpus;
      if (runtimes) cpus = *runtimes.*runtime.cpus;
      put("runtimes", runtime.key, cpus, CV_LIMITS_RUNTIMES);
    }
    json_.close();
  }

  const InfoReport& report_;
  JsonDocument& json_;
  QualityLists& quality_;
};

}  // namespace

std::string render_info_json(const InfoReport& report, JsonStyle style) {
  QualityLists quality;
  JsonDocument dropped;
  Writer(report, dropped, quality).write();

  JsonDocument json;
  put_identity(json, "containerview.info/1", report.scope);
  put_quality(json, quality);
  Writer(report, json, quality).write();
  return json.text(style);
}

}  // namespace cvtools
