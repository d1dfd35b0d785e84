// SPDX-License-Identifier: Apache-2.0
#include "vmstat/vmstat.hpp"

#include <algorithm>

#include "common/formatted.hpp"
#include "common/interval.hpp"
#include "common/view.hpp"
#include "vmstat/options.hpp"
#include "vmstat/render.hpp"
#include "vmstat/report.hpp"

namespace cvtools {
namespace {

// Lines between two headers.
std::size_t page_height(const Environment& environment) {
  constexpr int kRows = 24;           // where there is no terminal
  constexpr int kOwnLines = 3;        // the header, and the line that scrolls it away
  constexpr std::size_t kLeast = 22;  // of a terminal that has no room for these
  const int rows = environment.terminal_rows > 0 ? environment.terminal_rows : kRows;
  return rows > kOwnLines ? static_cast<std::size_t>(rows - kOwnLines) : kLeast;
}

class Vmstat {
 public:
  Vmstat(Environment& environment, const VmstatOptions& options, containerview::Context& context)
      : environment_(environment),
        options_(options),
        context_(context),
        what_(vmstat_sample(options)),
        length_(options.delay),
        height_(page_height(environment)) {}

  // Each gives the exit status.
  int run() {
    if (options_.view.json) return run_table();
    switch (options_.mode) {
      case VmstatMode::kTable:
        return run_table();
      case VmstatMode::kForks:
      case VmstatMode::kStatistics:
      case VmstatMode::kDiskSum:
        return run_once();
      case VmstatMode::kDisks:
      case VmstatMode::kPartition:
      case VmstatMode::kSlabs:
        break;
    }
    return run_listing();
  }

 private:
  // Rows of averages: since the start, then of intervals.
  int run_table() {
    containerview::Snapshot last = context_.sample(what_);
    if (!is_complete(last)) return 1;
    header(last);
    if (!options_.skip_first) report(nullptr, last);
    const std::int64_t count = options_.count + (options_.skip_first ? 1 : 0);
    if (!options_.endless && count <= 1) return 0;
    Interval interval(length_, Interval::Signals::kEndTheProgram);
    for (std::int64_t i = 1; options_.endless || i < count; ++i) {
      if (!environment_.out.flush()) return 0;
      wait(interval, last.scope().kind() == CV_KIND_CONTAINER);
      if (!options_.one_header && static_cast<std::size_t>(i) % height_ == 0) header(last);
      containerview::Snapshot now = context_.sample(what_);
      report(&last, now);
      last = std::move(now);
    }
    return 0;
  }

  int run_once() {
    const containerview::Snapshot now = context_.sample(what_);
    const VmstatReport figures = make_vmstat_report(nullptr, now);
    if (options_.mode == VmstatMode::kForks)
      environment_.out.write(render_vmstat_forks(figures));
    else if (options_.mode == VmstatMode::kStatistics)
      environment_.out.write(render_vmstat_statistics(figures, now.cpu_times(), options_));
    else
      environment_.out.write(render_disk_sum(vmstat_disks(now), figures));
    return 0;
  }

  // Lists of totals, again and again.
  int run_listing() {
    std::optional<Interval> interval;
    for (std::int64_t i = 0; options_.endless || i < options_.count; ++i) {
      if (i == 1) interval.emplace(length_, Interval::Signals::kEndTheProgram);
      if (i > 0) wait(*interval, false);
      const containerview::Snapshot now = context_.sample(what_);
      if (!is_complete(now)) return 1;
      list(now, i == 0);
      if (!environment_.out.flush()) return 0;
    }
    return 0;
  }

  void list(const containerview::Snapshot& now, bool first) {
    if (options_.mode == VmstatMode::kPartition) {
      if (first) environment_.out.write(partition_header(options_.partition));
      environment_.out.write(render_partition(*disk_named(vmstat_disks(now))));
      return;
    }
    const bool slabs = options_.mode == VmstatMode::kSlabs;
    const auto heading = [&] {
      environment_.out.write(slabs ? slabs_header() : disks_header(options_, now.scope()));
    };
    if (first && options_.one_header) heading();
    std::size_t row = 0;
    const auto before_row = [&] {
      if (!options_.one_header && row % height_ == 0) heading();
    };
    if (slabs) {
      for (const cv_slab& slab : vmstat_slabs(now)) {
        before_row();
        environment_.out.write(render_slab(slab));
        ++row;
      }
      return;
    }
    for (const VmstatDisk& disk : vmstat_disks(now)) {
      if (!disk.is_partition) {
        before_row();
        environment_.out.write(render_disk(disk, options_, now.scope()));
      }
      ++row;  // partitions are not shown, but counted
    }
  }

  std::optional<VmstatDisk> disk_named(const std::vector<VmstatDisk>& disks) const {
    const auto at = std::find_if(disks.begin(), disks.end(), [&](const VmstatDisk& disk) {
      return disk.name == options_.partition;
    });
    return at == disks.end() ? std::nullopt : std::optional(*at);
  }

  // Whether there is what the mode is to show; else it has been said that there is not.
  bool is_complete(const containerview::Snapshot& now) {
    if (options_.mode == VmstatMode::kPartition && !disk_named(vmstat_disks(now))) {
      complain(environment_, formatted("Disk/Partition {} not found", options_.partition));
      return false;
    }
    if (options_.mode == VmstatMode::kSlabs && now.slab_count() == 0) {
      complain_problems(environment_, now);
      return false;
    }
    return true;
  }

  void header(const containerview::Snapshot& snapshot) {
    if (!options_.view.json) environment_.out.write(vmstat_header(options_, snapshot.scope()));
  }

  // Of the waiting for I/O the kernel tells all only to who looks often.
  void wait(Interval& interval, bool looks) {
    constexpr std::chrono::milliseconds kLook(75);
    (void)interval.wait(looks ? kLook : kLook.zero(),
                        [&] { (void)context_.sample(CV_SAMPLE_IO_PRESSURE); });
  }

  void report(const containerview::Snapshot* begin, const containerview::Snapshot& end) {
    const VmstatReport figures = make_vmstat_report(begin, end);
    if (options_.view.json) {
      const bool pretty = environment_.out_is_terminal && !options_.endless && options_.count <= 1;
      environment_.out.write(render_vmstat_json(figures, end, options_,
                                                pretty ? JsonStyle::kPretty : JsonStyle::kCompact));
      return;
    }
    const VmstatText row = render_vmstat_row(figures, options_);
    if (!row.complete && !explained_) complain_problems(environment_, end);
    explained_ = explained_ || !row.complete;
    environment_.out.write(row.text);
  }

  Environment& environment_;
  const VmstatOptions& options_;
  containerview::Context& context_;
  std::uint32_t what_;
  std::chrono::seconds length_;  // of an interval
  std::size_t height_;
  bool explained_ = false;
};

}  // namespace

int run_vmstat(Environment& environment) {
  int status = 0;
  const std::optional<VmstatOptions> options = parse_vmstat_options(environment, status);
  if (!options) return status;
  const std::optional<containerview::Options> where = context_options(options->view, environment);
  if (!where) return 1;
  containerview::Context context(*where);
  return Vmstat(environment, *options, context).run();
}

}  // namespace cvtools
