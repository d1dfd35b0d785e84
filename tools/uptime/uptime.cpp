// SPDX-License-Identifier: Apache-2.0
#include "uptime/uptime.hpp"

#include "common/view.hpp"
#include "uptime/options.hpp"
#include "uptime/render.hpp"
#include "uptime/report.hpp"

namespace cvtools {

int run_uptime(Environment& environment) {
  int status = 0;
  const std::optional<UptimeOptions> options = parse_uptime_options(environment, status);
  if (!options) return status;
  const std::optional<containerview::Options> where = context_options(options->view, environment);
  if (!where) return 1;
  containerview::Context context(*where);
  const std::uint32_t what = uptime_sample(*options);
  const containerview::Snapshot snapshot = context.sample(what);
  const UptimeReport report = make_uptime_report(snapshot, what);
  if (options->view.json) {
    environment.out.write(render_uptime_json(
        report, environment.out_is_terminal ? JsonStyle::kPretty : JsonStyle::kCompact));
    return 0;
  }
  const UptimeText line = render_uptime_text(report, options->format);
  if (!line.complete) complain_problems(environment, snapshot);
  environment.out.write(line.text);
  return 0;
}

}  // namespace cvtools
