// SPDX-License-Identifier: Apache-2.0
#include "top/prompt.hpp"

namespace cvtools::top {

void LineEditor::recall(std::size_t which) {
  recalled_ = which;
  text_ = which < history_.size() ? from_utf8(history_[which]) : std::u32string();
  cursor_ = text_.size();
}

void LineEditor::press(Key key) {
  switch (key) {
    case kKeyLeft:
      cursor_ -= cursor_ > 0 ? 1 : 0;
      return;
    case kKeyRight:
      cursor_ += cursor_ < text_.size() ? 1 : 0;
      return;
    case kKeyHome:
      cursor_ = 0;
      return;
    case kKeyEnd:
      cursor_ = text_.size();
      return;
    case kKeyInsert:
      overwrite_ = !overwrite_;
      return;
    case kKeyDelete:
      if (cursor_ < text_.size()) text_.erase(cursor_, 1);
      return;
    case kKeyBackspace:
      if (cursor_ > 0) text_.erase(--cursor_, 1);
      return;
    case kKeyUp:
      if (recalled_ > 0) recall(recalled_ - 1);
      return;
    case kKeyDown:
      if (recalled_ < history_.size()) recall(recalled_ + 1);
      return;
    default:
      break;
  }
  // Control characters, C1 and what is no character would garble the line.
  if (key < 0x20 || (key >= 0x7F && key < 0xA0) || key > 0x10FFFF) return;
  if (overwrite_ && cursor_ < text_.size()) {
    text_[cursor_] = key;
  } else {
    text_.insert(cursor_, 1, key);
  }
  ++cursor_;
}

}  // namespace cvtools::top
