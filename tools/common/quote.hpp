// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace cvtools {

// `text` in the quotes of coreutils' messages: ‘text’ where the user's locale has them, else
// 'text'.
std::string quoted(std::string_view text);

}  // namespace cvtools
