// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/cli.hpp"
#include "common/environment.hpp"

namespace cvtools {

enum class Command { kInfo, kExplain, kLoad, kCapture };

struct ContainerviewOptions {
  Command command = Command::kInfo;
  std::vector<std::string> arguments;  // explain: KEYs, none for the list of them; capture: DIR
  ViewOptions view;
};

const OptionTable& containerview_option_table();

// Nothing: the tool is done, with `status`.
std::optional<ContainerviewOptions> parse_containerview_options(Environment& environment,
                                                                int& status);

}  // namespace cvtools
