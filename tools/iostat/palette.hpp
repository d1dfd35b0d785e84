// SPDX-License-Identifier: Apache-2.0
// Colours of the cells: S_COLORS, S_COLORS_SGR.
#pragma once

#include <string>
#include <string_view>

namespace cvtools {

struct Palette {
  bool on = false;
  std::string item = "32;22";  // names
  std::string number = "34;1";
  std::string zero = "34;22";
  std::string warning = "35;1";  // a per cent that is near its bad end
  std::string alarm = "31;1";    // ... at it

  // `text` in that colour, or as it is.
  std::string paint(std::string_view text, const std::string& code) const;
};

// `colors` is never, always or auto (also where it is null: on a terminal only), `codes` a list as
// "I=32;22:Z=34;22".
Palette make_palette(const char* colors, const char* codes, bool is_terminal);

}  // namespace cvtools
