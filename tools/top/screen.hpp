// SPDX-License-Identifier: Apache-2.0
// The terminal: draws frames and gives keys; knows nothing of tasks. The only file that touches the
// terminal's modes and the process's signals.
#pragma once

#include <memory>
#include <optional>

#include "top/frame.hpp"
#include "top/keys.hpp"

namespace cvtools::top {

struct TerminalFacts {
  bool moves_cursor = true;  // not TERM=dumb: frames are printed one below the other
  int colours = 8;
};
// From TERM and COLORTERM; null: not set. What is not known is taken for one that follows ECMA-48,
// as all of today do.
TerminalFacts terminal_facts(const char* term, const char* colorterm);

class Screen {
 public:
  // On stdin and stdout. From here on until the destructor, signals that end the program restore
  // the terminal. `fallback`: the size, where the terminal does not say.
  static std::unique_ptr<Screen> open(const TerminalFacts& facts, FrameSize fallback);
  virtual ~Screen() = default;

  virtual FrameSize size() const = 0;
  // `line`: what stands on the frame's message line; `cursor`: its column there, none: hidden.
  virtual void draw(const Settings& settings, const Frame& frame, const std::optional<Line>& line,
                    std::optional<std::size_t> cursor) = 0;
  // The next key, or kKeyNone when the time is up. ^Z is dealt with inside: kKeyResize afterwards.
  virtual Key next_key(double timeout_seconds) = 0;
  // The next draw() writes everything.
  virtual void clear() = 0;
};

}  // namespace cvtools::top
