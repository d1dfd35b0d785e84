// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/formatted.hpp"
#include "common/shares.hpp"
#include "common/whole_numbers.hpp"
#include "vmstat/cells.hpp"
#include "vmstat/render.hpp"

namespace cvtools {
namespace {

constexpr std::size_t kColumns = 18;
constexpr std::array<std::size_t, kColumns> kWidths = {2, 2, 6, 6, 6, 6, 4, 4, 5,
                                                       5, 4, 4, 2, 2, 2, 2, 2, 2};
constexpr std::array<std::size_t, kColumns> kWideWidths = {4, 4, 12, 12, 12, 12, 4, 4, 5,
                                                           5, 4, 4,  3,  3,  3,  3, 3, 3};

// Cells with a blank between them, each ending where its column does. A number that is too wide
// pushes the following to the right only as far as these leave no room.
std::string line_of(const std::array<std::string, kColumns>& cells, bool wide) {
  const auto& widths = wide ? kWideWidths : kWidths;
  std::string line;
  std::size_t column_end = 0;
  for (std::size_t i = 0; i < kColumns; ++i) {
    if (i > 0) line += ' ';
    column_end += widths[i] + (i > 0 ? 1 : 0);
    const std::size_t end = line.size() + cells[i].size();
    if (end < column_end) line.append(column_end - end, ' ');
    line += cells[i];
  }
  return line;
}

// Cut off since the start, else to the nearest: as procps does.
Cell per_second(const VmstatReport& report, std::uint64_t cv_activity::*member, std::uint64_t bit,
                std::uint64_t unit = 1) {
  const Known known = rate(report, member, bit, unit);
  if (!known.value) return std::nullopt;
  if (report.since_start) return static_cast<std::uint64_t>(*known.value);
  return nearest(*known.value);
}

// us sy id wa st gu. A part that is not told (irq in a container) is 0: it is in the rest.
std::array<Cell, 6> shares(const VmstatReport& report) {
  const containerview::CpuUsage& cpu = report.cpu;
  const bool is_container = report.scope.kind() == CV_KIND_CONTAINER;
  const auto rounded = [](double share) -> Cell { return nearest(share); };
  const auto user = cpu.user_pct();
  const auto system = cpu.system_pct();
  if (!user || !system || !cpu.idle_pct()) {
    // Of a machine that was looked at: two looks within one tick, so nothing has run.
    const bool nothing_ran = !is_container && report.activity.running();
    return nothing_ran ? std::array<Cell, 6>{0, 0, 100, 0, 0, 0} : std::array<Cell, 6>{};
  }
  const double guest = cpu.guest_pct().value_or(0);
  std::array<double, 6> parts = {
      *user + cpu.nice_pct().value_or(0) - guest,
      *system + cpu.irq_pct().value_or(0) + cpu.softirq_pct().value_or(0),
      *cpu.idle_pct(),
      cpu.iowait_pct().value_or(0),
      cpu.steal_pct().value_or(0),
      guest};
  // The classic tool rounds each of a machine's on its own.
  if (is_container) round_shares(parts, 0);
  std::array<Cell, 6> cells;
  std::transform(parts.begin(), parts.end(), cells.begin(), rounded);
  if (!cpu.iowait_pct()) cells[3].reset();
  if (!cpu.steal_pct()) cells[4].reset();
  if (!cpu.guest_pct()) cells[5].reset();
  return cells;
}

class Statistics {
 public:
  explicit Statistics(const VmstatOptions& options) : options_(options) {}

  void line(const Cell& cell, std::string_view what) {
    text_ += formatted("{:>13} {}\n", text_of(cell), what);
  }
  void memory(const std::optional<std::uint64_t>& bytes, std::string_view what) {
    line(scaled(bytes, options_.unit), formatted("{} {}", options_.unit_letter, what));
  }
  void ticks(const std::optional<std::uint64_t>& usec, std::string_view what) {
    constexpr std::uint64_t kTickUsec = 10'000;  // USER_HZ is 100
    line(scaled(usec, kTickUsec), formatted("{} cpu ticks", what));
  }
  std::string take() { return std::move(text_); }

 private:
  const VmstatOptions& options_;
  std::string text_;
};

}  // namespace

std::string vmstat_header(const VmstatOptions& options, const containerview::Scope& scope) {
  std::string text =
      options.wide ? "--procs-- -----------------------memory---------------------- ---swap-- "
                     "-----io---- -system-- ----------cpu----------"
                   : "procs -----------memory---------- ---swap-- -----io---- -system-- "
                     "-------cpu-------";
  if (options.timestamp) text += kStampTitle;
  text += '\n';
  text += line_of({"r", "b", "swpd", "free", options.active ? "inact" : "buff",
                   options.active ? "active" : "cache", "si", "so", "bi", "bo", "in", "cs", "us",
                   "sy", "id", "wa", "st", "gu"},
                  options.wide);
  if (options.timestamp) text += stamp_zone(scope);
  return text + '\n';
}

VmstatText render_vmstat_row(const VmstatReport& report, const VmstatOptions& options) {
  const auto size = [&](const std::optional<std::uint64_t>& bytes) {
    return scaled(bytes, options.unit);
  };
  using Raw = cv_activity;
  constexpr std::uint64_t kKib = 1024;
  const std::array<Cell, 6> cpu = shares(report);
  const std::array<Cell, kColumns> cells = {
      report.activity.running(),
      report.activity.blocked(),
      size(report.swap.used_bytes()),
      size(report.memory.free_bytes()),
      size(options.active ? report.details.inactive_bytes() : report.memory.buffers_bytes()),
      size(options.active ? report.details.active_bytes() : cache_bytes(report)),
      per_second(report, &Raw::swapped_in_bytes, CV_ACTIVITY_SWAPPED_IN, options.unit),
      per_second(report, &Raw::swapped_out_bytes, CV_ACTIVITY_SWAPPED_OUT, options.unit),
      per_second(report, &Raw::paged_in_bytes, CV_ACTIVITY_PAGED_IN, kKib),
      per_second(report, &Raw::paged_out_bytes, CV_ACTIVITY_PAGED_OUT, kKib),
      per_second(report, &Raw::interrupts, CV_ACTIVITY_INTERRUPTS),
      per_second(report, &Raw::context_switches, CV_ACTIVITY_SWITCHES),
      cpu[0],
      cpu[1],
      cpu[2],
      cpu[3],
      cpu[4],
      cpu[5]};
  std::array<std::string, kColumns> texts;
  for (std::size_t i = 0; i < kColumns; ++i) texts[i] = text_of(cells[i]);
  VmstatText out;
  out.complete = cells[3] && cells[5];
  out.text = line_of(texts, options.wide);
  if (options.timestamp) out.text += stamp_time(report.scope);
  out.text += '\n';
  return out;
}

std::string render_vmstat_statistics(const VmstatReport& report,
                                     const containerview::CpuTimes& times,
                                     const VmstatOptions& options) {
  Statistics out(options);
  const containerview::Activity& activity = report.activity;
  out.memory(report.memory.total_bytes(), "total memory");
  out.memory(report.memory.used_bytes(), "used memory");
  out.memory(report.details.active_bytes(), "active memory");
  out.memory(report.details.inactive_bytes(), "inactive memory");
  out.memory(report.memory.free_bytes(), "free memory");
  out.memory(report.memory.buffers_bytes(), "buffer memory");
  out.memory(cache_bytes(report), "swap cache");  // its name, if not its meaning
  out.memory(report.swap.total_bytes(), "total swap");
  out.memory(report.swap.used_bytes(), "used swap");
  out.memory(report.swap.free_bytes(), "free swap");
  out.ticks(times.user_usec(), "non-nice user");
  out.ticks(times.nice_usec(), "nice user");
  out.ticks(times.system_usec(), "system");
  out.ticks(times.idle_usec(), "idle");
  out.ticks(times.iowait_usec(), "IO-wait");
  out.ticks(times.irq_usec(), "IRQ");
  out.ticks(times.softirq_usec(), "softirq");
  out.ticks(times.steal_usec(), "stolen");
  out.ticks(times.guest_usec(), "non-nice guest");
  out.ticks(times.guest_nice_usec(), "nice guest");
  constexpr std::uint64_t kKib = 1024;
  const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  out.line(scaled(activity.paged_in_bytes(), kKib), "K paged in");
  out.line(scaled(activity.paged_out_bytes(), kKib), "K paged out");
  out.line(scaled(activity.swapped_in_bytes(), page_bytes), "pages swapped in");
  out.line(scaled(activity.swapped_out_bytes(), page_bytes), "pages swapped out");
  out.line(activity.allocated_dma_pages(), "pages alloc in dma");
  out.line(activity.allocated_dma32_pages(), "pages alloc in dma32");
  out.line(activity.allocated_high_pages(), "pages alloc in high");
  out.line(activity.allocated_movable_pages(), "pages alloc in movable");
  out.line(activity.allocated_normal_pages(), "pages alloc in normal");
  out.line(activity.freed_pages(), "pages free");
  out.line(activity.interrupts(), "interrupts");
  out.line(activity.context_switches(), "CPU context switches");
  const auto started = activity.started_realtime_sec();
  out.line(started ? Cell(static_cast<std::uint64_t>(*started)) : Cell(), "boot time");
  out.line(activity.forks(), "forks");
  return out.take();
}

std::string render_vmstat_forks(const VmstatReport& report) {
  return formatted("{:>13} forks\n", text_of(report.activity.forks()));
}

}  // namespace cvtools
