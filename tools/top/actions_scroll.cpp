// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "top/actions.hpp"
#include "top/fields.hpp"

namespace cvtools::top {
namespace {

constexpr std::size_t kCommandStep = 8;  // characters

// The last row can be brought to the top, so that keys can mean it.
void scroll_to(Turn& turn, std::size_t row) {
  const std::size_t count = turn.shown.row_count();
  turn.window().first_row = count == 0 ? 0 : std::min(row, count - 1);
}

std::vector<FieldId> shown_fields(const Window& window) {
  std::vector<FieldId> shown;
  for (const FieldChoice& choice : window.fields) {
    if (choice.shown) shown.push_back(choice.id);
  }
  return shown;
}

std::size_t at_most(std::size_t whole, std::size_t part) { return whole < part ? 0 : whole - part; }

}  // namespace

void scroll_up(Turn& turn) { scroll_to(turn, at_most(turn.window().first_row, 1)); }
void scroll_down(Turn& turn) { scroll_to(turn, turn.window().first_row + 1); }

void page_up(Turn& turn) {
  scroll_to(turn, at_most(turn.window().first_row, turn.shown.page_rows()));
}

void page_down(Turn& turn) { scroll_to(turn, turn.window().first_row + turn.shown.page_rows()); }

void scroll_left(Turn& turn) {
  Window& window = turn.window();
  if (window.command_offset > 0) {
    window.command_offset = at_most(window.command_offset, kCommandStep);
  } else {
    window.first_column = at_most(window.first_column, 1);
  }
}

void scroll_right(Turn& turn) {
  Window& window = turn.window();
  const std::vector<FieldId> shown = shown_fields(window);
  if (window.first_column + 1 < shown.size()) {
    ++window.first_column;
  } else if (!shown.empty() && spec_of(shown.back()).width == 0) {
    window.command_offset += kCommandStep;
  }
}

void scroll_home(Turn& turn) {
  Window& window = turn.window();
  window.first_row = window.first_column = window.command_offset = 0;
}

void scroll_end(Turn& turn) {
  const std::size_t page = std::max<std::size_t>(turn.shown.page_rows(), 1);
  scroll_to(turn, at_most(turn.shown.row_count(), page));
  turn.window().first_column = at_most(shown_fields(turn.window()).size(), 1);
}

}  // namespace cvtools::top
