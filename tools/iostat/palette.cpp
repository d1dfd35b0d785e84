// SPDX-License-Identifier: Apache-2.0
#include "iostat/palette.hpp"

#include <algorithm>

namespace cvtools {
namespace {

// Only what can be a colour: the variable must not put anything else on the terminal.
bool is_code(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789;") == std::string_view::npos;
}

}  // namespace

std::string Palette::paint(std::string_view text, const std::string& code) const {
  if (!on) return std::string(text);
  return std::string("\x1b[").append(code).append("m").append(text).append("\x1b[0m");
}

Palette make_palette(const char* colors, const char* codes, bool is_terminal) {
  Palette palette;
  const std::string_view when = colors == nullptr ? "auto" : colors;
  palette.on = when == "always" || (when != "never" && is_terminal);
  std::string_view rest = codes == nullptr ? "" : codes;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    if (entry.size() < 3 || entry[1] != '=' || !is_code(entry.substr(2))) continue;
    std::string* code = nullptr;
    switch (entry[0]) {
      case 'I':
        code = &palette.item;
        break;
      case 'N':
        code = &palette.number;
        break;
      case 'Z':
        code = &palette.zero;
        break;
      case 'M':  // what W was called
      case 'W':
        code = &palette.warning;
        break;
      case 'H':  // what X was called
      case 'X':
        code = &palette.alarm;
        break;
      default:
        continue;
    }
    *code = entry.substr(2);
  }
  return palette;
}

}  // namespace cvtools
