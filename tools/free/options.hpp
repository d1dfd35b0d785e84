// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/cli.hpp"
#include "common/environment.hpp"
#include "common/repeat.hpp"
#include "common/size_format.hpp"

namespace cvtools {

struct FreeOptions {
  SizeFormat size;
  bool low_high = false;
  bool line = false;  // one line; the options for other rows are then without effect
  bool total = false;
  bool committed = false;
  bool wide = false;
  Repeat repeat;
  ViewOptions view;
};

const OptionTable& free_option_table();

// Nothing: the tool is done, with `status`.
std::optional<FreeOptions> parse_free_options(Environment& environment, int& status);

}  // namespace cvtools
