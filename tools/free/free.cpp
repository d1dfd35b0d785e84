// SPDX-License-Identifier: Apache-2.0
#include "free/free.hpp"

#include "common/view.hpp"
#include "free/options.hpp"
#include "free/render.hpp"
#include "free/report.hpp"

namespace cvtools {
namespace {

class Reporter {
 public:
  Reporter(Environment& environment, const FreeOptions& options)
      : environment_(environment), options_(options) {}

  void report(const containerview::Snapshot& snapshot, bool is_last) {
    const FreeReport figures = make_free_report(snapshot);
    if (options_.view.json) {
      const bool pretty = environment_.out_is_terminal && !options_.repeat.repeats();
      environment_.out.write(
          render_free_json(figures, options_, pretty ? JsonStyle::kPretty : JsonStyle::kCompact));
      return;
    }
    const FreeText table = render_free_text(figures, options_);
    // A cell without a figure, or the machine's in a container: say once what stood in the way.
    const bool doubtful =
        !table.complete || figures.memory.quality(CV_MEMORY_TOTAL) == containerview::Quality::kHost;
    if (doubtful && !explained_) complain_problems(environment_, snapshot);
    explained_ = explained_ || doubtful;
    environment_.out.write(table.text);
    // procps ends a table with a blank line and the line of -L with a line end, but between two
    // reports only; the last line of -L is ended as well.
    if (!is_last || options_.line) environment_.out.write("\n");
  }

 private:
  Environment& environment_;
  const FreeOptions& options_;
  bool explained_ = false;
};

}  // namespace

int run_free(Environment& environment) {
  int status = 0;
  std::optional<FreeOptions> options = parse_free_options(environment, status);
  if (!options) return status;
  const std::optional<containerview::Options> where = context_options(options->view, environment);
  if (!where) return 1;
  if (options->size.human) options->size.radix = locale_radix();
  containerview::Context context(*where);
  Reporter reporter(environment, *options);
  run_repeatedly(options->repeat, environment.out,
                 [&](bool is_last) { reporter.report(context.sample(kFreeSample), is_last); });
  return 0;
}

}  // namespace cvtools
