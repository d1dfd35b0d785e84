// SPDX-License-Identifier: Apache-2.0
#include "iostat/iostat.hpp"

#include <memory>

#include "common/interval.hpp"
#include "common/size_format.hpp"
#include "common/view.hpp"
#include "iostat/options.hpp"
#include "iostat/render.hpp"
#include "iostat/report.hpp"

namespace cvtools {
namespace {

using containerview::Context;
using containerview::Snapshot;

// io.pressure is read this often within an interval, where %iowait or awaits are shown: see
// CV_SAMPLE_IO_PRESSURE. Not of a container that has next to no CPU time to give away.
constexpr std::chrono::milliseconds kPressurePause(75);
constexpr double kLeastCpusForPressure = 0.05;

// The views that samples are taken from, one after the other: one for ever, or a list of trees.
class Samples {
 public:
  Samples(const containerview::Options& where, const IostatOptions& options)
      : what_(iostat_sample(options)) {
    std::vector<std::string> roots = options.sysroots;
    if (roots.empty()) roots.emplace_back();
    for (const std::string& root : roots) {
      containerview::Options one = where;
      one.sysroot = root;
      one.disks = options.given_disks;
      one.disk_names = options.persistent_names;
      if (options.given_only) one.flags |= CV_OPEN_GIVEN_DISKS_ONLY;
      contexts_.emplace_back(one);
    }
  }

  bool is_list() const { return contexts_.size() > 1; }
  bool exhausted() const { return is_list() && next_ == contexts_.size(); }
  Snapshot take() {
    Context& context = contexts_[std::min(next_, contexts_.size() - 1)];
    ++next_;
    return context.sample(what_);
  }
  void read_pressure() { (void)contexts_.front().sample(CV_SAMPLE_IO_PRESSURE); }
  bool wants_pressure() const { return (what_ & CV_SAMPLE_IO_PRESSURE) != 0; }

 private:
  std::uint32_t what_;
  std::vector<Context> contexts_;
  std::size_t next_ = 0;
};

class Reporter {
 public:
  Reporter(Environment& environment, const IostatOptions& options)
      : environment_(environment), options_(options) {
    style_.palette =
        make_palette(environment.colors, environment.color_codes, environment.out_is_terminal);
    if (!environment.plain_locale) style_.radix = locale_radix();
  }

  void begin(const Snapshot& first) {
    if (options_.view.json) return;
    if (options_.sysstat_json)
      environment_.out.write(sysstat_json_begin(first, options_));
    else
      environment_.out.write(render_banner(first, options_) + "\n");
  }

  // The report since the start is left out: the classic tool still ends it.
  void skip() {
    if (!options_.view.json) environment_.out.write("\n");
  }

  void report(const Snapshot* before, const Snapshot& now) {
    const IostatReport figures = make_iostat_report(options_, before, now);
    if (options_.view.json) {
      const bool pretty = environment_.out_is_terminal && !options_.interval;
      environment_.out.write(
          render_iostat_json(figures, pretty ? JsonStyle::kPretty : JsonStyle::kCompact));
    } else if (options_.sysstat_json) {
      environment_.out.write((any_ ? ",\n" : "\n") + sysstat_json_report(figures, options_));
    } else {
      const IostatText text = render_iostat_text(figures, options_, style_);
      explain(figures, text.complete, now);
      environment_.out.write(text.text + "\n");
    }
    any_ = true;
  }

  void end() {
    if (options_.sysstat_json && !options_.view.json) environment_.out.write(sysstat_json_end());
  }

 private:
  // Once: why cells are unknown, and whose sum the sum is.
  void explain(const IostatReport& figures, bool complete, const Snapshot& now) {
    if (explained_) return;
    for (const DiskRow& row : figures.disks) {
      if (row.disk.source() != CV_DISK_SOURCE_PROCESSES) continue;
      complain(environment_,
               "this kernel does not count all of the container's disk I/O by device: total is the "
               "sum of /proc/PID/io");
      explained_ = true;
    }
    if (!complete && now.problem_count() != 0) {
      complain_problems(environment_, now);
      explained_ = true;
    }
  }

  Environment& environment_;
  const IostatOptions& options_;
  TextStyle style_;
  bool any_ = false;
  bool explained_ = false;
};

// Waits until the next sample is due. False: a signal has come.
bool wait(Samples& samples, Interval& interval, const Snapshot& now) {
  const auto cpus = now.cpu_capacity().effective_cpus();
  const bool sub_sample = samples.wants_pressure() && cpus && *cpus >= kLeastCpusForPressure &&
                          now.scope().kind() == CV_KIND_CONTAINER;
  return interval.wait(sub_sample ? kPressurePause : kPressurePause.zero(),
                       [&] { samples.read_pressure(); });
}

// sysstat's: what it can not do without is missing, and the output could not be written.
constexpr int kNoCounters = 2;
constexpr int kNoOutput = 6;

bool lacks_counters(const Snapshot& now) {
  return now.scope().kind() == CV_KIND_HOST && !now.cpu_usage_since(nullptr).user_pct();
}

// Gives the exit status.
int run_reports(Environment& environment, const IostatOptions& options, Samples& samples) {
  Reporter reporter(environment, options);
  // Signals end the wait only where there is one, or a document to close.
  std::optional<Interval> interval;
  if (options.interval && !samples.is_list())
    interval.emplace(*options.interval, Interval::Signals::kEndTheWait);
  std::unique_ptr<Snapshot> before;
  auto now = std::make_unique<Snapshot>(samples.take());
  if (!options.view.json && lacks_counters(*now)) {
    complain(environment, "cannot read /proc/stat");
    complain_problems(environment, *now);
    return kNoCounters;
  }
  reporter.begin(*now);
  long done = 0;
  for (bool first = true;; first = false) {
    if (first && options.omit_first && options.interval) {
      reporter.skip();
    } else {
      reporter.report(before.get(), *now);
      ++done;
    }
    if (!environment.out.flush()) return 0;  // finish() tells why
    const bool is_last = !options.interval || (options.count && done >= *options.count);
    if (is_last || samples.exhausted()) break;
    if (interval && !wait(samples, *interval, *now)) break;
    before = std::move(now);
    now = std::make_unique<Snapshot>(samples.take());
  }
  reporter.end();
  return 0;
}

}  // namespace

int run_iostat(Environment& environment) {
  int status = 0;
  const std::optional<IostatOptions> options = parse_iostat_options(environment, status);
  if (!options) return status;
  const std::optional<containerview::Options> where = context_options(options->view, environment);
  if (!where) return 1;
  Samples samples(*where, *options);
  environment.write_error_status = kNoOutput;
  return run_reports(environment, *options, samples);
}

}  // namespace cvtools
