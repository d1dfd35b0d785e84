// SPDX-License-Identifier: Apache-2.0
#include "top/top.hpp"

#include <locale.h>
#include <sys/resource.h>

#include "common/view.hpp"
#include "top/loops.hpp"
#include "top/options.hpp"

namespace cvtools {
namespace {

// The library holds files of tasks open as far as it may. The lower limit is for programs that use
// select(2) or have children; this one does not.
void allow_open_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int run_top(Environment& environment) {
  int status = 0;
  std::optional<top::TopOptions> options = parse_top_options(environment, status);
  if (!options) return status;
  const std::optional<containerview::Options> where = context_options(options->view, environment);
  if (!where) return 1;
  allow_open_files();
  // How wide a character is (wcwidth); what is written is UTF-8 wherever this runs.
  (void)setlocale(LC_CTYPE, "C.UTF-8");
  top::FetchOptions fetch;
  fetch.pids = options->pids;
  fetch.all = options->all_tasks;
  fetch.hide_kernel_tasks = environment.hide_kernel_tasks;
  top::Fetcher fetcher(*where, std::move(fetch));
  top::Names names(top::system_names());
  const bool batch = options->batch || options->view.json;
  if (batch) {
    // Parsers of classic batch output do not know our line.
    options->settings.show_limits = options->limits;
    if (!options->batch && !options->iterations) options->iterations = 1;
    return run_batch(environment, *options, fetcher, names);
  }
  if (!options->settings.limits_chosen) options->settings.show_limits = fetcher.in_container();
  return run_interactive(environment, *options, fetcher, names);
}

}  // namespace cvtools
