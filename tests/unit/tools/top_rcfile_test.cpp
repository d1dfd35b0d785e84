// SPDX-License-Identifier: Apache-2.0
#include "top/rcfile.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cvtools::top {
namespace {

// The names of what a window shows.
std::string shown(const Window& window) {
  std::string names;
  for (const FieldChoice& field : window.fields) {
    if (!field.shown) continue;
    if (!names.empty()) names += ' ';
    names += std::to_string(static_cast<int>(field.id));
  }
  return names;
}

TEST(TopRc, DefaultsAreThoseOfTheDistributions) {
  const std::string text = write_rc(default_settings());
  EXPECT_TRUE(
      text.starts_with("top's Config File (Linux processes with windows)\n"
                       "Id:n, Mode_altscr=0, Mode_irixps=1, Delay_time=3.0, Curwin=0\n"
                       "Def\tfieldscur=  75   81  103  105  119  123  129  137  111  117 "
                       " 115  139   76   78   82   84   86   88   90   92 \n"))
      << text.substr(0, 300);
  EXPECT_NE(text.find("\twinflags=193844, sortindx=18, maxtasks=0, graph_cpus=0, graph_mems=0, "
                      "double_up=0, combine_cpus=0\n"
                      "\tsummclr=1, msgsclr=1, headclr=3, taskclr=-1, task_xy=1, core_types=0, "
                      "cores_vs_cpus=0\n"
                      "Job\tfieldscur="),
            std::string::npos);
  EXPECT_TRUE(text.ends_with(
      "Fixed_widest=0, Summ_mscale=1, Task_mscale=0, Zero_suppress=0, Tics_scaled=0\n"));
}

TEST(TopRc, ReadsWhatItWrote) {
  Settings settings = default_settings();
  settings.current = 2;
  settings.irix = false;
  settings.delay_seconds = 0.25;
  settings.widen = -1;
  Window& window = settings.windows[1];
  window.name = "Abc";
  std::swap(window.fields[0], window.fields[5]);
  window.fields[20].shown = true;
  window.sort = FieldId::kNfd;
  window.forest = true;
  window.show_idle = false;
  window.memory_graph = Graph::kBlocks;
  window.task_colour = 200;
  window.filters.push_back({"COMMAND=a", FieldId::kCommand, '=', "a", false, true});
  window.filters.push_back({"!USER=bob", FieldId::kUser, '=', "bob", true, false});
  settings.unknown_lines = "pipe\tOpen Files\tlsof -P -p %d 2>&1\n";
  const std::string text = write_rc(settings);
  const auto read = parse_rc(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->format, 'n');
  const Settings& again = read->settings;
  EXPECT_EQ(again.current, 2U);
  EXPECT_FALSE(again.irix);
  EXPECT_DOUBLE_EQ(again.delay_seconds, 0.25);
  EXPECT_EQ(again.widen, -1);
  EXPECT_EQ(again.windows[1].name, "Abc");
  EXPECT_EQ(shown(again.windows[1]), shown(window));
  EXPECT_EQ(again.windows[1].sort, FieldId::kNfd);
  EXPECT_TRUE(again.windows[1].forest);
  EXPECT_FALSE(again.windows[1].show_idle);
  EXPECT_EQ(again.windows[1].memory_graph, Graph::kBlocks);
  EXPECT_EQ(again.windows[1].task_colour, 200);
  ASSERT_EQ(again.windows[1].filters.size(), 2U);
  EXPECT_EQ(again.windows[1].filters[0].text, "COMMAND=a");
  EXPECT_TRUE(again.windows[1].filters[1].exclude);
  EXPECT_FALSE(again.windows[1].filters[1].ignore_case);
  EXPECT_EQ(again.unknown_lines, settings.unknown_lines);
  EXPECT_EQ(write_rc(again), text);
}

// As procps 4.0.2 writes it.
TEST(TopRc, ReadsFormatK) {
  std::string text = write_rc(default_settings());
  text.replace(text.find("Id:n"), 4, "Id:k");
  // It has one colour, and fields up to 77 only; the rest is filled up.
  while (text.find(", task_xy=") != std::string::npos) {
    const std::size_t at = text.find(", task_xy=");
    text.erase(at, text.find('\n', at) - at);
  }
  std::size_t at = 0;
  while ((at = text.find("taskclr=-1", at)) != std::string::npos) text.replace(at, 10, "taskclr=5");
  const auto read = parse_rc(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->format, 'k');
  EXPECT_EQ(read->settings.window().sort_colour, 5);
  EXPECT_EQ(read->settings.window().task_colour, -1);
  EXPECT_EQ(shown(read->settings.window()), shown(default_settings().window()));
}

// As procps 3.3 writes it: a byte for each field.
TEST(TopRc, ReadsLetters) {
  const std::string window =
      "\tfieldscur=\xA5\xA8\xB3\xB4\xBB\xBD\xC0\xC4\xB7\xBA\xB9\xC5&')*+,-./012568<>?ABCFGHIJ\n"
      "\twinflags=193846, sortindx=20, maxtasks=7, graph_cpus=0, graph_mems=0\n"
      "\tsummclr=1, msgsclr=1, headclr=3, taskclr=1\n";
  const std::string text =
      "top's Config File (Linux processes with windows)\n"
      "Id:i, Mode_altscr=0, Mode_irixps=1, Delay_time=1.5, Curwin=0\n"
      "Def" +
      window + "Job" + window + "Mem" + window + "Usr" + window +
      "Fixed_widest=0, Summ_mscale=2, Task_mscale=0, Zero_suppress=0\n\n";
  const auto read = parse_rc(text);
  ASSERT_TRUE(read);
  const Settings& settings = read->settings;
  EXPECT_DOUBLE_EQ(settings.delay_seconds, 1.5);
  EXPECT_EQ(settings.summary_unit, 2);
  EXPECT_EQ(shown(settings.window()), shown(default_settings().window()));
  EXPECT_EQ(settings.window().sort, FieldId::kTimePlus);
  EXPECT_TRUE(settings.window().forest);
  EXPECT_EQ(settings.window().max_tasks, 7U);
  EXPECT_EQ(settings.window().fields.size(), kFieldCount);
}

// As procps 3.2 writes it.
TEST(TopRc, ReadsAncientLetters) {
  const std::string window =
      "\tfieldscur=AEHIOQTWKNMbcdfgjplrsuvyzX\n"
      "\twinflags=30777, sortindx=10, maxtasks=0\n"
      "\tsummclr=1, msgsclr=1, headclr=3, taskclr=1\n";
  const auto read = parse_rc(
      "RCfile for \"top with windows\"\t\t# shameless braggin'\n"
      "Id:a, Mode_altscr=0, Mode_irixps=1, Delay_time=3.000, Curwin=0\n"
      "Def" +
      window + "Job" + window + "Mem" + window + "Usr" + window);
  ASSERT_TRUE(read);
  EXPECT_EQ(shown(read->settings.window()), shown(default_settings().window()));
  EXPECT_EQ(read->settings.window().sort, FieldId::kCpu);
}

TEST(TopRc, RefusesWhatItDoesNotUnderstand) {
  const std::string good = write_rc(default_settings());
  const auto with = [&](const std::string& what, const std::string& instead) {
    std::string text = good;
    text.replace(text.find(what), what.size(), instead);
    return parse_rc(text).has_value();
  };
  EXPECT_TRUE(with("Id:n", "Id:m"));
  EXPECT_FALSE(with("Id:n", "Id:o"));  // of a format to come
  EXPECT_FALSE(with("Id:n", "Ix:n"));
  EXPECT_FALSE(with("  75   81", "  75   75"));  // a field twice
  EXPECT_FALSE(with("  75   81", "  75    1"));  // no such field
  EXPECT_FALSE(with("Usr\tfieldscur=", "Usr\tx="));
  EXPECT_FALSE(with("Curwin=0", "Curwin=4"));
  EXPECT_FALSE(with("sortindx=18", "sortindx=200"));
  EXPECT_FALSE(parse_rc("").has_value());
  for (std::size_t size = 0; size < good.size(); size += 7) (void)parse_rc(good.substr(0, size));
}

TEST(TopRc, ValuesOutOfBoundsAreLeftAsTheyAre) {
  std::string text = write_rc(default_settings());
  text.replace(text.find("Summ_mscale=1"), 13, "Summ_mscale=9");
  text.replace(text.find("graph_cpus=0"), 12, "graph_cpus=7");
  const auto read = parse_rc(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->settings.summary_unit, 1);
  EXPECT_EQ(read->settings.window().cpu_graph, Graph::kNumbers);
}

// Found by tests/fuzz: a number was converted to a smaller type that it does not fit.
TEST(TopRc, NumbersThatDoNotFitAreNone) {
  const std::string good = write_rc(default_settings());
  for (const char* number : {"1e300", "nan", "inf", "4294967296", "99999999999999999999"}) {
    for (const char* key : {"Mode_altscr=", "Curwin=", "winflags=", "maxtasks=", "Fixed_widest="}) {
      std::string text = good;
      const std::size_t at = text.find(key) + std::string(key).size();
      text.replace(at, text.find_first_of(",\n", at) - at, number);
      const auto read = parse_rc(text);
      ASSERT_TRUE(read) << key << number;
      EXPECT_LT(read->settings.window().max_tasks, 2U) << key << number;
      EXPECT_LT(read->settings.widen, 2) << key << number;
      EXPECT_LT(read->settings.current, 2U) << key << number;
    }
    Settings settings = default_settings();
    parse_own_rc(std::string("limits=0\nwait0=") + number + "\n", settings);
    EXPECT_EQ(settings.window().fields.size(), kFieldCount);
  }
}

// Found by tests/fuzz: the filters ended within this one.
TEST(TopRc, AFilterMayLookLikeTheEndOfFilters) {
  Settings settings = default_settings();
  const std::string text = "COMMAND=end  : saved other filter data";
  settings.windows[0].filters.push_back(
      {text, FieldId::kCommand, '=', text.substr(8), false, true});
  const std::string written = write_rc(settings);
  const auto read = parse_rc(written);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->settings.windows[0].filters.size(), 1U);
  EXPECT_EQ(read->settings.unknown_lines, "");
  EXPECT_EQ(write_rc(read->settings), written);
}

// Found by tests/fuzz: where the first had no filter, a second one was taken for an entry of
// another top's, written, and then read as the first.
TEST(TopRc, OnlyTheFirstSectionOfFiltersHasThem) {
  const auto section = [](const std::string& lines) {
    return "begin: saved other filter data ---\n" + lines + "end  : saved other filter data ---\n";
  };
  const std::string text = write_rc(default_settings()) + section("window #0, osel_tot=0\n") +
                           "pipe\tA\tb\n" + section("window #0\n\ttype=79,\tfilter=COMMAND=a\n") +
                           "end  : saved other filter data ---\nbegin: saved other filter data\n";
  const auto read = parse_rc(text);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->settings.windows[0].filters.empty());
  EXPECT_EQ(read->settings.unknown_lines,
            "pipe\tA\tb\nend  : saved other filter data ---\nbegin: saved other filter data\n");
  const std::string written = write_rc(read->settings);
  const auto again = parse_rc(written);
  ASSERT_TRUE(again);
  EXPECT_EQ(write_rc(again->settings), written);
}

TEST(TopRc, ADelayIsATime) {
  for (const char* delay : {"nan", "inf", "-1", "1e300"}) {
    std::string text = write_rc(default_settings());
    text.replace(text.find("Delay_time=3.0"), 14, std::string("Delay_time=") + delay);
    EXPECT_FALSE(parse_rc(text)) << delay;
  }
}

TEST(TopRc, WhatIsOursStandsApart) {
  Settings settings = default_settings();
  settings.show_limits = settings.limits_chosen = true;
  Window& window = settings.windows[0];
  std::erase_if(window.fields, [](const FieldChoice& f) { return f.id == FieldId::kWait; });
  window.fields.insert(window.fields.begin() + 3, {FieldId::kWait, true});
  window.sort = FieldId::kWait;
  EXPECT_NE(write_rc(settings).find("sortindx=18"), std::string::npos);
  auto read = parse_rc(write_rc(settings));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->settings.show_limits);
  parse_own_rc(write_own_rc(settings), read->settings);
  EXPECT_TRUE(read->settings.show_limits);
  EXPECT_EQ(read->settings.windows[0].fields[3].id, FieldId::kWait);
  EXPECT_TRUE(read->settings.windows[0].fields[3].shown);
  EXPECT_EQ(read->settings.windows[0].sort, FieldId::kWait);
  EXPECT_EQ(shown(read->settings.windows[1]), shown(settings.windows[1]));
}

// It would be there, or not, wherever the file is read.
TEST(TopRc, TheLimitsAreKeptIfTheUserHasChosen) {
  Settings settings = default_settings();
  settings.show_limits = true;  // by itself: in a container
  Settings read = default_settings();
  parse_own_rc(write_own_rc(settings), read);
  EXPECT_FALSE(read.limits_chosen);
  EXPECT_FALSE(read.show_limits);
  settings.show_limits = false;
  settings.limits_chosen = true;
  read.show_limits = true;
  parse_own_rc(write_own_rc(settings), read);
  EXPECT_TRUE(read.limits_chosen);
  EXPECT_FALSE(read.show_limits);
}

}  // namespace
}  // namespace cvtools::top
