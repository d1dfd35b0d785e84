// SPDX-License-Identifier: Apache-2.0
// iostat's command line and cells, over trees of a few lines. The layouts are compared with the
// documented ones by tests/golden/iostat.py.
#include "iostat/iostat.hpp"

#include <gtest/gtest.h>

#include "../../support/tree.hpp"
#include "iostat/palette.hpp"
#include "tool_run.hpp"

namespace cvtools {
namespace {

using cv::test::Tree;

// A machine with two disks, or a container on it: by --cgroup.
struct Machine {
  Machine() {
    tree.write("proc/uptime", "1000.00 1.00\n");
    tree.write("proc/stat",
               "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 100 0 100 800\nbtime 1700000000\n");
    tree.write("proc/1/stat", "1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 90000 0 0\n");
    tree.write("proc/1/cgroup", "0::/\n");
    tree.write("proc/self/cgroup", "0::/\n");
    tree.write("proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    tree.write("sys/devices/system/cpu/online", "0\n");
    tree.write("sys/fs/cgroup/cgroup.controllers", "cpu io\n");
    tree.write("sys/fs/cgroup/box/cgroup.controllers", "cpu io\n");
    tree.write("sys/fs/cgroup/box/cgroup.procs", "1\n");
    tree.write("sys/fs/cgroup/box/cpu.max", "50000 100000\n");
    tree.write("sys/fs/cgroup/box/cpu.stat",
               "usage_usec 25000000\nuser_usec 20000000\nsystem_usec 5000000\nnr_periods 100\n"
               "nr_throttled 25\nthrottled_usec 0\n");
    tree.write("sys/fs/cgroup/box/io.stat",
               "254:0 rbytes=102400 wbytes=204800 rios=100 wios=50 dbytes=0 dios=0\n");
    tree.write("sys/fs/cgroup/box/io.max", "254:0 rbps=2048 wbps=max riops=max wiops=100\n");
    for (const char* disk : {"vda", "vdb"})
      tree.write(std::string("sys/block/") + disk + "/stat",
                 "1000 0 8000 2000 500 0 4000 4000 0 500 6000 0 0 0 0 0 0\n");
    tree.write("sys/block/vda/dev", "254:0\n");
    tree.write("sys/block/vdb/dev", "254:16\n");
  }

  ToolResult run(std::vector<const char*> arguments) const {
    const std::string root = tree.root();
    std::vector<const char*> argv{"iostat", "--sysroot", root.c_str()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run_tool(run_iostat, argv);
  }
  ToolResult run_box(std::vector<const char*> arguments) const {
    arguments.insert(arguments.end(), {"--cgroup", "/box"});
    return run(std::move(arguments));
  }

  Tree tree{};
};

TEST(IostatTest, LinesThatMakeNoSense) {
  const Machine machine;
  const std::vector<std::vector<const char*>> lines = {
      {"-k", "-m"},  {"1", "2", "3"}, {"0", "2"}, {"1", "0"},      {"-q"},
      {"-o", "XML"}, {"--dec=3"},     {"--dec"},  {"-H"},          {"-g"},
      {"--compac"},  {"-xq"},         {"-g", ""}, {"--human=yes"}, {"99999999999999999999"},
  };
  for (const auto& line : lines) {
    const ToolResult result = machine.run(line);
    EXPECT_EQ(result.status, 1) << line[0];
    EXPECT_EQ(result.out, "") << line[0];
    EXPECT_NE(result.err.find("Usage:"), std::string::npos) << line[0];
  }
}

TEST(IostatTest, DevicesByName) {
  const Machine machine;
  const auto names = [&](std::vector<const char*> line) {
    line.insert(line.begin(), {"-d", "--json"});
    const ToolResult result = machine.run(line);
    EXPECT_EQ(result.status, 0) << result.err;
    std::string found;
    for (std::size_t at = 0; (at = result.out.find("{\"name\":\"", at)) != std::string::npos; ++at)
      found += result.out.substr(at + 9, 3) + " ";
    return found;
  };
  EXPECT_EQ(names({}), "vda vdb ");
  EXPECT_EQ(names({"vdb"}), "vdb ");
  EXPECT_EQ(names({"/dev/vdb", "/dev/vda"}), "vda vdb ") << "by name";
  EXPECT_EQ(names({"nosuch"}), "") << "no error, as the classic tool";
  EXPECT_EQ(names({"-p", "vda"}), "vda ");
}

TEST(IostatTest, GroupsAreSums) {
  const Machine machine;
  const ToolResult result = machine.run({"-d", "-g", "both", "vdb", "vda", "-g", "none", "vda"});
  EXPECT_NE(result.out.find("\nvdb               1.50         4.00 "), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("\n both             3.00         8.00 "), std::string::npos);
  EXPECT_LT(result.out.find("\nvdb"), result.out.find("\nvda"));
  EXPECT_LT(result.out.find("\n both"), result.out.find("\n none             0.00         0.00 "))
      << "a device is of one group, the first";
  const ToolResult totals = machine.run({"-d", "-H", "-g", "both", "vdb", "vda"});
  EXPECT_EQ(totals.out.find("\nvdb"), std::string::npos);
  EXPECT_NE(totals.out.find("\n both"), std::string::npos);
}

TEST(IostatTest, ContainerOverItsOwnTimeAndQuota) {
  const Machine machine;
  const ToolResult result = machine.run_box({});
  EXPECT_EQ(result.status, 0) << result.err;
  // 100 s old, half a CPU: 20 s of 50.
  EXPECT_NE(result.out.find("          40.00    0.00   10.00       -    0.00   50.00\n"),
            std::string::npos)
      << result.out;
  EXPECT_NE(
      result.out.find("\nvda               1.50         1.00         2.00         0.00        100"
                      "        200          0\n"),
      std::string::npos)
      << result.out;
  EXPECT_EQ(result.out.find("vdb"), std::string::npos);
  EXPECT_NE(result.out.find("\t(1 CPU)\n"), std::string::npos);
}

TEST(IostatTest, UnknownCellsAndLimits) {
  const Machine machine;
  const ToolResult result = machine.run_box({"-x", "--limits"});
  const std::size_t row = result.out.find("\nvda ");
  ASSERT_NE(row, std::string::npos) << result.out;
  EXPECT_EQ(result.out.substr(row + 1, 64),
            "vda              1.00      1.00        -      -    2.00     1.00")
      << "device's await";
  EXPECT_NE(result.out.find("cpu-limits:   CPUs %throttled\n              0.50      25.00\n"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("Limits               rkB/s        wkB/s      r/s      w/s  %used\n"
                            "vda                   2.00          max      max   100.00  50.00\n"),
            std::string::npos)
      << result.out;
  EXPECT_NE(machine.run_box({"--json", "--limits"}).out.find("\"devices[].limits.used_pct\""),
            std::string::npos)
      << "by the age of the container: estimated";
  EXPECT_EQ(machine.run_box({"--json", "--limits"}).out.find("\"devices[].limits.reads_per_sec\""),
            std::string::npos)
      << "no limit is known to be none";
  machine.tree.write("sys/fs/cgroup/box/io.max", "254:0 rbps=2048 wbps=many\n");
  EXPECT_NE(machine.run_box({"--json", "--limits"}).out.find("\"devices[].limits.writes_per_sec\""),
            std::string::npos)
      << "this one may be there";
  const ToolResult json = machine.run_box({"-x", "-o", "JSON"});
  EXPECT_NE(json.out.find("\"r/s\": 1.00, \"w/s\": 0.50, \"d/s\": 0.00, \"f/s\": null, "
                          "\"rkB/s\": 1.00"),
            std::string::npos)
      << json.out;
}

TEST(IostatTest, OneSampleFromEachTree) {
  const Machine first;
  const Machine second;
  second.tree.write("proc/uptime", "1002.00 1.00\n");
  second.tree.write("sys/block/vda/stat",
                    "1200 0 8400 2000 500 0 4000 4000 0 500 6000 0 0 0 0 0 0\n");
  const std::string roots = first.tree.root() + "," + second.tree.root();
  const ToolResult result =
      run_tool(run_iostat, {"iostat", "--host", "-dyz", "5", "--sysroot", roots.c_str()});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("\nvda             100.00       100.00         0.00"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(result.out.find("vdb"), std::string::npos) << "-z: it was idle";
}

TEST(IostatTest, PersistentNames) {
  const Machine machine;
  machine.tree.write("dev/disk/by-id/virtio-1234", "-> ../../vdb");
  const ToolResult result = machine.run({"-d", "-j", "ID"});
  EXPECT_NE(result.out.find(" kB_dscd Device\n"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find(" vda\n"), std::string::npos) << "it has none";
  EXPECT_NE(result.out.find(" virtio-1234\n"), std::string::npos);
  EXPECT_EQ(machine.run({"-d", "-j", "ID", "virtio-1234"}).out.find(" vda\n"), std::string::npos);
  EXPECT_EQ(machine.run({"-j", "UUID"}).status, 1) << "no such names here";
}

TEST(IostatTest, DevicesOfUserSpace) {
  const Machine machine;
  const Tree given{{"block/user/stat", "1000 0 8000 2000 0 0 0 0 0 500 2000\n"}};
  const std::string dir = given.root();
  const std::string alone = machine.run_box({"-d", "-f", dir.c_str()}).out;
  EXPECT_NE(alone.find("\nuser              1.00         4.00 "), std::string::npos) << alone;
  EXPECT_EQ(alone.find("\nvda "), std::string::npos);
  const std::string besides = machine.run_box({"-d", "+f", dir.c_str()}).out;
  EXPECT_NE(besides.find("\nuser "), std::string::npos) << besides;
  EXPECT_NE(besides.find("\nvda "), std::string::npos);
}

TEST(IostatTest, HostWithoutCounters) {
  const Tree tree{{"proc/self/mountinfo", ""}};
  const std::string root = tree.root();
  const ToolResult result = run_tool(run_iostat, {"iostat", "--host", "--sysroot", root.c_str()});
  EXPECT_EQ(result.status, 2) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("/proc/stat"), std::string::npos);
}

TEST(PaletteTest, ColoursWhereTheyAreAskedFor) {
  EXPECT_FALSE(make_palette(nullptr, nullptr, false).on);
  EXPECT_TRUE(make_palette(nullptr, nullptr, true).on);
  EXPECT_FALSE(make_palette("never", nullptr, true).on);
  EXPECT_TRUE(make_palette("always", nullptr, false).on);
  const Palette palette = make_palette("always", "I=1:Z=2;3:M=4:H=5:N=\x1b[2J:Q=9", false);
  EXPECT_EQ(palette.paint("x", palette.item), "\x1b[1mx\x1b[0m");
  EXPECT_EQ(palette.zero, "2;3");
  EXPECT_EQ(palette.warning, "4");
  EXPECT_EQ(palette.alarm, "5");
  EXPECT_EQ(palette.number, "34;1") << "no escape sequences out of the environment";
}

}  // namespace
}  // namespace cvtools
