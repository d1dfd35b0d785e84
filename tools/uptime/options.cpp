// SPDX-License-Identifier: Apache-2.0
#include "uptime/options.hpp"

namespace cvtools {
namespace {

enum Id : int { kPretty, kRaw, kSince };

// procps' uptime prints and exits when it reaches -s or -r: what stands behind them, errors
// included, is never looked at (`uptime -s --bogus` works, `uptime -s -p` is -s). Hence ends_line.
// Our own options are taken from behind them too: no user of procps has any, and whoever adds
// `--pid 7` to a line means it wherever it stands.
constexpr OptionSpec kClassic[] = {
    {kPretty, 'p', "pretty", nullptr, "the time up in words"},
    {kOptionContainer, 'c', "container", nullptr, "of the container: own cgroup, own PID 1"},
    {kRaw, 'r', "raw", nullptr, "plain numbers: now, uptime, users, load averages", true},
    {kSince, 's', "since", nullptr, "when it started", true},
};
constexpr OptionSpec kInfo[] = {
    {kOptionHelp, 'h', "help", nullptr, "print this help", true},
    {kOptionVersion, 'V', "version", nullptr, "print the version", true},
};
constexpr const char* kSynopsis[] = {"[options]"};
constexpr OptionTable kTable = {"uptime",
                                kSynopsis,
                                kClassic,
                                std::span(kViewOptions).subspan(1),  // --container is above
                                kInfo,
                                "uptime(1)",
                                "procps-ng 4.0.7",
                                false};

}  // namespace

const OptionTable& uptime_option_table() { return kTable; }

std::optional<UptimeOptions> parse_uptime_options(Environment& environment, int& status) {
  UptimeOptions options;
  const auto apply = [&](int id, const std::string&) -> std::optional<int> {
    if (id == kPretty) options.format = UptimeFormat::kPretty;
    if (id == kRaw) options.format = UptimeFormat::kRaw;
    if (id == kSince) options.format = UptimeFormat::kSince;
    return std::nullopt;
  };
  const ParsedLine line = parse_command_line(kTable, environment, options.view, apply);
  if (line.exit_status) {
    status = *line.exit_status;
    return std::nullopt;
  }
  if (environment.procps_container && !options.view.says_whose()) options.view.container = true;
  return options;
}

}  // namespace cvtools
