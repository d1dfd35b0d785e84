// SPDX-License-Identifier: Apache-2.0
#include "common/tool.hpp"
#include "uptime/uptime.hpp"

int main(int argc, char** argv) { return cvtools::tool_main(argc, argv, cvtools::run_uptime); }
