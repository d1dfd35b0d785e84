// SPDX-License-Identifier: Apache-2.0
// The window at the bottom: more about the task in the first row, or the last messages.
#pragma once

#include <string>
#include <vector>

#include "top/frame.hpp"
#include "top/keys.hpp"

namespace cvtools::top {

class BottomWindow {
 public:
  // The key that opened it closes it.
  void toggle(Key key, std::string title, std::string text);
  void close() { key_ = kKeyNone; }
  bool is_open() const { return key_ != kKeyNone; }
  bool shows(Key key) const { return key_ == key; }
  // Further down, and from the end back to the beginning.
  void turn_page();

  // What of it fits: a third of the screen at most.
  std::vector<Line> lines(FrameSize size) const;

 private:
  Key key_ = kKeyNone;
  std::string title_, text_;
  std::size_t page_ = 0;
};

// `text` in pieces of at most `columns`.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

}  // namespace cvtools::top
