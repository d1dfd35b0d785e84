// SPDX-License-Identifier: Apache-2.0
#include "top/frame.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "top_sample.hpp"

namespace cvtools::top {
namespace {

class TopFrame : public testing::Test {
 protected:
  TopFrame() {
    setenv("TZ", "UTC", 1);
    tzset();
    cv_task& busy = fake_.add(10618, 1, "cc1plus");
    busy.state = 'R';
    busy.cpu_delta_nsec = 1'966'000'000;
    busy.user_nsec = 6'120'000'000;
    busy.virtual_bytes = std::uint64_t{375484} * 1024;
    busy.resident_bytes = std::uint64_t{26214} * 1024;
    busy.shared_bytes = std::uint64_t{29052} * 1024;
    fake_.add(1, 0, "a-name-that-is-too-long").effective_uid = 1000;
  }
  std::string text(std::size_t columns = 80) {
    std::string all;
    for (const Line& line : fake_.frame(columns).lines) all += line.text + "\n";
    return all;
  }

  FakeSample fake_;
};

TEST_F(TopFrame, IsThatOfClassicTop) {
  EXPECT_EQ(text(),
            "top - 10:30:38 up 47 min,  0 users,  load average: 1.25, 0.00, 0.00\n"
            "Tasks: 2 total, 0 running, 2 sleep, 0 d-sleep, 0 stopped, 0 zombie\n"
            "%Cpu(s): 97.6 us,  2.4 sy,  0.0 ni,  0.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st \n"
            "MiB Mem :    256.0 total,    100.0 free,     64.0 used,      0.0 buff/cache     \n"
            "MiB Swap:      0.0 total,      0.0 free,      0.0 used.    192.0 avail Mem \n"
            "\n"
            "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n"
            "10618 root      20   0  375484  26214  29052 R  98.3  10.0   0:06.12 cc1plus\n"
            "    1 somebod+  20   0       0      0      0 S   0.0   0.0   0:00.00 a-name-th+\n");
}

TEST_F(TopFrame, WhatDoesNotFitIsLeftOut) {
  const Frame frame = fake_.frame(60);
  EXPECT_EQ(frame.lines[1].text, "Tasks: 2 total, 0 running, 2 sleep, 0 d-sleep, 0 stopped, 0 ");
  EXPECT_EQ(frame.lines[6].text, "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM");
  for (std::size_t columns = 1; columns < 30; ++columns)
    for (const Line& line : fake_.frame(columns, 5).lines) EXPECT_LE(line.text.size(), columns);
}

TEST_F(TopFrame, NoColumnHasNoRoomForTheNumberOfAWindow) {
  fake_.settings.all_windows = true;
  for (std::size_t columns = 0; columns < 3; ++columns)
    for (const Line& line : fake_.frame(columns, 30).lines) EXPECT_LE(line.text.size(), columns);
}

TEST_F(TopFrame, NoNumberIsMadeUp) {
  fake_.sample.cpu.raw().valid = 0;
  fake_.sample.memory.raw().valid = CV_MEMORY_USED;
  fake_.sample.uptime.raw().valid = 0;
  fake_.settings.window().fields = {{FieldId::kPid, true},
                                    {FieldId::kMem, true},
                                    {FieldId::kStarted, true},
                                    {FieldId::kCpu, true}};
  fake_.sample.restricted = false;
  const std::string all = text(100);
  EXPECT_NE(all.find("%Cpu(s):    - us,    - sy,    - ni,    - id,    - wa,    - hi,"),
            std::string::npos)
      << all;
  EXPECT_NE(all.find("MiB Mem :        - total,        - free,     64.0 used,        - buff/"),
            std::string::npos)
      << all;
  EXPECT_NE(all.find("10618     -       -  98.3\n"), std::string::npos) << all;
  fake_.settings.window().cpu_graph = Graph::kBars;
  EXPECT_NE(text(100).find("%Cpu(s):     -/-       -["), std::string::npos) << text(100);
}

TEST_F(TopFrame, WhenATaskStartedIsToldInMinutesAndItsAgeInHours) {
  fake_.sample.uptime.raw().uptime_nsec = 9000'000000000;  // since 1000 s after boot
  fake_.settings.window().fields = {
      {FieldId::kPid, true}, {FieldId::kStarted, true}, {FieldId::kElapsed, true}};
  fake_.add(7000, 1, "late");  // starts at 7000 s
  EXPECT_NE(text().find(" 7000  100:00    0,50"), std::string::npos) << text();
}

TEST_F(TopFrame, WidenedAsFarAsNeeded) {
  fake_.settings.widen = -1;
  EXPECT_NE(text().find("    1 somebody-long  20   0"), std::string::npos) << text();
  EXPECT_NE(text().find("10618 root           20   0"), std::string::npos) << text();
  EXPECT_NE(text().find("  PID USER           PR  NI"), std::string::npos) << text();
  // What is not on the screen does not count.
  fake_.settings.window().max_tasks = 1;
  EXPECT_NE(text().find("  PID USER      PR  NI"), std::string::npos) << text();
}

TEST_F(TopFrame, FieldsWithoutWidthShareWhatIsLeft) {
  auto& fields = fake_.settings.window().fields;
  fields = {{FieldId::kPid, true}, {FieldId::kCgroups, true}, {FieldId::kCommand, true}};
  EXPECT_EQ(fake_.frame(40).lines[6].text, "  PID CGROUPS          COMMAND");
}

// Found by tests/fuzz: the second had no room kept for its name, and the header was too wide.
TEST_F(TopFrame, FieldsWithoutWidthHaveRoomForTheirNames) {
  fake_.settings.window().fields = {{FieldId::kPid, true},
                                    {FieldId::kCgroups, true},
                                    {FieldId::kEnviron, true},
                                    {FieldId::kCommand, true}};
  for (std::size_t columns = 1; columns < 60; ++columns) {
    const std::vector<Line> lines = fake_.frame(columns, 9).lines;
    for (const Line& line : lines) EXPECT_LE(line.text.size(), columns) << line.text;
    const std::string& header = lines[6].text;
    EXPECT_EQ(header.find("ENVIRON") != std::string::npos, columns >= 22) << columns << header;
    EXPECT_EQ(header.find("COMMAND") != std::string::npos, columns >= 30) << columns << header;
  }
}

// Found by tests/fuzz: bytes were skipped, and half a character was drawn.
TEST_F(TopFrame, ScrollingSkipsWholeCharacters) {
  FakeSample fake;
  fake.add(1, 0, "\u65e5\u672c\u8a9e\u306e\u30d7\u30ed\u30bb\u30b9\u540d");
  fake.settings.window().command_offset = 8;
  const std::string line = fake.frame().lines.back().text;
  EXPECT_TRUE(line.ends_with(" \u540d")) << line;
  fake.settings.window().command_offset = 1000;
  EXPECT_FALSE(fake.frame().lines.back().text.ends_with("\u540d"));
}

TEST_F(TopFrame, UnknownIsNotZero) {
  fake_.sample.memory.raw().valid = CV_MEMORY_TOTAL;
  EXPECT_EQ(fake_.frame().lines[3].text,
            "MiB Mem :    256.0 total,        - free,        - used,        - buff/cache     ");
  fake_.settings.window().fields = {{FieldId::kPid, true}, {FieldId::kPss, true}};
  EXPECT_EQ(fake_.frame().lines[7].text, "10618      -");
}

TEST_F(TopFrame, Units) {
  fake_.settings.summary_unit = 0;
  fake_.settings.task_unit = 1;
  EXPECT_EQ(fake_.frame().lines[3].text,
            "KiB Mem :   262144 total,   102400 free,    65536 used,        0 buff/cache     ");
  EXPECT_EQ(fake_.frame().lines[7].text.substr(22, 22), "  366.7m  25.6m  28.4m");
}

TEST_F(TopFrame, AmountsThatAreTooWideAreCut) {
  fake_.settings.summary_unit = 0;
  fake_.sample.memory.raw().total_bytes = std::uint64_t{1234567890} << 10;
  EXPECT_EQ(fake_.frame().lines[3].text.substr(0, 26), "KiB Mem : 12345678+total, ");
}

TEST_F(TopFrame, Bars) {
  Window& window = fake_.settings.window();
  window.cpu_graph = window.memory_graph = Graph::kBars;
  fake_.sample.cpu.raw().user_pct = 50;
  fake_.sample.cpu.raw().system_pct = 25;
  const Frame frame = fake_.frame(100);
  EXPECT_EQ(frame.lines[2].text,
            "%Cpu(s):  50.0/25.0   75[" + std::string(55, '|') + std::string(18, ' ') + "]");
  EXPECT_EQ(frame.lines[3].text,
            "MiB Mem : 25.0/256.0    [" + std::string(18, '|') + std::string(55, ' ') + "]");
}

TEST_F(TopFrame, CpusOneByOne) {
  Window& window = fake_.settings.window();
  window.cpus_in_one = false;
  for (std::uint32_t cpu : {4U, 5U}) {
    containerview::CpuRow& row = fake_.sample.cpus.emplace_back();
    row.raw().valid = ~std::uint64_t{0};
    row.raw().cpu = cpu;
    row.raw().user_pct = 10 * cpu;
    row.raw().idle_pct = 100 - 10 * cpu;
  }
  EXPECT_EQ(fake_.frame().lines[2].text.substr(0, 40), "%Cpu4  : 40.0 us,  0.0 sy,  0.0 ni, 60.0");
  EXPECT_EQ(fake_.frame().lines[3].text.substr(0, 18), "%Cpu5  : 50.0 us, ");
  window.cpus_abreast = 1;
  const Frame abreast = fake_.frame(200);
  EXPECT_NE(abreast.lines[2].text.find("0.0 st   %Cpu5  :"), std::string::npos);
  EXPECT_NE(abreast.lines[3].text.find("buff/cache       MiB Swap:"), std::string::npos);
  window.cpus_abreast = 0;
  window.combine_cpus = 1;
  EXPECT_EQ(fake_.frame().lines[2].text.substr(0, 17), "%Cpu4-5: 45.0 us,");
}

// CPU 4 and 6 are threads of one core of node 0, 5 is a core of node 1. They are busy by 40, 60 and
// 50 %.
class TopFrameCpus : public TopFrame {
 protected:
  TopFrameCpus() {
    const std::uint64_t told = unsigned{CV_CPU_PLACE_NODE} | CV_CPU_PLACE_CORE;
    for (std::uint32_t cpu : {4U, 5U, 6U}) {
      containerview::CpuRow& row = fake_.sample.cpus.emplace_back();
      row.raw().valid = ~std::uint64_t{0};
      row.raw().cpu = cpu;
      row.raw().user_pct = 10 * cpu;
      row.raw().idle_pct = 100 - 10 * cpu;
      const std::uint32_t type = cpu == 5 ? CV_CORE_EFFICIENT : CV_CORE_PERFORMANCE;
      places_.push_back({sizeof(cv_cpu_place), told, cpu, cpu % 2, cpu == 6 ? 4 : cpu, type});
    }
    fake_.sample.cpu.raw().user_pct = 50;
    fake_.sample.cpu_places = places_;
    window().cpus_in_one = false;
  }
  Window& window() { return fake_.settings.window(); }

  // The lines from the third on that are of CPUs, up to the user's share.
  std::string shown() {
    std::string text;
    for (const Line& line : fake_.frame().lines)
      if (line.text.starts_with('%')) text += line.text.substr(0, line.text.find(" us")) + "|";
    return text;
  }

 private:
  std::vector<cv_cpu_place> places_;
};

TEST_F(TopFrameCpus, ByNode) {
  window().cpus_in_one = true;
  window().numa_nodes = true;
  EXPECT_EQ(shown(), "%Cpu(s): 50.0|%Node0 : 50.0|%Node1 : 50.0|");
  window().numa_node = 0;
  EXPECT_EQ(shown(), "%Node0 : 50.0|%Cpu4  : 40.0|%Cpu6  : 60.0|");
}

TEST_F(TopFrameCpus, ByCore) {
  window().cores_vs_cpus = 1;
  EXPECT_EQ(shown(), "%Core4 : 50.0|%Core5 : 50.0|");
}

TEST_F(TopFrameCpus, ByType) {
  window().core_types = 1;
  EXPECT_EQ(shown(), "%CpP4  : 40.0|%CpE5  : 50.0|%CpP6  : 60.0|");
  window().core_types = 2;
  EXPECT_EQ(shown(), "%CpP4  : 40.0|%CpP6  : 60.0|");
  window().core_types = 3;
  EXPECT_EQ(shown(), "%CpE5  : 50.0|");
}

TEST_F(TopFrame, ScreenShowsFromTheFirstRowAsManyAsFit) {
  for (int pid = 100; pid < 200; ++pid) fake_.add(pid, 1, "x");
  fake_.settings.window().first_row = 50;
  fake_.settings.window().scroll_position = true;
  const Frame frame = fake_.frame(80, 24);
  EXPECT_EQ(frame.lines.size(), 24U);
  ASSERT_EQ(frame.areas.size(), 1U);
  EXPECT_EQ(frame.areas[0].row_count, 17U);
  EXPECT_EQ(frame.position, "scroll coordinates: y = 51/102 (tasks), x = 1/12 (fields)");
  fake_.settings.window().first_row = 5000;  // tasks come and go
  EXPECT_EQ(fake_.frame(80, 24).areas[0].row_count, 1U);
}

TEST_F(TopFrame, FourWindowsShareTheScreen) {
  fake_.settings.all_windows = true;
  const Frame frame = fake_.frame(80, 24);
  EXPECT_TRUE(frame.lines[0].text.starts_with("1:Def - 10:30:38"));
  ASSERT_EQ(frame.areas.size(), 4U);
  EXPECT_TRUE(frame.lines[frame.areas[0].header_line].text.starts_with("1  PID USER"));
  EXPECT_TRUE(frame.lines[frame.areas[1].header_line].text.starts_with("2  PID  PPID     TIME+"));
  EXPECT_EQ(frame.lines[frame.areas[0].first_line].text.substr(0, 6), " 10618");
  EXPECT_LE(frame.lines.size(), 24U);
}

TEST_F(TopFrame, OurOwnLine) {
  fake_.settings.show_limits = true;
  fake_.sample.limits_known = true;
  cv_limits limits{};
  limits.valid = CV_LIMITS_ONLINE;
  limits.online_count = 64;
  limits.memory = {CV_LIMIT_LIMITED, 0, std::uint64_t{256} << 20, 0, nullptr};
  fake_.sample.limits = containerview::Limits(limits);
  fake_.sample.capacity.raw().effective_cpus = 1.5;
  fake_.sample.cpu.raw().throttled_pct = 98.06;
  fake_.sample.pids.raw().valid = CV_PIDS_CURRENT;
  fake_.sample.pids.raw().current = 12;
  fake_.sample.pids.raw().limit = {CV_LIMIT_LIMITED, 0, 100, 100, nullptr};
  const Frame frame = fake_.frame(80);
  EXPECT_EQ(frame.lines[5].text,
            "docker 3f2a1b4c5d6e, 1.50 of 64 CPUs, 98.1% throttled, 256.0m limit");
  EXPECT_EQ(frame.lines[6].text,
            "192.0m to OOM, - OOM kills, 12 of 100 pids, PSI cpu - mem - io -");
}

TEST_F(TopFrame, RowsThatRunAndTheSortedColumnAreMarked) {
  Window& window = fake_.settings.window();
  window.highlight_sort = true;
  const Frame frame = fake_.frame();
  EXPECT_EQ(frame.lines[7].ink, Ink::kRunning);
  EXPECT_EQ(frame.lines[8].ink, Ink::kTask);
  ASSERT_EQ(frame.lines[7].marks.size(), 1U);
  const Mark mark = frame.lines[7].marks[0];
  EXPECT_EQ(frame.lines[7].text.substr(mark.begin, mark.end - mark.begin), " 98.3");
}

}  // namespace
}  // namespace cvtools::top
