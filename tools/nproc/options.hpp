// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "common/cli.hpp"
#include "common/environment.hpp"

namespace cvtools {

enum class Rounding { kHalfUp, kCeil, kFloor };

struct NprocOptions {
  bool all = false;          // the CPUs that the machine can have
  std::uint64_t ignore = 0;  // how many to leave out
  bool fraction = false;     // print them unrounded
  Rounding rounding = Rounding::kHalfUp;
  ViewOptions view;
};

// As --round takes it.
const char* to_string(Rounding rounding);

const OptionTable& nproc_option_table();

// Nothing: the tool is done, with `status`.
std::optional<NprocOptions> parse_nproc_options(Environment& environment, int& status);

}  // namespace cvtools
