// SPDX-License-Identifier: Apache-2.0
// Every key that asks nothing.
#include <algorithm>
#include <set>

#include "top/keymap.hpp"
#include "top_keys.hpp"

namespace cvtools::top {
namespace {

TEST_F(Keys, TableHasEachKeyOnce) {
  std::set<Key> seen;
  for (const KeySpec& spec : keymap()) {
    EXPECT_TRUE(seen.insert(spec.key).second) << static_cast<std::uint32_t>(spec.key);
    EXPECT_EQ(spec.label == nullptr, spec.help == nullptr);
  }
  // A key that is added here has its test in one of these files.
  std::u32string tested = U"h?q dskrWltmp12345!^EIuUoO=n#iHL&<>PMTNRVvFSfce0XJjxybBzZCAgawG-_+\t";
  for (const char letter : {'o', 'e', 'a', 'g', 'k', 'n', 'p', 'u', 'l'}) tested += ctrl(letter);
  for (const Key key : {kKeyEnter, kKeyUp, kKeyDown, kKeyLeft, kKeyRight, kKeyPageUp, kKeyPageDown,
                        kKeyHome, kKeyEnd}) {
    tested += key;
  }
  EXPECT_EQ(seen, std::set<Key>(tested.begin(), tested.end()));
}

struct Flag {
  Key key;
  bool Window::*flag;
};
class Flags : public Keys, public testing::WithParamInterface<Flag> {};

TEST_P(Flags, ArePressedOnAndOff) {
  const bool before = window().*GetParam().flag;
  EXPECT_TRUE(press(GetParam().key).empty());
  EXPECT_EQ(window().*GetParam().flag, !before);
  EXPECT_FALSE(settings.windows[1].*GetParam().flag == window().*GetParam().flag &&
               settings.windows[1].*GetParam().flag !=
                   default_settings().windows[1].*GetParam().flag)
      << "only the current window changes";
  press(GetParam().key);
  EXPECT_EQ(window().*GetParam().flag, before);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Flags,
    testing::Values(Flag{U'l', &Window::show_load}, Flag{U'1', &Window::cpus_in_one},
                    Flag{U'i', &Window::show_idle}, Flag{U'R', &Window::descending},
                    Flag{U'V', &Window::forest}, Flag{U'S', &Window::cumulative},
                    Flag{U'c', &Window::command_line}, Flag{U'J', &Window::justify_numbers},
                    Flag{U'j', &Window::justify_text}, Flag{U'x', &Window::highlight_sort},
                    Flag{U'y', &Window::highlight_rows}, Flag{U'b', &Window::highlight_bold},
                    Flag{U'B', &Window::nobold}, Flag{U'z', &Window::colours},
                    Flag{U'C', &Window::scroll_position}));

TEST_F(Keys, GlobalFlags) {
  const auto flips = [this](Key key, bool Settings::*flag) {
    const bool before = settings.*flag;
    press(key);
    const bool after = settings.*flag;
    press(key);
    return after != before && settings.*flag == before;
  };
  EXPECT_FALSE(settings.limits_chosen);
  EXPECT_TRUE(flips(U'p', &Settings::show_limits));
  EXPECT_TRUE(settings.limits_chosen);
  EXPECT_TRUE(flips(U'I', &Settings::irix));
  EXPECT_TRUE(flips(U'H', &Settings::threads));
  EXPECT_TRUE(flips(U'0', &Settings::blank_zeros));
  EXPECT_TRUE(flips(U'A', &Settings::all_windows));
}

TEST_F(Keys, SwitchesSayWhatTheyDid) {
  press(U"I");
  EXPECT_EQ(prompt(), " Irix mode Off ");
  press(U"I");
  EXPECT_EQ(prompt(), " Irix mode On ");
  press(U"H");
  EXPECT_EQ(prompt(), " Show threads On ");
  press(U"S");
  EXPECT_EQ(prompt(), " Cumulative time On ");
  press(U"c");
  EXPECT_EQ(prompt(), "") << "the next key takes a message away";
}

TEST_F(Keys, QuitRefreshAndTheEndOfTheTerminal) {
  EXPECT_TRUE(std::holds_alternative<QuitEffect>(press(U"q").at(0)));
  EXPECT_TRUE(std::holds_alternative<QuitEffect>(press(kKeyClosed).at(0)));
  EXPECT_TRUE(std::holds_alternative<QuitEffect>(press(ctrl('c')).at(0)));
  for (const Key key : {Key{U' '}, Key{kKeyEnter}}) {
    const std::vector<Effect> effects = press(key);
    ASSERT_EQ(effects.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<ClearEffect>(effects[0]));
    EXPECT_TRUE(std::holds_alternative<RefreshEffect>(effects[1]));
  }
}

TEST_F(Keys, UnknownOnesAreToldAndEscapeIsNot) {
  for (const Key key : {Key{U'K'}, Key{U'7'}, ctrl('r'), Key{U'Y'}, Key{kKeyUnknown}}) {
    press(key);
    EXPECT_EQ(prompt(), " Unknown command - try 'h' for help ");
  }
  for (const Key key : {Key{kKeyEscape}, Key{kKeyResize}}) {
    press(key);
    EXPECT_EQ(prompt(), "");
  }
}

TEST_F(Keys, GraphsGoThroughFourStates) {
  for (int round = 0; round < 2; ++round) {
    press(U"tm");
    EXPECT_EQ(window().cpu_graph, Graph::kBars);
    EXPECT_EQ(window().memory_graph, Graph::kBars);
    press(U"tm");
    EXPECT_EQ(window().cpu_graph, Graph::kBlocks);
    EXPECT_TRUE(window().show_states && window().show_memory);
    press(U"tm");
    EXPECT_FALSE(window().show_states || window().show_memory);
    press(U"tm");
    EXPECT_TRUE(window().show_states && window().show_memory);
    EXPECT_EQ(window().cpu_graph, Graph::kNumbers);
    EXPECT_EQ(window().memory_graph, Graph::kNumbers);
  }
}

TEST_F(Keys, UnitsCycle) {
  settings.summary_unit = settings.task_unit = settings.time_scale = 0;
  press(U"EEEEE");
  EXPECT_EQ(settings.summary_unit, 5);
  press(U"E");
  EXPECT_EQ(settings.summary_unit, 0);
  press(U"eeee");
  EXPECT_EQ(settings.task_unit, 4);
  press(U"e");
  EXPECT_EQ(settings.task_unit, 0);
  for (int i = 0; i < 6; ++i) press(ctrl('e'));
  EXPECT_EQ(settings.time_scale, 6);
  press(ctrl('e'));
  EXPECT_EQ(settings.time_scale, 0);
}

TEST_F(Keys, CpusAbreast) {
  press(U"4");
  EXPECT_FALSE(window().cpus_in_one);
  EXPECT_EQ(window().cpus_abreast, 1);
  press(U"444444");
  EXPECT_EQ(window().cpus_abreast, 7);
  press(U"4");
  EXPECT_EQ(window().cpus_abreast, 0);
}

TEST_F(Keys, CpusCombined) {
  std::vector<int> more;
  for (int i = 0; i < 5; ++i) {
    press(U"!");
    more.push_back(window().combine_cpus);
  }
  EXPECT_EQ(more, (std::vector<int>{1, 2, 4, 0, 1}));
  press(U"=");
  EXPECT_EQ(window().combine_cpus, 0);
  shown.cpus = 1;
  press(U"!");
  EXPECT_EQ(prompt(), " Only 1 cpu detected ");
}

cv_cpu_place place(std::uint32_t cpu, std::uint32_t node, std::uint32_t core, std::uint32_t type) {
  const std::uint64_t told = unsigned{CV_CPU_PLACE_NODE} | CV_CPU_PLACE_CORE;
  return {sizeof(cv_cpu_place), told, cpu, node, core, type};
}

TEST_F(Keys, WhereTheMachineDoesNotTellOfItsCpus) {
  for (const Key key : {U'2', U'3'}) {
    press(key);
    EXPECT_EQ(prompt(), " sorry, NUMA extensions unavailable ");
    EXPECT_FALSE(window().numa_nodes);
  }
  press(U"15");
  EXPECT_EQ(window().core_types, 0);
  press(U"^");
  EXPECT_EQ(prompt(), " Each cpu is a core of its own ");
}

TEST_F(Keys, NumaNodes) {
  shown.places = {place(0, 0, 0, CV_CORE_UNKNOWN), place(1, 2, 1, CV_CORE_UNKNOWN)};
  press(U"2");
  EXPECT_TRUE(window().numa_nodes);
  EXPECT_EQ(window().numa_node, -1);
  press(U"3");
  EXPECT_TRUE(prompt().starts_with("expand which node (0-2)")) << prompt();
  answer(U"3");
  EXPECT_EQ(prompt(), " invalid node ");
  EXPECT_EQ(window().numa_node, -1);
  press(U"3");
  answer(U"2");
  EXPECT_EQ(window().numa_node, 2);
  press(U"2");
  EXPECT_TRUE(window().numa_nodes) << "all of them again";
  EXPECT_EQ(window().numa_node, -1);
  press(U"2");
  EXPECT_FALSE(window().numa_nodes);
  press(U"21");
  EXPECT_FALSE(window().numa_nodes);
}

TEST_F(Keys, CoresAndTheirTypes) {
  shown.places = {place(0, 0, 0, CV_CORE_PERFORMANCE), place(1, 0, 0, CV_CORE_PERFORMANCE),
                  place(2, 0, 2, CV_CORE_EFFICIENT)};
  press(U"5^");
  EXPECT_EQ(window().core_types, 0) << "one line stands for all CPUs";
  EXPECT_EQ(window().cores_vs_cpus, 0);
  press(U"1");
  for (const int types : {1, 2, 3, 0}) {
    press(U"5");
    EXPECT_EQ(window().core_types, types);
  }
  press(U"^");
  EXPECT_EQ(window().cores_vs_cpus, 1);
  press(U"^");
  EXPECT_EQ(window().cores_vs_cpus, 0);
}

TEST_F(Keys, SortKeysLeaveTheForest) {
  const struct {
    Key key;
    FieldId field;
  } table[] = {{U'P', FieldId::kCpu},
               {U'M', FieldId::kMem},
               {U'T', FieldId::kTimePlus},
               {U'N', FieldId::kPid}};
  for (const auto& [key, field] : table) {
    window().forest = true;
    press(key);
    EXPECT_EQ(window().sort, field);
    EXPECT_FALSE(window().forest);
  }
}

TEST_F(Keys, SortMovesAmongTheShownFields) {
  window().sort = FieldId::kCpu;
  press(U">");
  EXPECT_EQ(window().sort, FieldId::kMem);
  press(U"<<");
  EXPECT_EQ(window().sort, FieldId::kS);
  press(std::u32string(20, U'<'));
  EXPECT_EQ(window().sort, FieldId::kPid);
  press(std::u32string(20, U'>'));
  EXPECT_EQ(window().sort, FieldId::kCommand);
  window().sort = FieldId::kSwap;  // not shown
  press(U">");
  EXPECT_EQ(window().sort, FieldId::kPid);
}

TEST_F(Keys, FoldAndFocusNeedTheForest) {
  press(U"vF");
  EXPECT_TRUE(window().collapsed.empty());
  EXPECT_EQ(window().focus_pid, 0);
  window().first_row = 2;
  press(U"Vv");
  EXPECT_EQ(window().collapsed, std::set<std::int32_t>{103});
  press(U"v");
  EXPECT_TRUE(window().collapsed.empty());
  press(U"F");
  EXPECT_EQ(window().focus_pid, 103);
  EXPECT_EQ(window().first_row, 0U);
  press(U"F");
  EXPECT_EQ(window().focus_pid, 0);
  press(U"FV");
  EXPECT_EQ(window().focus_pid, 0) << "without a forest there is nothing to focus on";
}

TEST_F(Keys, NothingShownIsNothingToDo) {
  shown.tasks.clear();
  press(U"Vvkr");
  press(ctrl('k'));
  press(ctrl('a'));
  for (const Key key : {kKeyDown, kKeyPageDown, kKeyEnd, kKeyUp}) press(key);
  EXPECT_FALSE(session.asks());
  EXPECT_FALSE(session.bottom().is_open());
  EXPECT_TRUE(window().collapsed.empty());
  EXPECT_EQ(window().first_row, 0U);
}

TEST_F(Keys, ScrollRows) {
  press(kKeyDown);
  press(kKeyDown);
  EXPECT_EQ(window().first_row, 2U);
  press(kKeyUp);
  EXPECT_EQ(window().first_row, 1U);
  press(kKeyPageDown);
  EXPECT_EQ(window().first_row, 5U);
  press(kKeyPageDown);
  press(kKeyPageDown);
  EXPECT_EQ(window().first_row, 9U) << "the last one can be the first on the screen";
  press(kKeyPageUp);
  EXPECT_EQ(window().first_row, 5U);
  press(kKeyEnd);
  EXPECT_EQ(window().first_row, 6U) << "a whole page";
  press(kKeyHome);
  EXPECT_EQ(window().first_row, 0U);
  press(kKeyUp);
  press(kKeyPageUp);
  EXPECT_EQ(window().first_row, 0U);
}

TEST_F(Keys, ScrollColumns) {
  const std::size_t last = 11;  // COMMAND
  press(kKeyRight);
  EXPECT_EQ(window().first_column, 1U);
  press(kKeyLeft);
  press(kKeyLeft);
  EXPECT_EQ(window().first_column, 0U);
  for (std::size_t i = 0; i < last; ++i) press(kKeyRight);
  EXPECT_EQ(window().first_column, last);
  EXPECT_EQ(window().command_offset, 0U);
  press(kKeyRight);
  press(kKeyRight);
  EXPECT_EQ(window().first_column, last);
  EXPECT_EQ(window().command_offset, 16U) << "within the command line";
  press(kKeyLeft);
  EXPECT_EQ(window().command_offset, 8U);
  press(kKeyHome);
  EXPECT_EQ(window().first_column + window().command_offset, 0U);
  press(kKeyEnd);
  EXPECT_EQ(window().first_column, last);
}

TEST_F(Keys, WindowsNeedA) {
  for (const Key key : std::u32string_view(U"awG-_+")) {
    press(key);
    EXPECT_EQ(prompt(), " Command disabled, 'A' mode required ");
  }
  EXPECT_EQ(settings.current, 0U);
  press(U"A");
  press(U"a");
  EXPECT_EQ(settings.current, 1U);
  press(U"ww");
  EXPECT_EQ(settings.current, 3U);
  press(U"-");
  EXPECT_FALSE(window().show_tasks);
  EXPECT_TRUE(settings.windows[0].show_tasks);
  press(U"_");
  EXPECT_TRUE(window().show_tasks);
  EXPECT_FALSE(settings.windows[0].show_tasks);
}

TEST_F(Keys, HiddenTasksTakeNoCommands) {
  press(U"A-");
  for (const Key key : std::u32string_view(U"krLnuo<>PRVvFSiJjxybcC")) {
    press(key);
    EXPECT_EQ(prompt(), " Command disabled, activate Def with '-' or '_' ");
    EXPECT_FALSE(session.asks());
  }
  press(U"l");
  EXPECT_EQ(prompt(), "") << "the summary is still there";
}

TEST_F(Keys, EqualsAndPlusShowAllTasksAgain) {
  for (Window& each : settings.windows) {
    each.show_tasks = each.show_idle = false;
    each.max_tasks = 3;
    each.user = {UserFilter::Kind::kAny, 5, false};
    each.filters.emplace_back();
    each.focus_pid = 7;
    each.first_row = 4;
  }
  const auto is_whole = [](const Window& each) {
    return each.show_tasks && each.show_idle && each.max_tasks == 0 &&
           each.user.kind == UserFilter::Kind::kNone && each.filters.empty() &&
           each.focus_pid == 0 && each.first_row == 0;
  };
  press(U"=");
  EXPECT_TRUE(is_whole(settings.windows[0]));
  EXPECT_FALSE(is_whole(settings.windows[1]));
  press(U"A+");
  EXPECT_TRUE(std::all_of(settings.windows.begin(), settings.windows.end(), is_whole));
}

TEST_F(Keys, SecureModeRefuses) {
  settings.secure = true;
  for (const Key key : std::u32string_view(U"dskr")) {
    press(key);
    EXPECT_EQ(prompt(), " Unavailable in secure mode ");
    EXPECT_FALSE(session.asks());
  }
  press(U"c");
  EXPECT_TRUE(window().command_line);
}

TEST_F(Keys, Details) {
  window().first_row = 1;
  const FrameSize size{150, 30};
  const auto lines = [&](Key key) {
    press(key);
    std::string text;
    for (const Line& line : session.bottom().lines(size)) text += line.text + "|";
    return text;
  };
  EXPECT_EQ(lines(ctrl('a')), "capabilities for pid 102, sleep|chown, kill|");
  EXPECT_EQ(lines(ctrl('g')), "control groups for pid 102, sleep|field 35|");
  EXPECT_EQ(lines(ctrl('k')), "command line for pid 102, sleep|sleep -x|");
  EXPECT_EQ(lines(ctrl('n')), "environment for pid 102, sleep|field 41|");
  EXPECT_EQ(lines(ctrl('u')), "supplementary groups for pid 102, sleep|field 37|");
  EXPECT_EQ(lines(ctrl('p')),
            "namespaces for pid 102, sleep|cgroup: field 76, ipc: field 45, mnt: field 46, "
            "net: field 47, pid: field 48, time: field 77, user: field 49, uts: field 50|");
  EXPECT_EQ(lines(ctrl('p')), "") << "the key that opened it closes it";
  press(U"IS");
  EXPECT_EQ(lines(ctrl('l')), "message log, last 10 messages:|Cumulative time On; Irix mode Off|");
}

TEST_F(Keys, DetailsThatDoNotFitHavePages) {
  shown.tasks[0].name = std::string(600, 'x') + "end";
  press(ctrl('k'));
  const FrameSize size{60, 24};
  EXPECT_EQ(session.bottom().lines(size).size(), 8U) << "a third of the screen";
  EXPECT_TRUE(session.bottom().lines(size)[0].text.ends_with("(1/2, Tab)"));
  press(U"\t");
  EXPECT_EQ(session.bottom().lines(size).back().text, "end -x");
  press(U"\t");
  EXPECT_TRUE(session.bottom().lines(size)[0].text.ends_with("(1/2, Tab)"));
  EXPECT_TRUE(session.bottom().lines({20, 5}).empty()) << "no room at all";
}

}  // namespace
}  // namespace cvtools::top
