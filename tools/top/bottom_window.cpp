// SPDX-License-Identifier: Apache-2.0
#include "top/bottom_window.hpp"

#include <algorithm>

#include "common/utf8.hpp"
#include "top/format.hpp"

namespace cvtools::top {

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> pieces(1);
  std::size_t width = 0;
  for (const char32_t c : from_utf8(text)) {
    const std::string character = to_utf8({&c, 1});
    const std::size_t wide = display_width(character);
    if (width + wide > columns && !pieces.back().empty()) {
      pieces.emplace_back();
      width = 0;
    }
    pieces.back() += character;
    width += wide;
  }
  return pieces;
}

void BottomWindow::toggle(Key key, std::string title, std::string text) {
  key_ = key_ == key ? Key{kKeyNone} : key;
  title_ = std::move(title);
  text_ = std::move(text);
  page_ = 0;
}

void BottomWindow::turn_page() { ++page_; }

std::vector<Line> BottomWindow::lines(FrameSize size) const {
  // The summary, the header and a task shall be left.
  if (!is_open() || size.rows < 8) return {};
  const std::vector<std::string> pieces = wrap(text_, std::max<std::size_t>(size.columns, 2));
  const std::size_t room = std::max<std::size_t>(size.rows / 3, 2) - 1;
  const std::size_t pages = (pieces.size() + room - 1) / room;
  const std::size_t page = page_ % pages;
  std::vector<Line> result(1);
  result[0].text = title_;
  if (pages > 1) {
    result[0].text += " (" + std::to_string(page + 1) + "/" + std::to_string(pages) + ", Tab)";
  }
  result[0].ink = Ink::kHeader;
  for (std::size_t i = page * room; i < std::min(pieces.size(), (page + 1) * room); ++i) {
    result.emplace_back().text = pieces[i];
  }
  return result;
}

}  // namespace cvtools::top
