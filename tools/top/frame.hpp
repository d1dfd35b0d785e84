// SPDX-License-Identifier: Apache-2.0
// Frame: what is seen, as lines of text with ink. Batch mode prints the text, the screen draws it
// with the inks; neither adds anything.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "top/arrange.hpp"
#include "top/fetch.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

// What a piece of text is, not how it looks: the screen decides that by the window's colours.
enum class Ink : std::uint8_t {
  kPlain,
  kSummary,        // words of the summary
  kSummaryStrong,  // its numbers
  kMessage,
  kPrompt,
  kHeader,
  kTask,
  kRunning,     // 'y'
  kSorted,      // 'x'
  kLocated,     // 'L'
  kBarFirst,    // user, used
  kBarSecond,   // system
  kBlockFirst,  // the same, of blocks: blanks in reverse
  kBlockSecond,
  kLimits,  // our own line
  kLimitsAlarm,
};

struct Mark {
  std::uint32_t begin, end;  // bytes of the line's text
  Ink ink;
};

struct Line {
  std::string text;         // printable UTF-8 without line ends
  std::vector<Mark> marks;  // in order, apart; what is between has `ink`
  Ink ink = Ink::kPlain;
  std::uint8_t window = 0;  // whose colours

  // Appends with a mark of its own.
  void add(std::string_view piece, Ink piece_ink);
};

struct Frame {
  std::vector<Line> lines;
  std::size_t message_line = 0;  // the one below the summary: prompts and messages stand there
  struct Area {                  // of a window's tasks
    std::size_t window;
    std::size_t header_line;
    std::size_t first_line, row_count;  // of the rows that are shown
  };
  std::vector<Area> areas;
  std::string position;  // 'C': "scroll coordinates: y = 1/81 (tasks), x = 1/12 (fields)"
};

// How large it may be. In batch mode rows are unlimited, which is 0.
struct FrameSize {
  std::size_t columns = 80;
  std::size_t rows = 0;
};

// What a window's rows are, before they are drawn.
struct Arranged {
  std::vector<Row> rows;
};

// Whether a window's tasks are seen: the current one's, with 'A' those of all that show tasks.
bool is_visible(const Settings& settings, std::size_t window);

// The context of values for one window.
FieldContext field_context(const Settings& settings, const Window& window, const Sample& sample,
                           Names& names);

// Arranges the visible windows: by 'A' all that show tasks, else the current one; the others' are
// empty.
std::array<Arranged, kWindowCount> arrange_windows(const Settings& settings, const Sample& sample,
                                                   Names& names);

// What differs between batch and screen.
struct FrameOptions {
  FrameSize size;
  bool batch = true;
  std::string program = "top";  // "top - 21:46:54 up ..."
};
// The summary of the current window, our own line included.
std::vector<Line> summary_lines(const Settings& settings, const Sample& sample,
                                const FrameOptions& options);

// Which rows of each window will be seen at this size, and which files they need beyond the plan:
// for Fetcher::complete().
struct Visible {
  std::vector<const cv_task*> rows;
  std::uint32_t files = 0;
};
Visible visible_rows(const Settings& settings, const std::array<Arranged, kWindowCount>& arranged,
                     std::size_t summary_count, FrameSize size);

Frame build_frame(const Settings& settings, const Sample& sample,
                  const std::array<Arranged, kWindowCount>& arranged, Names& names,
                  const FrameOptions& options);

}  // namespace cvtools::top
