// SPDX-License-Identifier: Apache-2.0
// Every key that asks something, and the editing of answers.
#include <csignal>

#include "top_keys.hpp"

namespace cvtools::top {
namespace {

TEST_F(Keys, Delay) {
  for (const Key key : {U'd', U's'}) {
    settings.delay_seconds = 3;
    press(key);
    EXPECT_EQ(prompt(), "Change delay from 3.0 to ");
    answer(U"0.5");
    EXPECT_EQ(settings.delay_seconds, 0.5);
  }
  press(U"d");
  answer(U"2,5");
  EXPECT_EQ(settings.delay_seconds, 2.5);
  press(U"d");
  answer(U"");
  EXPECT_EQ(settings.delay_seconds, 2.5);
  for (const std::u32string_view bad : {U"x", U"-1", U"1x", U"nan", U"inf", U"1e300"}) {
    press(U"d");
    answer(bad);
    EXPECT_EQ(prompt(), " Unacceptable floating point ");
    EXPECT_EQ(settings.delay_seconds, 2.5);
  }
}

TEST_F(Keys, KillAsksForTaskAndSignal) {
  window().first_row = 2;
  press(U"k");
  EXPECT_EQ(prompt(), "PID to signal/kill [default pid = 103] ");
  answer(U"");
  EXPECT_EQ(prompt(), "Send pid 103 signal [15/sigterm] ");
  const std::vector<Effect> effects = answer(U"");
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(std::get<KillEffect>(effects[0]).pid, 103);
  EXPECT_EQ(std::get<KillEffect>(effects[0]).signal, SIGTERM);
  EXPECT_FALSE(session.asks());
}

TEST_F(Keys, KillTakesNamesAndNumbers) {
  const struct {
    std::u32string_view typed;
    int signal;
  } table[] = {{U"9", 9},          {U"kill", SIGKILL}, {U"SIGHUP", SIGHUP}, {U"sigUsr1", SIGUSR1},
               {U" 15 ", SIGTERM}, {U"64", 64}};
  for (const auto& [typed, signal] : table) {
    press(U"k");
    answer(U"77");
    const std::vector<Effect> effects = answer(typed);
    ASSERT_EQ(effects.size(), 1U);
    EXPECT_EQ(std::get<KillEffect>(effects[0]).pid, 77);
    EXPECT_EQ(std::get<KillEffect>(effects[0]).signal, signal);
  }
  for (const std::u32string_view bad : {U"bogus", U"0", U"-9", U"65", U"sig"}) {
    press(U"k");
    answer(U"77");
    EXPECT_TRUE(answer(bad).empty());
    EXPECT_EQ(prompt(), " Invalid signal ");
  }
}

TEST_F(Keys, KillNeverMeansAGroup) {
  for (const std::u32string_view bad : {U"-1", U"-77", U"x", U"99999999999"}) {
    press(U"k");
    EXPECT_TRUE(answer(bad).empty());
    EXPECT_EQ(prompt(), " Unacceptable integer ");
    EXPECT_FALSE(session.asks());
  }
  press(U"k");
  answer(U"0");
  EXPECT_EQ(prompt(), "Send pid 4242 signal [15/sigterm] ") << "0 is top itself";
}

TEST_F(Keys, Renice) {
  press(U"r");
  EXPECT_EQ(prompt(), "PID to renice [default pid = 101] ");
  answer(U"");
  EXPECT_EQ(prompt(), "Renice PID 101 to value ");
  const std::vector<Effect> effects = answer(U"-5");
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(std::get<ReniceEffect>(effects[0]).pid, 101);
  EXPECT_EQ(std::get<ReniceEffect>(effects[0]).nice, -5);
  press(U"r");
  answer(U"");
  EXPECT_TRUE(answer(U"").empty());
  press(U"r");
  answer(U"");
  EXPECT_TRUE(answer(U"z").empty());
  EXPECT_EQ(prompt(), " Unacceptable integer ");
}

TEST_F(Keys, EscapeLeavesAQuestion) {
  for (const Key key : std::u32string_view(U"dskruUoOnLXg#")) {
    press(key);
    EXPECT_TRUE(session.asks());
    EXPECT_TRUE(press(kKeyEscape).empty());
    EXPECT_FALSE(session.asks());
    EXPECT_EQ(prompt(), "");
  }
  press(U"k");
  answer(U"7");
  press(kKeyEscape);
  EXPECT_FALSE(session.asks());
}

TEST_F(Keys, User) {
  window().first_row = 3;
  press(U"u");
  EXPECT_EQ(prompt(), "Which user (blank for all) ");
  answer(U"daemon");
  EXPECT_EQ(window().user.kind, UserFilter::Kind::kEffective);
  EXPECT_EQ(window().user.uid, 1U);
  EXPECT_FALSE(window().user.exclude);
  EXPECT_EQ(window().first_row, 0U);
  press(U"U");
  answer(U"!daemon");
  EXPECT_EQ(window().user.kind, UserFilter::Kind::kAny);
  EXPECT_TRUE(window().user.exclude);
  press(U"u");
  answer(U"nobody-of-that-name");
  EXPECT_EQ(prompt(), " Invalid user ");
  EXPECT_EQ(window().user.kind, UserFilter::Kind::kAny);
  press(U"u");
  answer(U"");
  EXPECT_EQ(window().user.kind, UserFilter::Kind::kNone);
}

TEST_F(Keys, Filters) {
  press(ctrl('o'));
  EXPECT_EQ(prompt(), "<Enter> to resume, filters: none ");
  press(kKeyEnter);
  press(U"o");
  EXPECT_EQ(prompt(), "add filter #1 (ignoring case) as: [!]FLD?VAL ");
  answer(U"!COMMAND=sleep");
  ASSERT_EQ(window().filters.size(), 1U);
  EXPECT_TRUE(window().filters[0].exclude);
  EXPECT_TRUE(window().filters[0].ignore_case);
  EXPECT_EQ(window().filters[0].field, FieldId::kCommand);
  EXPECT_EQ(window().filters[0].value, "sleep");
  press(U"O");
  EXPECT_EQ(prompt(), "add filter #2 (case sensitive) as: [!]FLD?VAL ");
  answer(U"%CPU>1.5");
  ASSERT_EQ(window().filters.size(), 2U);
  EXPECT_FALSE(window().filters[1].ignore_case);
  EXPECT_EQ(window().filters[1].op, '>');
  press(ctrl('o'));
  EXPECT_EQ(prompt(), "<Enter> to resume, filters: '!COMMAND=sleep' + '%CPU>1.5' ");
  press(kKeyEnter);
  EXPECT_FALSE(session.asks());
  press(U"=");
  EXPECT_TRUE(window().filters.empty());
}

TEST_F(Keys, FiltersThatMakeNoSense) {
  const struct {
    std::u32string_view typed;
    const char* message;
  } table[] = {{U"COMMAND", " 'include' filter delimiter is missing "},
               {U"!COMMAND", " 'exclude' filter delimiter is missing "},
               {U"COMMAND=", " 'include' filter value is missing "},
               {U"!COMMAND=", " 'exclude' filter value is missing "},
               {U"FOO=x", " unrecognized field name 'FOO' "}};
  for (const auto& [typed, message] : table) {
    press(U"o");
    answer(typed);
    EXPECT_EQ(prompt(), message);
  }
  EXPECT_TRUE(window().filters.empty());
  press(U"o");
  answer(U"PID>10");
  press(U"O");
  answer(U"PID>10");
  EXPECT_EQ(prompt(), " duplicate filter was ignored ");
  EXPECT_EQ(window().filters.size(), 1U);
}

TEST_F(Keys, Locate) {
  press(U"&");
  EXPECT_EQ(prompt(), " Locate next inactive, use \"L\" ");
  press(U"L");
  EXPECT_EQ(prompt(), "Locate string ");
  answer(U"sleep");
  EXPECT_EQ(window().first_row, 1U);
  EXPECT_EQ(window().located, "sleep");
  press(U"&");
  EXPECT_EQ(window().first_row, 3U);
  press(U"&");
  EXPECT_EQ(window().first_row, 3U);
  EXPECT_EQ(prompt(), " another \"sleep\" not found ");
  press(U"L");
  answer(U"nowhere");
  EXPECT_EQ(prompt(), " \"nowhere\" not found ");
  press(U"L");
  answer(U"");
  EXPECT_EQ(window().located, "");
}

TEST_F(Keys, MaximumOfTasks) {
  for (const Key key : {U'n', U'#'}) {
    window().max_tasks = 0;
    press(key);
    EXPECT_EQ(prompt(), "Maximum tasks = 0, change to (0 is unlimited) ");
    answer(U"12");
    EXPECT_EQ(window().max_tasks, 12U);
  }
  press(U"n");
  answer(U"-1");
  EXPECT_EQ(prompt(), " Invalid maximum ");
  press(U"n");
  answer(U"x");
  EXPECT_EQ(prompt(), " Unacceptable integer ");
  EXPECT_EQ(window().max_tasks, 12U);
}

TEST_F(Keys, Width) {
  press(U"X");
  EXPECT_EQ(prompt(), "width incr is 0, change to (0 default, -1 auto) ");
  answer(U"-1");
  EXPECT_EQ(settings.widen, -1);
  press(U"X");
  answer(U"7");
  EXPECT_EQ(settings.widen, 7);
  for (const std::u32string_view bad : {U"-2", U"x", U"1000000"}) {
    press(U"X");
    answer(bad);
    EXPECT_EQ(prompt(), " Unacceptable integer ");
  }
  EXPECT_EQ(settings.widen, 7);
}

TEST_F(Keys, FieldGroupIsOneKey) {
  press(U"g");
  EXPECT_EQ(prompt(), "Choose field group (1 - 4) ");
  press(U"3");
  EXPECT_FALSE(session.asks());
  EXPECT_EQ(settings.current, 2U);
  press(U"g5");
  EXPECT_EQ(settings.current, 2U);
  press(U"g");
  press(kKeyEnter);
  EXPECT_EQ(settings.current, 2U);
  EXPECT_FALSE(session.asks());
}

TEST_F(Keys, Rename) {
  press(U"AG");
  EXPECT_EQ(prompt(), "Rename window 'Def' to (1-3 chars) ");
  answer(U"abcd");
  EXPECT_EQ(window().name, "abc");
  press(U"G");
  answer(U"");
  EXPECT_EQ(window().name, "abc");
  // What a toprc keeps, found by tests/fuzz: three bytes without a blank.
  press(U"G");
  answer(U"äöü");
  EXPECT_EQ(window().name, "ä");
  press(U"G");
  answer(U"b c");
  EXPECT_EQ(window().name, "b");
}

TEST_F(Keys, WriteConfiguration) {
  const std::vector<Effect> effects = press(U"W");
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<WriteRcEffect>(effects[0]));
}

class KeysWithOldRc : public Keys {
 protected:
  KeysWithOldRc() : Keys({.old_rc = true}) {}
};

TEST_F(KeysWithOldRc, WritingIsAskedFor) {
  EXPECT_TRUE(press(U"W").empty());
  EXPECT_EQ(prompt(), "saving prevents older top from reading, save anyway? ");
  EXPECT_TRUE(press(U"n").empty());
  press(U"W");
  EXPECT_EQ(press(U"y").size(), 1U);
}

TEST_F(Keys, AnswersAreEdited) {
  press(U"L");
  press(U"abd");
  press(kKeyLeft);
  press(U"c");
  EXPECT_EQ(prompt(), "Locate string abcd");
  EXPECT_EQ(session.line({}, 200).cursor, 17U);
  press(kKeyHome);
  press(kKeyDelete);
  press(kKeyInsert);
  press(U"X");
  EXPECT_EQ(prompt(), "Locate string Xcd");
  press(kKeyInsert);
  press(U"Y");
  EXPECT_EQ(prompt(), "Locate string XYcd");
  press(kKeyEnd);
  press(kKeyBackspace);
  press(U"é世");
  EXPECT_EQ(prompt(), "Locate string XYcé世");
  press(kKeyBackspace);
  EXPECT_EQ(prompt(), "Locate string XYcé");
  for (int i = 0; i < 9; ++i) press(kKeyLeft);
  for (int i = 0; i < 9; ++i) press(kKeyBackspace);
  for (int i = 0; i < 9; ++i) press(kKeyRight);
  for (int i = 0; i < 9; ++i) press(kKeyDelete);
  EXPECT_EQ(prompt(), "Locate string XYcé");
}

TEST_F(Keys, AnswersTakeNoControlCharacters) {
  press(U"L");
  const std::u32string hostile = {ctrl('g'), 0x9B, 0x7F, U'a', kKeyPageUp, kKeyUnknown, kKeyResize};
  press(hostile);
  EXPECT_EQ(prompt(), "Locate string a");
}

TEST_F(Keys, AnswersAreRecalled) {
  for (const std::u32string_view typed : {U"one", U"two", U"one"}) {
    press(U"L");
    answer(typed);
  }
  press(U"L");
  press(kKeyUp);
  EXPECT_EQ(prompt(), "Locate string one");
  press(kKeyUp);
  EXPECT_EQ(prompt(), "Locate string two");
  press(kKeyUp);
  EXPECT_EQ(prompt(), "Locate string two");
  press(kKeyDown);
  press(kKeyDown);
  EXPECT_EQ(prompt(), "Locate string ");
  press(kKeyEscape);
  press(U"n");
  press(kKeyUp);
  EXPECT_EQ(prompt(), "Maximum tasks = 0, change to (0 is unlimited) ") << "of its own question";
}

TEST_F(Keys, LongQuestionsShowTheirEndOnANarrowScreen) {
  press(U"k12");
  EXPECT_EQ(prompt(20), "fault pid = 101] 12");
  EXPECT_EQ(session.line({}, 20).cursor, 19U);
}

TEST_F(Keys, MessagesOfOthersAreHarmless) {
  session.say("a\033[2Jb\n");
  EXPECT_EQ(prompt(), " a?[2Jb? ");
  session.forget_message();
  EXPECT_EQ(prompt(), "");
  Frame frame;
  frame.position = "scroll coordinates: y = 1/2 (tasks), x = 1/3 (fields)";
  EXPECT_EQ(session.line(frame, 80).text, "  " + frame.position);
}

}  // namespace
}  // namespace cvtools::top
