// SPDX-License-Identifier: Apache-2.0
// Keys as the model sees them, and what the model asks of the world in answer.
#pragma once

#include <cstdint>
#include <variant>

namespace cvtools::top {

// A Unicode character (control characters included: 1 is ^A), or one of Special.
using Key = char32_t;

// Beyond Unicode.
enum Special : char32_t {
  kKeyUp = 0x110000,
  kKeyDown,
  kKeyLeft,
  kKeyRight,
  kKeyHome,
  kKeyEnd,
  kKeyPageUp,
  kKeyPageDown,
  kKeyInsert,
  kKeyDelete,
  kKeyBackspace,
  kKeyEnter,
  kKeyEscape,
  kKeyUnknown,  // a sequence that means nothing here
  kKeyResize,   // the terminal has another size, or has to be drawn anew
  kKeyClosed,   // there is no terminal any more
  kKeyNone,     // the time is up
};

constexpr Key ctrl(char letter) { return static_cast<Key>(letter & 0x1F); }

// What the model wants done. It does nothing itself: so a sequence of keys can be tested.
struct QuitEffect {};
struct RefreshEffect {};  // fetch anew, now
struct ClearEffect {};    // draw the whole screen anew
struct KillEffect {
  std::int32_t pid;
  int signal;
};
struct ReniceEffect {
  std::int32_t pid;
  int nice;
};
struct WriteRcEffect {};
using Effect =
    std::variant<QuitEffect, RefreshEffect, ClearEffect, KillEffect, ReniceEffect, WriteRcEffect>;

}  // namespace cvtools::top
