// SPDX-License-Identifier: Apache-2.0
// The screen as cells, and what has to be written to turn one screen into another: only the cells
// that differ. Pure. The sequences are ECMA-48's, which every terminal of today understands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "top/frame.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

struct Style {
  std::int16_t colour = -1;  // -1: the terminal's own
  bool bold = false;
  bool reverse = false;

  bool operator==(const Style&) const = default;
};

// How an ink looks in a window. `colours`: how many the terminal has.
Style style_of(Ink ink, const Window& window, int colours);

struct Cell {
  char32_t character = U' ';  // 0: the right half of a wide one
  char32_t accent = 0;        // one that stands over it
  Style style;

  bool operator==(const Cell&) const = default;
};

class CellGrid {
 public:
  CellGrid() = default;
  CellGrid(std::size_t columns, std::size_t rows) : columns_(columns), cells_(columns * rows) {}

  std::size_t columns() const { return columns_; }
  std::size_t rows() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  const Cell& at(std::size_t column, std::size_t row) const {
    return cells_[row * columns_ + column];
  }
  // Writes the line into a row, cut at the edge.
  void put(std::size_t row, const Line& line, const Settings& settings, int colours);

 private:
  std::size_t columns_ = 0;
  std::vector<Cell> cells_;
};

// A frame with `line` as its message line.
CellGrid to_cells(const Frame& frame, const std::optional<Line>& line, const Settings& settings,
                  FrameSize size, int colours);

// "\e[2;5Habc..." `before` empty or of another size: all of it, on a screen that is cleared.
std::string difference(const CellGrid& before, const CellGrid& after);
// "\e[2;5H", counted from 0.
std::string go_to(std::size_t column, std::size_t row);

}  // namespace cvtools::top
