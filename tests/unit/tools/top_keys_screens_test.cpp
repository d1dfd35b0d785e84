// SPDX-License-Identifier: Apache-2.0
// The screens of their own: help, fields, colours.
#include <algorithm>

#include "top/fields.hpp"
#include "top/keymap.hpp"
#include "top_keys.hpp"

namespace cvtools::top {
namespace {

TEST_F(Keys, HelpHasEveryKey) {
  for (const Key key : {U'h', U'?'}) {
    press(key);
    ASSERT_NE(session.cover(), nullptr);
    const std::string text = cover_text({132, 100});
    for (const KeySpec& spec : keymap()) {
      if (spec.help == nullptr) continue;
      EXPECT_NE(text.find(spec.label), std::string::npos) << spec.label;
      EXPECT_NE(text.find(spec.help), std::string::npos) << spec.help;
    }
    press(U"q");
    EXPECT_EQ(session.cover(), nullptr);
  }
}

TEST_F(Keys, HelpHasPages) {
  for (const FrameSize size : {FrameSize{80, 24}, FrameSize{20, 5}, FrameSize{1, 1}}) {
    press(U"h");
    std::string all, page = cover_text(size);
    const std::string first = page;
    std::size_t pages = 0;
    do {
      EXPECT_LE(std::count(page.begin(), page.end(), '\n'),
                static_cast<std::ptrdiff_t>(std::max<std::size_t>(size.rows, 5)));
      all += page;
      press(U" ");
      page = cover_text(size);
    } while (page != first && ++pages < 500);
    EXPECT_EQ(page, first) << "after the last page comes the first";
    for (const KeySpec& spec : keymap()) {
      if (spec.help == nullptr) continue;
      EXPECT_NE(all.find(spec.help), std::string::npos) << spec.help;
    }
    press(U"h");
    press(kKeyPageUp);
    EXPECT_EQ(cover_text(size), first);
    press(kKeyEscape);
    EXPECT_EQ(session.cover(), nullptr);
  }
}

TEST_F(Keys, HelpTellsTheState) {
  settings.secure = true;
  settings.delay_seconds = 1.5;
  press(U"h");
  EXPECT_NE(cover_text().find("Window 1:Def. Cumulative time Off. Delay 1.5 s. Secure mode On."),
            std::string::npos);
}

class Fields : public Keys {
 protected:
  Fields() { press(U"f"); }
  FieldId field(std::size_t index) { return window().fields.at(index).id; }
};

TEST_F(Fields, AreAllThere) {
  for (const FrameSize size : {FrameSize{132, 50}, FrameSize{34, 100}}) {
    const std::string text = cover_text(size);
    EXPECT_TRUE(
        text.starts_with("Fields Management for window 1:Def, whose current sort field is %CPU\n"));
    for (const FieldSpec& spec : field_table()) {
      EXPECT_NE(text.find(" " + std::string(spec.name) + " "), std::string::npos) << spec.name;
    }
    EXPECT_NE(text.find("* USER     = "), std::string::npos);
    EXPECT_NE(text.find("  PPID     = "), std::string::npos);
  }
  press(U"q");
  EXPECT_EQ(session.cover(), nullptr);
}

TEST_F(Fields, AreShownAndHidden) {
  press(kKeyDown);
  for (const Key key : {U'd', U' '}) {
    EXPECT_TRUE(window().fields[1].shown);
    press(key);
    EXPECT_FALSE(window().fields[1].shown);
    EXPECT_NE(cover_text().find("  USER "), std::string::npos);
    press(key);
  }
}

TEST_F(Fields, AreSortedBy) {
  window().forest = true;
  press(kKeyDown);
  press(U"s");
  EXPECT_EQ(window().sort, FieldId::kUser);
  EXPECT_FALSE(window().forest);
  EXPECT_NE(cover_text().find("sort field is USER"), std::string::npos);
}

TEST_F(Fields, AreMoved) {
  for (const Key put : {kKeyLeft, kKeyEnter}) {
    ASSERT_EQ(field(0), FieldId::kPid);
    press(kKeyRight);
    press(kKeyDown);
    press(kKeyDown);
    press(put);
    EXPECT_EQ(field(0), FieldId::kUser);
    EXPECT_EQ(field(2), FieldId::kPid);
    press(kKeyUp);
    EXPECT_EQ(field(2), FieldId::kPid) << "it stays where it was put";
    press(kKeyDown);
    press(kKeyRight);
    press(kKeyHome);
    press(put);
    EXPECT_EQ(field(1), FieldId::kUser);
  }
  press(kKeyRight);
  press(kKeyEnd);
  EXPECT_EQ(field(window().fields.size() - 1), FieldId::kPid);
  EXPECT_EQ(window().fields.size(), default_settings().window().fields.size());
}

TEST_F(Fields, StayInBounds) {
  press(kKeyUp);
  press(kKeyPageUp);
  press(U"d");
  EXPECT_FALSE(window().fields.front().shown);
  for (int i = 0; i < 100; ++i) press(kKeyPageDown);
  press(kKeyDown);
  const bool before = window().fields.back().shown;
  press(U"d");
  EXPECT_EQ(window().fields.back().shown, !before);
}

TEST_F(Fields, OfOtherWindows) {
  press(U"a");
  EXPECT_EQ(settings.current, 1U);
  EXPECT_NE(cover_text().find("window 2:Job"), std::string::npos);
  press(U"ww");
  EXPECT_EQ(settings.current, 3U);
}

TEST_F(Fields, FollowTheCursorOnASmallScreen) {
  const FrameSize tiny{20, 5};
  EXPECT_NE(cover_text(tiny).find("* PID "), std::string::npos);
  for (int i = 0; i < 30; ++i) {
    press(kKeyDown);
    const FieldSpec& spec = spec_of(field(static_cast<std::size_t>(i) + 1));
    EXPECT_NE(cover_text(tiny).find(spec.name), std::string::npos) << spec.name;
  }
}

TEST_F(Fields, ScrollingBeginsAnew) {
  press(U"q");
  press(kKeyRight);
  press(U"f");
  press(U"d");
  EXPECT_EQ(window().first_column, 0U);
}

class Colours : public Keys {
 protected:
  Colours() { press(U"Z"); }
};

TEST_F(Colours, AreChosen) {
  press(U"S2M3H4T5X6");
  press(kKeyEnter);
  EXPECT_EQ(session.cover(), nullptr);
  EXPECT_EQ(window().summary_colour, 2);
  EXPECT_EQ(window().message_colour, 3);
  EXPECT_EQ(window().header_colour, 4);
  EXPECT_EQ(window().task_colour, 5);
  EXPECT_EQ(window().sort_colour, 6);
  EXPECT_TRUE(window().colours);
}

TEST_F(Colours, StepThroughAll) {
  press(U"S7");
  press(kKeyUp);
  EXPECT_EQ(window().summary_colour, 8);
  press(kKeyDown);
  press(kKeyDown);
  EXPECT_EQ(window().summary_colour, 6);
  press(U"@");
  EXPECT_EQ(window().summary_colour, -1);
  press(kKeyDown);
  EXPECT_EQ(window().summary_colour, 255);
  press(kKeyUp);
  EXPECT_EQ(window().summary_colour, -1);
}

TEST_F(Colours, AreTakenBack) {
  for (const Key key : {Key{U'q'}, Key{kKeyEscape}}) {
    const Window before = default_settings().window();
    press(U"S5zBb");
    EXPECT_NE(window().nobold, before.nobold);
    press(key);
    EXPECT_EQ(session.cover(), nullptr);
    EXPECT_EQ(window().summary_colour, before.summary_colour);
    EXPECT_EQ(window().colours, before.colours);
    EXPECT_EQ(window().nobold, before.nobold);
    EXPECT_EQ(window().highlight_bold, before.highlight_bold);
    press(U"Z");
  }
}

TEST_F(Colours, OfOtherWindowsKeepThoseOfTheFirst) {
  press(U"S5a");
  EXPECT_EQ(settings.current, 1U);
  EXPECT_NE(cover_text().find("Colours of window 2:Job"), std::string::npos);
  press(U"S2q");
  EXPECT_EQ(settings.windows[0].summary_colour, 5);
  EXPECT_EQ(settings.windows[1].summary_colour, default_settings().windows[1].summary_colour);
}

class MonochromeKeys : public Keys {
 protected:
  MonochromeKeys() : Keys({.colours = 0}) {}
};

TEST_F(MonochromeKeys, HaveNoColoursToChoose) {
  press(U"Z");
  EXPECT_EQ(session.cover(), nullptr);
  EXPECT_EQ(prompt(), " No colors to map! ");
}

}  // namespace
}  // namespace cvtools::top
