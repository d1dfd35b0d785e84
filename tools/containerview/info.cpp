// SPDX-License-Identifier: Apache-2.0
#include "containerview/info.hpp"

namespace cvtools {

InfoReport make_info_report(const containerview::Snapshot& snapshot) {
  InfoReport report{snapshot.scope(),          snapshot.limits(), snapshot.memory(),
                    snapshot.memory_details(), snapshot.pids(),   {}};
  for (std::size_t i = 0; i < snapshot.problem_count(); ++i) {
    report.problems.push_back(snapshot.problem(i));
  }
  return report;
}

int run_info(Environment& environment, const containerview::Options& where, bool json) {
  containerview::Context context(where);
  const containerview::Snapshot snapshot = context.sample(
      CV_SAMPLE_LIMITS | CV_SAMPLE_MEMORY | CV_SAMPLE_MEMORY_DETAILS | CV_SAMPLE_PIDS);
  const InfoReport report = make_info_report(snapshot);
  if (json) {
    environment.out.write(render_info_json(
        report, environment.out_is_terminal ? JsonStyle::kPretty : JsonStyle::kCompact));
  } else {
    environment.out.write(render_info_text(report));
  }
  return 0;
}

}  // namespace cvtools
