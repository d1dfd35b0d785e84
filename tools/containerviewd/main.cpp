// SPDX-License-Identifier: Apache-2.0
#include "common/tool.hpp"
#include "containerviewd/daemon.hpp"

int main(int argc, char** argv) {
  return cvtools::tool_main(argc, argv, cvtools::run_containerviewd);
}
