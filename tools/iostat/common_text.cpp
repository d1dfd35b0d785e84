// SPDX-License-Identifier: Apache-2.0
// What the text and sysstat's JSON have in common.

#include <algorithm>
#include <clocale>
#include <ctime>

#include "common/formatted.hpp"
#include "common/shares.hpp"
#include "common/whole_numbers.hpp"
#include "iostat/render.hpp"

namespace cvtools {
namespace {

// In the user's language, as the classic tool. Not by newlocale(): see locale_text().
std::string local_time(const containerview::Scope& scope, const char* format, bool plain) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(scope.time()).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[128];
  if (!plain) setlocale(LC_TIME, "");
  const std::size_t size = std::strftime(text, sizeof text, format, &local);
  if (!plain) setlocale(LC_TIME, "C");
  return {text, size};
}

}  // namespace

std::string date_text(const containerview::Scope& scope, const IostatOptions& options) {
  return local_time(scope, options.iso_time ? "%Y-%m-%d" : "%x", options.plain_locale);
}

std::string timestamp_text(const containerview::Scope& scope, const IostatOptions& options) {
  if (options.epoch) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(scope.time());
    return formatted("{}", seconds.time_since_epoch().count());
  }
  return local_time(scope, options.iso_time ? "%FT%T%z" : "%x %X", options.plain_locale);
}

// Of a container: those that stand for 100 %, in whole ones.
std::uint64_t banner_cpus(const containerview::Snapshot& snapshot) {
  if (snapshot.scope().kind() == CV_KIND_CONTAINER) {
    if (const auto cpus = snapshot.cpu_capacity().effective_cpus())
      return std::max<std::uint64_t>(1, whole_up(*cpus));
  }
  return snapshot.machine().cpus().value_or(0);
}

std::array<AvgCpuCell, 6> avg_cpu(const IostatReport& report, int decimals) {
  const containerview::CpuUsage& cpu = report.cpu;
  // Interrupts are system time here; they are not told of a container.
  auto system = cpu.system_pct();
  for (const auto part : {cpu.irq_pct(), cpu.softirq_pct()})
    if (system && part) *system += *part;
  std::array cells{AvgCpuCell{"user", cpu.user_pct()},   AvgCpuCell{"nice", cpu.nice_pct()},
                   AvgCpuCell{"system", system},         AvgCpuCell{"iowait", cpu.iowait_pct()},
                   AvgCpuCell{"steal", cpu.steal_pct()}, AvgCpuCell{"idle", cpu.idle_pct()}};
  // The classic tool rounds each of a machine's on its own.
  if (report.scope.kind() != CV_KIND_CONTAINER) {
    // Two looks within one tick tell nothing: zeros there, as in its output.
    for (AvgCpuCell& cell : cells) cell.pct = cell.pct.value_or(0);
    return cells;
  }
  std::array<double, cells.size()> shares{};
  for (std::size_t i = 0; i < cells.size(); ++i) shares[i] = cells[i].pct.value_or(0);
  round_shares(shares, decimals);
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i].pct) cells[i].pct = shares[i];
  return cells;
}

}  // namespace cvtools
