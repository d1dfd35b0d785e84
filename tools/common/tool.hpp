// SPDX-License-Identifier: Apache-2.0
// A tool as those see it that hold it: its own executable, the multi-call binary, the shell
// completions.
#pragma once

#include "common/environment.hpp"
#include "common/options.hpp"

namespace cvtools {

struct Tool {
  const OptionTable& (*options)();
  int (*run)(Environment&);  // gives the exit status

  const char* name() const { return options().tool; }
};

// What main() of an executable does: fills in the environment, runs the tool, gives the exit
// status.
int tool_main(int argc, char** argv, int (*run)(Environment&));

}  // namespace cvtools
