// SPDX-License-Identifier: Apache-2.0
#include "top/cells.hpp"

#include <algorithm>

#include "common/formatted.hpp"
#include "common/utf8.hpp"
#include "top/format.hpp"

namespace cvtools::top {
namespace {

// Terminals that count 8 colours know 30 to 37 only.
constexpr int kBasicColours = 8;

int colour_of(Ink ink, const Window& window) {
  switch (ink) {
    case Ink::kPlain:
      return -1;
    case Ink::kMessage:
    case Ink::kPrompt:
    case Ink::kBarSecond:
    case Ink::kBlockSecond:
    case Ink::kLimitsAlarm:
      return window.message_colour;
    case Ink::kHeader:
      return window.header_colour;
    case Ink::kTask:
    case Ink::kLocated:
      return window.task_colour;
    case Ink::kRunning:
    case Ink::kSorted:
      return window.sort_colour;
    case Ink::kSummary:
    case Ink::kSummaryStrong:
    case Ink::kBarFirst:
    case Ink::kBlockFirst:
    case Ink::kLimits:
      return window.summary_colour;
  }
  return -1;
}

std::string select_style(const Style& style) {
  std::string sequence = "\033[0";
  if (style.bold) sequence += ";1";
  if (style.reverse) sequence += ";7";
  if (style.colour >= kBasicColours) {
    sequence += formatted(";38;5;{}", style.colour);
  } else if (style.colour >= 0) {
    sequence += formatted(";{}", 30 + style.colour);
  }
  return sequence + "m";
}

// Joins what is around it or says how it is drawn: terminals do not agree on what it does.
bool is_joiner(char32_t c) {
  return (c >= 0x200B && c <= 0x200F) || c == 0x2060 || (c >= 0xFE00 && c <= 0xFE0F) ||
         c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

Ink ink_at(const Line& line, std::size_t byte, std::size_t& mark) {
  while (mark < line.marks.size() && line.marks[mark].end <= byte) ++mark;
  return mark < line.marks.size() && line.marks[mark].begin <= byte ? line.marks[mark].ink
                                                                    : line.ink;
}

// Writes cells, and knows where the cursor then is and how it writes.
class Pen {
 public:
  explicit Pen(std::string& out) : out_(out) {}

  void write(const Cell& cell, std::size_t column, std::size_t row) {
    if (row != row_ || column != column_) out_ += go_to(column, row);
    if (!styled_ || style_ != cell.style) out_ += select_style(cell.style);
    style_ = cell.style;
    styled_ = true;
    out_ += to_utf8({&cell.character, 1});
    if (cell.accent != 0) out_ += to_utf8({&cell.accent, 1});
    row_ = row;
    // How wide the terminal thinks that other characters are is its own affair.
    column_ = cell.character < 0x7F ? column + 1 : kNowhere;
  }
  void end() {
    if (styled_ && style_ != Style{}) out_ += select_style({});
  }

 private:
  static constexpr std::size_t kNowhere = SIZE_MAX;
  std::string& out_;
  std::size_t column_ = kNowhere, row_ = kNowhere;
  bool styled_ = false;  // whether it is known how it writes
  Style style_;
};

}  // namespace

Style style_of(Ink ink, const Window& window, int colours) {
  Style style;
  const int colour = window.colours ? colour_of(ink, window) : -1;
  if (colour < colours) style.colour = static_cast<std::int16_t>(colour);
  switch (ink) {
    case Ink::kSummaryStrong:
    case Ink::kPrompt:
    case Ink::kBarFirst:
      style.bold = true;
      break;
    case Ink::kMessage:
    case Ink::kHeader:
    case Ink::kLocated:
    case Ink::kBlockFirst:
    case Ink::kBlockSecond:
    case Ink::kLimitsAlarm:
      style.reverse = true;
      break;
    case Ink::kRunning:
    case Ink::kSorted:
      style.bold = window.highlight_bold;
      style.reverse = !window.highlight_bold;
      break;
    default:
      break;
  }
  if (window.nobold) style.bold = false;
  return style;
}

void CellGrid::put(std::size_t row, const Line& line, const Settings& settings, int colours) {
  const Window& window = settings.windows[line.window % kWindowCount];
  Cell* const cells = cells_.data() + row * columns_;
  std::size_t column = 0, byte = 0, mark = 0;
  for (const char32_t c : from_utf8(line.text)) {
    const std::string character = to_utf8({&c, 1});
    const Style style = style_of(ink_at(line, byte, mark), window, colours);
    byte += character.size();
    const std::size_t width = c < 0x7F ? 1 : display_width(character);
    if (width == 0) {
      std::size_t base = column;
      while (base > 0 && cells[base - 1].character == 0) --base;
      if (base > 0 && !is_joiner(c)) cells[base - 1].accent = c;
      continue;
    }
    if (column + width > columns_) break;
    cells[column] = {c, 0, style};
    if (width == 2) cells[column + 1] = {0, 0, style};
    column += width;
  }
  // A line all in one ink that is seen as such goes to the edge: the header of tasks.
  if (line.ink == Ink::kHeader) {
    const Style style = style_of(line.ink, window, colours);
    for (; column < columns_; ++column) cells[column].style = style;
  }
}

CellGrid to_cells(const Frame& frame, const std::optional<Line>& line, const Settings& settings,
                  FrameSize size, int colours) {
  CellGrid grid(size.columns, size.rows);
  for (std::size_t row = 0; row < std::min(frame.lines.size(), size.rows); ++row) {
    grid.put(row, frame.lines[row], settings, colours);
  }
  if (line && size.rows > 0) {
    const std::size_t row = std::min(frame.message_line, size.rows - 1);
    Line whole = *line;
    const std::size_t width = display_width(whole.text);
    if (width < size.columns) whole.add(std::string(size.columns - width, ' '), Ink::kPlain);
    grid.put(row, whole, settings, colours);
  }
  return grid;
}

std::string difference(const CellGrid& before, const CellGrid& after) {
  std::string out;
  const bool anew = before.columns() != after.columns() || before.rows() != after.rows();
  if (anew) out += "\033[0m\033[H\033[2J";
  Pen pen(out);
  for (std::size_t row = 0; row < after.rows(); ++row) {
    for (std::size_t column = 0; column < after.columns(); ++column) {
      const Cell& cell = after.at(column, row);
      const bool same = cell == (anew ? Cell{} : before.at(column, row));
      if (cell.character == 0 || same) continue;
      pen.write(cell, column, row);
    }
  }
  pen.end();
  return out;
}

std::string go_to(std::size_t column, std::size_t row) {
  return formatted("\033[{};{}H", row + 1, column + 1);
}

}  // namespace cvtools::top
