// SPDX-License-Identifier: Apache-2.0
// Editing of one line of input. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/utf8.hpp"
#include "top/keys.hpp"

namespace cvtools::top {

class LineEditor {
 public:
  // `history`: earlier lines, the latest last.
  explicit LineEditor(std::vector<std::string> history) : history_(std::move(history)) {
    recalled_ = history_.size();
  }

  void press(Key key);
  std::string text() const { return to_utf8(text_); }
  std::string text_before_cursor() const { return to_utf8(text_.substr(0, cursor_)); }

 private:
  void recall(std::size_t which);

  std::u32string text_;
  std::size_t cursor_ = 0;
  bool overwrite_ = false;
  std::vector<std::string> history_;
  std::size_t recalled_;  // index into history_; its size: the line that is being typed
};

}  // namespace cvtools::top
