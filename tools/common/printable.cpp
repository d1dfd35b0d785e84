// SPDX-License-Identifier: Apache-2.0
#include "common/printable.hpp"

#include "common/utf8.hpp"

namespace cvtools {
namespace {

bool is_control(char32_t code) {
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
    const Utf8Character character = decode_utf8(text);
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
