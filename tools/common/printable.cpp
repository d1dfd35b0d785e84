// SPDX-License-Identifier: Apache-2.0
#include "common/printable.hpp"

#include <cstdint>

namespace cvtools {
namespace {

struct Character {
  std::size_t length = 0;  // 0: not UTF-8
  std::uint32_t code = 0;
};

// The well-formed sequence at the front of `text`, which is not empty.
Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {1, first};
  std::size_t length = 0;
  std::uint32_t least = 0;  // shorter forms of the same code are not allowed
  if ((first & 0xE0) == 0xC0) {
    length = 2;
    least = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3;
    least = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    length = 4;
    least = 0x10000;
  }
  if (length == 0 || text.size() < length) return {};
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least || code > 0x10FFFF || surrogate) return {};
  return {length, code};
}

bool is_control(std::uint32_t code) {
  const bool c0 = code < 0x20 || code == 0x7F;
  const bool c1 = code >= 0x80 && code < 0xA0;
  // Marks that turn the direction of what follows: a name could pose as another.
  const bool bidi = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return c0 || c1 || bidi;
}

}  // namespace

std::string printable(std::string_view text, bool keep_lines) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character character = decode(text);
    const std::size_t length = character.length == 0 ? 1 : character.length;
    const bool layout = keep_lines && (character.code == '\n' || character.code == '\t');
    if (character.length == 0 || (is_control(character.code) && !layout)) {
      result += '?';
    } else {
      result += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace cvtools
