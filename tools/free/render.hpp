// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/json.hpp"
#include "free/options.hpp"
#include "free/report.hpp"

namespace cvtools {

struct FreeText {
  std::string text;
  bool complete = true;  // false: at least one cell that is printed is unknown
};

// The table, or the line of -L without its line end.
FreeText render_free_text(const FreeReport& report, const FreeOptions& options);

std::string render_free_json(const FreeReport& report, const FreeOptions& options, JsonStyle style);

}  // namespace cvtools
