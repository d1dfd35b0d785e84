// SPDX-License-Identifier: Apache-2.0
#include "common/formatted.hpp"

#include <fmt/format.h>  // with FMT_HEADER_ONLY, see CMakeLists.txt

namespace cvtools {

std::string format_arguments(fmt::string_view format, fmt::format_args arguments) {
  return fmt::vformat(format, arguments);
}

}  // namespace cvtools
