// SPDX-License-Identifier: Apache-2.0
// What goes through the wire: keys that come as bytes, cells that are written.
#include <gtest/gtest.h>

#include <clocale>

#include "top/cells.hpp"
#include "top/key_decoder.hpp"
#include "top/screen.hpp"

namespace cvtools::top {
namespace {

std::u32string decode(std::string_view bytes, std::size_t piece) {
  KeyDecoder decoder;
  std::u32string keys;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    decoder.feed(bytes.substr(at, piece));
    while (const std::optional<Key> key = decoder.next()) keys += *key;
  }
  while (const std::optional<Key> key = decoder.expire()) keys += *key;
  return keys;
}

struct Sequence {
  std::string_view bytes;
  std::u32string keys;
};
class Sequences : public testing::TestWithParam<Sequence> {};

TEST_P(Sequences, WholeAndInPieces) {
  for (const std::size_t piece : {std::size_t{100}, std::size_t{1}, std::size_t{2}}) {
    EXPECT_EQ(decode(GetParam().bytes, piece), GetParam().keys) << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Sequences,
    testing::Values(
        Sequence{"q\x01\t \x7f\x08\r\n",
                 {U'q', 1, U'\t', U' ', kKeyBackspace, kKeyBackspace, kKeyEnter, kKeyEnter}},
        Sequence{"\033[A\033[B\033[C\033[D", {kKeyUp, kKeyDown, kKeyRight, kKeyLeft}},
        Sequence{"\033OA\033OB\033OC\033OD", {kKeyUp, kKeyDown, kKeyRight, kKeyLeft}},
        Sequence{"\033[H\033[F\033OH\033OF", {kKeyHome, kKeyEnd, kKeyHome, kKeyEnd}},
        Sequence{"\033[1~\033[4~\033[7~\033[8~", {kKeyHome, kKeyEnd, kKeyHome, kKeyEnd}},
        Sequence{"\033[2~\033[3~\033[5~\033[6~",
                 {kKeyInsert, kKeyDelete, kKeyPageUp, kKeyPageDown}},
        Sequence{"\033[1;5A\033[5;3~", {kKeyUp, kKeyPageUp}},  // with Ctrl, with Alt
        Sequence{"\033h\033j\033k\033l", {kKeyLeft, kKeyDown, kKeyUp, kKeyRight}},
        Sequence{"\033OM", {kKeyEnter}},
        Sequence{"\033[15~\033[[A\033OPx", {kKeyUnknown, kKeyUnknown, kKeyUnknown, U'x'}},
        Sequence{"\033q", {kKeyEscape, U'q'}}, Sequence{"\033\033[A", {kKeyEscape, kKeyUp}},
        Sequence{"\033[200;1\x03", {kKeyUnknown, 3}},  // broken off
        Sequence{"\xc3\xa9\xe4\xb8\x96\xf0\x9f\x90\xa7", {U'é', U'世', U'🐧'}},
        Sequence{"\xff\x80z", {kKeyUnknown, kKeyUnknown, U'z'}}));

TEST(Escape, IsAKeyOnlyWhenNothingFollows) {
  KeyDecoder decoder;
  decoder.feed("\033");
  EXPECT_EQ(decoder.next(), std::nullopt);
  EXPECT_TRUE(decoder.pending());
  EXPECT_EQ(decoder.expire(), Key{kKeyEscape});
  EXPECT_FALSE(decoder.pending());
  decoder.feed("\033[");
  EXPECT_EQ(decoder.expire(), Key{kKeyUnknown});
}

TEST(Escape, NeverEndingSequencesEnd) {
  KeyDecoder decoder;
  decoder.feed("\033[" + std::string(1000, '1') + "A");
  EXPECT_EQ(decoder.next(), Key{kKeyUnknown});
}

class Cells : public testing::Test {
 protected:
  // The width of characters is known to the C library in a locale that has them.
  static void SetUpTestSuite() { ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }

  CellGrid grid(const std::vector<std::string>& texts, FrameSize size = {10, 3}) {
    Frame frame;
    for (const std::string& text : texts) frame.lines.emplace_back().text = text;
    return to_cells(frame, {}, settings_, size, 256);
  }
  Settings settings_ = default_settings();
};

TEST_F(Cells, FirstTimeAllButBlanksIsWritten) {
  EXPECT_EQ(difference({}, grid({"ab", "", "c"})),
            "\033[0m\033[H\033[2J\033[1;1H\033[0mab\033[3;1Hc");
}

TEST_F(Cells, OnlyWhatHasChangedIsWritten) {
  const CellGrid before = grid({"top - 1234", "same"});
  EXPECT_EQ(difference(before, grid({"top - 1234", "same"})), "");
  EXPECT_EQ(difference(before, grid({"top - 1934", "same"})), "\033[1;8H\033[0m9");
  EXPECT_EQ(difference(before, grid({"top - 1234", "sa"})), "\033[2;3H\033[0m  ");
}

TEST_F(Cells, AnotherSizeIsWrittenAnew) {
  const std::string out = difference(grid({"ab"}), grid({"ab"}, {12, 3}));
  EXPECT_TRUE(out.starts_with("\033[0m\033[H\033[2J"));
  EXPECT_TRUE(out.ends_with("ab"));
}

TEST_F(Cells, AreCutAtTheEdge) {
  const CellGrid cells = grid({"0123456789abc", "a", "b", "c"});
  EXPECT_EQ(cells.at(9, 0).character, U'9');
  EXPECT_EQ(cells.rows(), 3U);
}

TEST_F(Cells, InksAreStyles) {
  Frame frame;
  Line& line = frame.lines.emplace_back();
  line.add("a", Ink::kSummaryStrong);
  line.add("b", Ink::kPlain);
  line.add("c", Ink::kHeader);
  const auto cells = [&] { return to_cells(frame, {}, settings_, {3, 1}, 256); };
  EXPECT_EQ(difference(CellGrid(3, 1), cells()), "\033[1;1H\033[0;1ma\033[0mb\033[0;7mc\033[0m");
  settings_.window().colours = true;
  settings_.window().nobold = true;
  settings_.window().summary_colour = 4;
  settings_.window().header_colour = 200;
  EXPECT_EQ(difference(CellGrid(3, 1), cells()),
            "\033[1;1H\033[0;34ma\033[0mb\033[0;7;38;5;200mc\033[0m");
}

TEST_F(Cells, ColoursThatATerminalHasNotAreNotAskedOfIt) {
  Window window = settings_.window();
  window.colours = true;
  window.header_colour = 200;
  EXPECT_EQ(style_of(Ink::kHeader, window, 256).colour, 200);
  EXPECT_EQ(style_of(Ink::kHeader, window, 8).colour, -1);
  EXPECT_EQ(style_of(Ink::kSummary, window, 0).colour, -1);
}

TEST_F(Cells, HighlightsAreBoldOrReverse) {
  Window window = settings_.window();
  window.highlight_bold = true;
  EXPECT_EQ(style_of(Ink::kRunning, window, 8), (Style{-1, true, false}));
  window.highlight_bold = false;
  EXPECT_EQ(style_of(Ink::kSorted, window, 8), (Style{-1, false, true}));
}

TEST_F(Cells, WideOnesTakeTwo) {
  const CellGrid cells = grid({"世a", "12345678世", "123456789世"});
  EXPECT_EQ(cells.at(0, 0).character, U'世');
  EXPECT_EQ(cells.at(1, 0).character, char32_t{0});
  EXPECT_EQ(cells.at(2, 0).character, U'a');
  EXPECT_EQ(cells.at(8, 1).character, U'世');
  EXPECT_EQ(cells.at(9, 2).character, U' ') << "half of it does not fit";
  // The cursor is put where it belongs, wherever the terminal thinks it is.
  EXPECT_EQ(difference(grid({""}), grid({"世a"})), "\033[1;1H\033[0m世\033[1;3Ha");
  EXPECT_EQ(difference(grid({"世a"}), grid({"xya"})), "\033[1;1H\033[0mxy");
}

TEST_F(Cells, AccentsStayWithTheirLetter) {
  const CellGrid cells = grid({"e\u0301x", "\u0301y", "a\u200Db"});
  EXPECT_EQ(cells.at(0, 0).accent, U'\u0301');
  EXPECT_EQ(cells.at(1, 0).character, U'x');
  EXPECT_EQ(cells.at(0, 1).character, U'y');
  EXPECT_EQ(cells.at(1, 2).character, U'b');
  EXPECT_EQ(cells.at(0, 2).accent, char32_t{0});
}

TEST_F(Cells, TheMessageLineCoversWhatIsBelow) {
  Frame frame;
  frame.lines.resize(3);
  frame.lines[1].text = "0123456789";
  frame.message_line = 1;
  Line line;
  line.add("hey", Ink::kPrompt);
  const CellGrid cells = to_cells(frame, line, settings_, {10, 3}, 8);
  EXPECT_EQ(cells.at(0, 1).character, U'h');
  EXPECT_EQ(cells.at(5, 1).character, U' ');
  frame.message_line = 77;
  EXPECT_EQ(to_cells(frame, line, settings_, {10, 3}, 8).at(0, 2).character, U'h')
      << "on a screen that is too small it is the last one";
}

TEST(Terminals, AreKnownByName) {
  EXPECT_EQ(terminal_facts("xterm", nullptr).colours, 8);
  EXPECT_EQ(terminal_facts("xterm", "truecolor").colours, 256);
  EXPECT_EQ(terminal_facts("screen-256color", nullptr).colours, 256);
  EXPECT_EQ(terminal_facts("vt220", nullptr).colours, 0);
  EXPECT_EQ(terminal_facts("no-such-terminal", nullptr).colours, 8);
  EXPECT_TRUE(terminal_facts(nullptr, nullptr).moves_cursor);
  EXPECT_FALSE(terminal_facts("dumb", nullptr).moves_cursor);
}

}  // namespace
}  // namespace cvtools::top
