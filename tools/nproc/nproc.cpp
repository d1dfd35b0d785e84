// SPDX-License-Identifier: Apache-2.0
#include "nproc/nproc.hpp"

#include "common/document.hpp"
#include "common/formatted.hpp"
#include "common/view.hpp"
#include "nproc/count.hpp"
#include "nproc/options.hpp"

namespace cvtools {
namespace {

constexpr Field<cv_cpus> kFields[] = {
    {"installed", [](const cv_cpus& raw) -> Value { return std::uint64_t{raw.installed_count}; },
     CV_CPUS_INSTALLED},
    {"online", [](const cv_cpus& raw) -> Value { return std::uint64_t{raw.online_count}; },
     CV_CPUS_ONLINE},
    {"affinity", [](const cv_cpus& raw) -> Value { return std::uint64_t{raw.affinity_count}; },
     CV_CPUS_AFFINITY},
    {"cpuset", [](const cv_cpus& raw) -> Value { return std::uint64_t{raw.cpuset_count}; },
     CV_CPUS_CPUSET},
};

Value rounded(const CpuCount& count, Rounding rounding) {
  if (!count.fraction) return std::monostate{};
  return whole(*count.fraction, rounding);
}

std::string json_text(const containerview::Scope& scope, const containerview::Cpus& cpus,
                      const NprocOptions& options, const CpuCount& count, JsonStyle style) {
  const bool unknown_quota = cpus.quota().state() == CV_LIMIT_UNKNOWN;
  QualityLists quality;
  quality.add("cpus", count.quality);
  quality.add("fraction", count.quality);
  quality.add("", kFields, cpus);
  if (unknown_quota) quality.add("quota_cpus", containerview::Quality::kUnavailable);

  JsonDocument json;
  put_head(json, "containerview.nproc/1", scope, quality);
  json.put("cpus", rounded(count, options.rounding));
  json.put("fraction", to_value(count.fraction));
  json.put("rounding", std::string(to_string(options.rounding)));
  put_fields(json, kFields, cpus);
  json.put("quota_cpus", to_value(cpus.quota().cpus()));
  return json.text(style);
}

std::string text(const NprocOptions& options, const CpuCount& count) {
  if (!count.fraction) return "-\n";
  if (options.fraction) return formatted("{:.6g}\n", *count.fraction);
  return std::to_string(whole(*count.fraction, options.rounding)) + "\n";
}

}  // namespace

int run_nproc(Environment& environment) {
  int status = 0;
  const std::optional<NprocOptions> options = parse_nproc_options(environment, status);
  if (!options) return status;
  const std::optional<containerview::Options> where = context_options(options->view, environment);
  if (!where) return 1;
  containerview::Context context(*where);
  const bool details = options->all || options->view.json;
  const containerview::Snapshot snapshot =
      context.sample(details ? CV_SAMPLE_CPUS_DETAILS : CV_SAMPLE_CPUS);
  const containerview::Cpus cpus = snapshot.cpus();
  const OmpThreads omp{parse_omp_threads(environment.omp_num_threads),
                       parse_omp_threads(environment.omp_thread_limit)};
  const CpuCount count = count_cpus(cpus, *options, omp, where->scope == CV_SCOPE_HOST);
  if (options->view.json) {
    environment.out.write(
        json_text(snapshot.scope(), cpus, *options, count,
                  environment.out_is_terminal ? JsonStyle::kPretty : JsonStyle::kCompact));
    return 0;
  }
  if (count.quality != containerview::Quality::kExact) complain_problems(environment, snapshot);
  environment.out.write(text(*options, count));
  return 0;
}

}  // namespace cvtools
