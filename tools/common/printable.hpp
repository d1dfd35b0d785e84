// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace cvtools {

// `text` safe for a terminal: cgroup names, kernel files and paths are other people's words, and
// may hold escape sequences. Control characters and what is not UTF-8 become '?'; line ends and
// tabs stay if `keep_lines`.
std::string printable(std::string_view text, bool keep_lines = false);

}  // namespace cvtools
