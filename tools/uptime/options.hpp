// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/cli.hpp"
#include "common/environment.hpp"

namespace cvtools {

enum class UptimeFormat { kClassic, kPretty, kRaw, kSince };

struct UptimeOptions {
  UptimeFormat format = UptimeFormat::kClassic;
  ViewOptions view;
};

const OptionTable& uptime_option_table();

// Nothing: the tool is done, with `status`.
std::optional<UptimeOptions> parse_uptime_options(Environment& environment, int& status);

}  // namespace cvtools
