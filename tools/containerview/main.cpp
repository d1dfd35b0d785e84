// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>

#include "containerview/command.hpp"

int main(int argc, char** argv) {
  cvtools::Output out(STDOUT_FILENO);
  cvtools::Output err(STDERR_FILENO);
  cvtools::Environment environment{
      .args = {argv, static_cast<std::size_t>(argc)},
      .out = out,
      .err = err,
      .out_is_terminal = isatty(STDOUT_FILENO) != 0,
      .scope = std::getenv("CONTAINERVIEW_SCOPE"),
      .cache_used = std::getenv("CONTAINERVIEW_CACHE_USED"),
  };
  return cvtools::run_guarded(environment, cvtools::run_containerview);
}
