// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string>

namespace cvtools {

std::string format_arguments(fmt::string_view format, fmt::format_args arguments);

// fmt::format, whose implementation is compiled in formatted.cpp alone: in every file that formats
// something it took two thirds of the time to compile the tools. As a shared library it would cost
// start-up time.
template <typename... Arguments>
std::string formatted(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  return format_arguments(format, fmt::make_format_args(arguments...));
}

}  // namespace cvtools
