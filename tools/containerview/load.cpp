// SPDX-License-Identifier: Apache-2.0
#include "containerview/load.hpp"

#include "common/document.hpp"
#include "common/formatted.hpp"
#include "common/load_fields.hpp"
#include "common/printable.hpp"
#include "common/repeat.hpp"
#include "common/view.hpp"

namespace cvtools {
namespace {

// The shortest interval over which the counters of waiting threads are exact.
constexpr std::chrono::milliseconds kInterval{2000};

constexpr Field<cv_sampled> kNowFields[] = {
    {"mean", member<&cv_sampled::mean_load>, CV_SAMPLED_MEAN},
};

std::string average(const LoadReport& report, std::uint64_t bit) {
  const auto value = figure<double>(kLoadFields, report.load, bit);
  return value ? formatted("{:.2f}", *value) : "-";
}

std::string count(const LoadReport& report, std::uint64_t bit) {
  const auto value = figure<std::uint64_t>(kLoadFields, report.load, bit);
  return value ? formatted("{}", *value) : "-";
}

// What the averages rest on, in words.
std::string source_text(const containerview::Load& load) {
  switch (load.source()) {
    case CV_LOAD_SAMPLER:
      return formatted("sampled for {:.0f} s", load.history().count());
    case CV_LOAD_ESTIMATE:
      return "estimated: no sampler runs here";
    case CV_LOAD_HOST:
      return "the machine's";
    case CV_LOAD_NONE:
      break;
  }
  return "unknown";
}

}  // namespace

std::string render_load_text(const LoadReport& report) {
  const auto mean = report.now.mean_load();
  std::string text =
      formatted("now      {}, mean of {:.1f} s\n", mean ? formatted("{:.2f}", *mean) : "-",
                report.now.interval().count());
  text += formatted("average  {}, {}, {} ({})\n", average(report, CV_LOAD_AVG_1M),
                    average(report, CV_LOAD_AVG_5M), average(report, CV_LOAD_AVG_15M),
                    source_text(report.load));
  text += formatted("threads  {} running, {} in all\n", count(report, CV_LOAD_RUNNING),
                    count(report, CV_LOAD_TOTAL));
  if (report.processes.empty()) return text;
  text += formatted("\n{:>10} {:>7} {:>6}  {}\n", "PID", "LOAD", "SHARE", "COMMAND");
  for (const containerview::SampledProcess& process : report.processes)
    text += formatted("{:>10} {:>7.2f} {:>5.1f}%  {}\n", process.pid, process.mean_load,
                      process.share_pct, printable(process.command));
  return text;
}

std::string render_load_json(const LoadReport& report, JsonStyle style) {
  QualityLists quality;
  quality.add("load.", kNowFields, report.now);
  quality.add("load.", kLoadFields, report.load);
  JsonDocument json;
  put_head(json, "containerview.load/1", report.scope, quality);
  json.open_object("load");
  put_fields(json, kNowFields, report.now);
  put_fields(json, kLoadFields, report.load);
  json.close();
  json.open_array("processes");
  for (const containerview::SampledProcess& process : report.processes) {
    json.push_object();
    json.put("pid", process.pid);
    json.put("command", std::string(process.command));
    json.put("runnable_mean", process.mean_load);
    json.put("share_pct", process.share_pct);
    json.close();
  }
  json.close();
  return json.text(style);
}

int run_load(Environment& environment, const containerview::Options& where, bool json) {
  if (!where.sysroot.empty()) {
    complain(environment, "load looks at a running machine, not at a --sysroot");
    return 1;
  }
  containerview::SamplerOptions options;
  options.interval = kInterval;
  options.view = where;
  containerview::Sampler sampler(options);
  std::chrono::nanoseconds wait = sampler.step();
  while (sampler.sampled(0).interval().count() == 0) {  // sub-samples come in between
    sleep_for(std::chrono::ceil<std::chrono::microseconds>(wait));
    wait = sampler.step();
  }
  containerview::Context context(where);
  const containerview::Snapshot snapshot = context.sample(CV_SAMPLE_LOAD);
  LoadReport report{snapshot.scope(), snapshot.load(), sampler.sampled(0), {}};
  for (std::size_t i = 0; i < sampler.process_count(0); ++i)
    report.processes.push_back(sampler.process(0, i));
  if (json) {
    environment.out.write(render_load_json(
        report, environment.out_is_terminal ? JsonStyle::kPretty : JsonStyle::kCompact));
    return 0;
  }
  if (report.load.raw().valid == 0) complain_problems(environment, snapshot);
  environment.out.write(render_load_text(report));
  return 0;
}

}  // namespace cvtools
