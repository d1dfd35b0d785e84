// SPDX-License-Identifier: Apache-2.0
#include "common/utf8.hpp"

#include <cstdint>

namespace cvtools {

std::size_t utf8_length(unsigned char first) {
  if (first < 0xC0 || first >= 0xF8) return 1;
  return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
}

Utf8Character decode_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {1, first};
  const std::size_t length = utf8_length(first);
  if (length == 1 || text.size() < length) return {};
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  // Shorter forms of the same code are not allowed.
  const std::uint32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least || code > 0x10FFFF || surrogate) return {};
  return {length, code};
}

std::string to_utf8(std::u32string_view text) {
  std::string result;
  for (const char32_t c : text) {
    const auto tail = [&](int shift) { result += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
      result += static_cast<char>(c);
    } else if (c < 0x800) {
      result += static_cast<char>(0xC0 | (c >> 6));
      tail(0);
    } else if (c < 0x10000) {
      result += static_cast<char>(0xE0 | (c >> 12));
      tail(6), tail(0);
    } else {
      result += static_cast<char>(0xF0 | (c >> 18));
      tail(12), tail(6), tail(0);
    }
  }
  return result;
}

std::u32string from_utf8(std::string_view text) {
  std::u32string result;
  while (!text.empty()) {
    const Utf8Character character = decode_utf8(text);
    if (character.length != 0) result += character.code;
    text.remove_prefix(character.length == 0 ? 1 : character.length);
  }
  return result;
}

}  // namespace cvtools
