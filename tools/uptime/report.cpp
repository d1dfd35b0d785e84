// SPDX-License-Identifier: Apache-2.0
#include "uptime/report.hpp"

namespace cvtools {

std::uint32_t uptime_sample(const UptimeOptions& options) {
  const bool only_uptime = !options.view.json && (options.format == UptimeFormat::kPretty ||
                                                  options.format == UptimeFormat::kSince);
  if (only_uptime) return CV_SAMPLE_UPTIME;
  return CV_SAMPLE_UPTIME | CV_SAMPLE_USERS | CV_SAMPLE_LOAD;
}

UptimeReport make_uptime_report(const containerview::Snapshot& snapshot, std::uint32_t what) {
  UptimeReport report;
  report.scope = snapshot.scope();
  report.uptime = snapshot.uptime();
  if ((what & CV_SAMPLE_USERS) != 0) report.users = snapshot.users();
  if ((what & CV_SAMPLE_LOAD) != 0) report.load = snapshot.load();
  return report;
}

}  // namespace cvtools
