// SPDX-License-Identifier: Apache-2.0
#include "containerview/command.hpp"

#include "common/view.hpp"
#include "containerview/capture.hpp"
#include "containerview/explain.hpp"
#include "containerview/info.hpp"
#include "containerview/load.hpp"
#include "containerview/options.hpp"

namespace cvtools {

int run_containerview(Environment& environment) {
  int status = 0;
  const std::optional<ContainerviewOptions> options =
      parse_containerview_options(environment, status);
  if (!options) return status;
  const std::optional<containerview::Options> where = context_options(options->view, environment);
  if (!where) return 1;
  switch (options->command) {
    case Command::kInfo:
      return run_info(environment, *where, options->view.json);
    case Command::kExplain:
      return run_explain(environment, *where, options->arguments, options->view.json);
    case Command::kLoad:
      return run_load(environment, *where, options->view.json);
    case Command::kCapture:
      return run_capture(environment, *where, options->arguments.front());
  }
  return 1;
}

}  // namespace cvtools
