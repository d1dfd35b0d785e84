// SPDX-License-Identifier: Apache-2.0
#include "containerviewd/options.hpp"

#include "common/formatted.hpp"
#include "common/number.hpp"

namespace cvtools {
namespace {

enum Id : int { kAll, kInterval, kSubsample, kPerContainer };

constexpr OptionSpec kOwn[] = {
    {kAll, 'a', "all", nullptr, "every container of this machine, as they come and go"},
    {kInterval, 'i', "interval", "SECONDS", "time between two samples, 2 to 300 (5)"},
    {kSubsample, '\0', "subsample", "MS", "looks at threads that come and go, 200 to 500 (350)"},
    {kOptionHistory, '\0', "history", "DIR", "where to record (/run/containerview)"},
    {kPerContainer, '\0', "per-container", nullptr, "a directory in DIR for each container"},
    {kOptionPid, '\0', "pid", "PID", "the container that process PID is in"},
    {kOptionCgroup, '\0', "cgroup", "PATH", "the cgroup PATH"},
};
constexpr OptionSpec kInfo[] = {
    {kOptionHelp, 'h', "help", nullptr, "print this help", true},
    {kOptionVersion, 'V', "version", nullptr, "print the version", true},
};
constexpr const char* kSynopsis[] = {"[options]"};
constexpr OptionTable kTable = {"containerviewd",    kSynopsis, {},   kOwn, kInfo,
                                "containerviewd(8)", nullptr,   false};

std::optional<double> number_between(std::string_view text, double low, double high) {
  const auto value = to_number<double>(text);
  return value && *value >= low && *value <= high ? value : std::nullopt;
}

}  // namespace

const OptionTable& containerviewd_option_table() { return kTable; }

std::optional<DaemonOptions> parse_daemon_options(Environment& environment, int& status) {
  DaemonOptions options;
  const auto refuse = [&](std::string_view option, std::string_view value, std::string_view what) {
    complain(environment, formatted("--{} '{}': not {}", option, value, what));
    return std::optional<int>(1);
  };
  const auto apply = [&](int id, const std::string& value) -> std::optional<int> {
    if (id == kAll) options.all = true;
    if (id == kPerContainer) options.per_container = true;
    if (id == kInterval) {
      const auto seconds = number_between(value, 2, 300);
      if (!seconds) return refuse("interval", value, "2 to 300 seconds");
      options.interval = std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
    }
    if (id == kSubsample) {
      const auto msec = number_between(value, 200, 500);
      if (!msec) return refuse("subsample", value, "200 to 500 milliseconds");
      options.subsample = std::chrono::milliseconds(static_cast<std::int64_t>(*msec));
    }
    return std::nullopt;
  };
  const ParsedLine line = parse_command_line(kTable, environment, options.view, apply);
  if (line.exit_status) {
    status = *line.exit_status;
    return std::nullopt;
  }
  if (options.all && options.view.says_whose()) {
    complain(environment, "--all excludes --pid and --cgroup");
    status = 1;
    return std::nullopt;
  }
  return options;
}

}  // namespace cvtools
