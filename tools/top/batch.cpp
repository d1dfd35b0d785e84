// SPDX-License-Identifier: Apache-2.0
// -b and --json: frames to a file, a pipe or a terminal, without keys.
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "common/repeat.hpp"
#include "top/frame.hpp"
#include "top/loops.hpp"
#include "top/render_json.hpp"
#include "top/signals.hpp"

namespace cvtools::top {
namespace {

// Without a terminal, which tells it.
constexpr std::size_t kPlainColumns = 80;

class Batch {
 public:
  Batch(Environment& environment, const TopOptions& options, Fetcher& fetcher, Names& names)
      : environment_(environment),
        options_(options),
        fetcher_(fetcher),
        names_(names),
        plan_(plan_fetch(options.settings, true)) {
    if (!options.view.json) return;
    plan_.limits = true;
    plan_.task_files |= document_files();
  }

  int run() {
    for (std::uint64_t done = 0; !options_.iterations || done < *options_.iterations; ++done) {
      if (done != 0) wait();
      const Sample& sample = fetcher_.fetch(plan_);
      explain(sample);
      const auto arranged = arrange_windows(options_.settings, sample, names_);
      if (options_.view.json)
        print_document(sample, arranged[options_.settings.current].rows);
      else
        print_frame(sample, arranged, done != 0);
      if (!environment_.out.flush()) break;
    }
    return 0;
  }

 private:
  void print_frame(const Sample& sample, const std::array<Arranged, kWindowCount>& arranged,
                   bool blank_before) {
    FrameOptions frame;
    frame.program = "top";
    frame.size.columns = columns();
    if (blank_before) environment_.out.write("\n");
    constexpr std::size_t kAtOnce = 512;  // lines: all of a usual frame
    std::size_t written = 0;
    for (const Line& line : build_frame(options_.settings, sample, arranged, names_, frame).lines) {
      environment_.out.write(line.text);
      environment_.out.write("\n");
      // Of tens of thousands of tasks the text need not be held twice.
      if (++written % kAtOnce == 0 && !environment_.out.flush()) return;
    }
  }

  void print_document(const Sample& sample, const std::vector<Row>& rows) {
    const bool pretty = environment_.out_is_terminal && options_.iterations == 1U;
    environment_.out.write(render_top_json(options_.settings, sample, rows, names_,
                                           pretty ? JsonStyle::kPretty : JsonStyle::kCompact));
  }

  std::size_t columns() const {
    if (options_.width) return *options_.width;
    if (environment_.terminal_columns > 0)
      return static_cast<std::size_t>(environment_.terminal_columns);
    return kPlainColumns;
  }

  // Once, on stderr: the frames stay readable by programs.
  void explain(const Sample& sample) {
    if (explained_ || !sample.restricted) return;
    explained_ = true;
    for (const std::string& problem : fetcher_.problems()) complain(environment_, problem);
  }

  void wait() {
    constexpr std::chrono::microseconds kTick{75'000};
    std::chrono::duration<double> left(options_.settings.delay_seconds);
    while (left.count() > 0) {
      const bool ticks = fetcher_.needs_ticks() && left > kTick;
      const auto pause = ticks ? kTick : std::chrono::ceil<std::chrono::microseconds>(left);
      sleep_for(pause);
      left -= pause;
      if (ticks) fetcher_.tick();
    }
  }

  Environment& environment_;
  const TopOptions& options_;
  Fetcher& fetcher_;
  Names& names_;
  FetchPlan plan_;
  bool explained_ = false;
};

// A terminal that goes away does not end what writes to a file.
void catch_signals() {
  for (const int signal : kEndingSignals) handle_signal(signal, [](int) { _exit(0); });
  handle_signal(SIGHUP, SIG_IGN);
}

}  // namespace

int run_batch(Environment& environment, const TopOptions& options, Fetcher& fetcher, Names& names) {
  catch_signals();
  return Batch(environment, options, fetcher, names).run();
}

}  // namespace cvtools::top
