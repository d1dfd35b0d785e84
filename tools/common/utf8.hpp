// SPDX-License-Identifier: Apache-2.0
// UTF-8, whatever the locale. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cvtools {

struct Utf8Character {
  std::size_t length = 0;  // in bytes; 0: not UTF-8
  char32_t code = 0;
};

// How long a sequence is that begins with this byte; 1 also for a byte that begins none.
std::size_t utf8_length(unsigned char first);

// The well-formed sequence at the front of `text`, which is not empty.
Utf8Character decode_utf8(std::string_view text);

std::string to_utf8(std::u32string_view text);
std::u32string from_utf8(std::string_view text);  // of well-formed text

}  // namespace cvtools
