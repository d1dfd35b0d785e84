// SPDX-License-Identifier: Apache-2.0
// Takes a command line apart as getopt_long(3) does.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/options.hpp"

namespace cvtools {

struct Arguments {
  struct Item {
    const OptionSpec* option;
    std::string_view value;  // empty for a flag
  };
  std::vector<Item> items;  // in the order given, up to the first error
  std::vector<std::string_view> operands;
  std::string error;  // getopt's sentence without the program's name; empty: none
};

// `args` are those after the program's name.
Arguments scan_arguments(const OptionTable& table, std::span<const char* const> args);

}  // namespace cvtools
