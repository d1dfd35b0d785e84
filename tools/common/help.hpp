// SPDX-License-Identifier: Apache-2.0
// --help and --version, made from the option table.
#pragma once

#include <string>
#include <string_view>

#include "common/options.hpp"

namespace cvtools {

// `bundled`: the other tools that the same binary holds, or empty.
std::string help_text(const OptionTable& table, std::string_view name,
                      std::string_view bundled = {});
std::string version_text(const OptionTable& table, std::string_view name);

}  // namespace cvtools
