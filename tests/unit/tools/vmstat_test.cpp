// SPDX-License-Identifier: Apache-2.0
#include "vmstat/vmstat.hpp"

#include <gtest/gtest.h>

#include "tool_run.hpp"
#include "vmstat/render.hpp"

namespace cvtools {
namespace {

VmstatReport report_of(std::uint64_t elapsed_sec) {
  VmstatReport report;
  cv_activity& activity = report.activity.raw();
  activity.valid = CV_ACTIVITY_RUNNING | CV_ACTIVITY_BLOCKED | CV_ACTIVITY_SWITCHES |
                   CV_ACTIVITY_ELAPSED | CV_ACTIVITY_SWAPPED_IN | CV_ACTIVITY_SWAPPED_OUT |
                   CV_ACTIVITY_PAGED_IN | CV_ACTIVITY_PAGED_OUT;
  activity.running = 2;
  activity.context_switches = 155;
  activity.paged_in_bytes = 19 * 1024;
  activity.elapsed_nsec = static_cast<std::int64_t>(elapsed_sec) * 1'000'000'000;
  report.memory.raw().valid = ~std::uint64_t{0};
  report.memory.raw().free_bytes = 16736936 * std::uint64_t{1024};
  report.memory.raw().buffers_bytes = 1024;
  report.memory.raw().buff_cache_bytes = 3072;
  report.swap.raw().valid = ~std::uint64_t{0};
  report.details.raw().valid = ~std::uint64_t{0};
  report.details.raw().inactive_bytes = 5120;
  report.details.raw().active_bytes = 6144;
  cv_cpu_usage& cpu = report.cpu.raw();
  cpu.valid = CV_CPU_USER | CV_CPU_SYSTEM | CV_CPU_NICE | CV_CPU_IDLE | CV_CPU_STEAL;
  cpu.user_pct = 30.3;
  cpu.nice_pct = 10.3;
  cpu.system_pct = 9.4;
  cpu.idle_pct = 50;
  return report;
}

TEST(Vmstat, RowKeepsItsColumns) {
  const std::string header = vmstat_header({}, {});
  const std::string row = render_vmstat_row(report_of(10), {}).text;
  EXPECT_EQ(
      header.substr(header.find('\n') + 1),
      " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu\n");
  EXPECT_EQ(
      row, " 2  0      0 16736936    1      2    0    0     2     0    -   16 41  9 50  -  0  -\n");
  EXPECT_EQ(row.size() + header.find('\n') + 1, header.size());
}

TEST(Vmstat, SinceTheStartIsCutOffLaterIsRounded) {
  VmstatReport report = report_of(10);
  report.since_start = true;
  const std::string row = render_vmstat_row(report, {}).text;
  EXPECT_NE(row.find("    1     0    -   15 "), std::string::npos) << row;
}

TEST(Vmstat, ActiveWideAndUnits) {
  VmstatOptions options;
  options.active = options.wide = true;
  options.unit = 1;
  const std::string header = vmstat_header(options, {});
  const std::string row = render_vmstat_row(report_of(10), options).text;
  EXPECT_EQ(header.substr(header.find('\n') + 1),
            "   r    b         swpd         free        inact       active   si   so    bi    bo"
            "   in   cs  us  sy  id  wa  st  gu\n");
  EXPECT_NE(row.find(" 17138622464         5120         6144 "), std::string::npos) << row;
}

TEST(Vmstat, NothingRanIsIdle) {
  VmstatReport report = report_of(1);
  cv_cpu_usage& cpu = report.cpu.raw();
  cpu.valid = 0;  // two looks within one tick
  EXPECT_TRUE(render_vmstat_row(report, {}).text.ends_with("  0  0 100 0  0  0\n"))
      << render_vmstat_row(report, {}).text;
}

TEST(Vmstat, Errors) {
  struct Case {
    std::vector<const char*> arguments;
    const char* error;
  };
  const Case cases[] = {
      {{"0"}, "vmstat: delay must be positive integer\n"},
      {{"x"}, "vmstat: failed to parse argument: 'x'\n"},
      {{"1.5"}, "vmstat: failed to parse argument: '1.5'\n"},
      {{"1", "x"}, "vmstat: failed to parse argument: 'x'\n"},
      {{"4294967296"}, "vmstat: too large delay value\n"},
      {{"99999999999999999999"},
       "vmstat: failed to parse argument: '99999999999999999999': Numerical result out of range\n"},
      {{"-S", "x"}, "vmstat: -S requires k, K, m or M (default is KiB)\n"},
  };
  for (const Case& c : cases) {
    std::vector<const char*> argv = {"vmstat"};
    argv.insert(argv.end(), c.arguments.begin(), c.arguments.end());
    const ToolResult result = run_tool(run_vmstat, argv);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, c.error);
    EXPECT_EQ(result.out, "");
  }
  for (const std::vector<const char*>& argv : {std::vector<const char*>{"vmstat", "1", "1", "1"},
                                               {"vmstat", "-d", "-s"},
                                               {"vmstat", "-m", "-Dp", "vda"}}) {
    const ToolResult usage = run_tool(run_vmstat, argv);
    EXPECT_EQ(usage.status, 1);
    EXPECT_TRUE(usage.err.starts_with("\nUsage:\n vmstat [options] [delay [count]]\n"))
        << usage.err;
  }
}

TEST(Vmstat, ForksActAtOnceButOwnOptionsAreStillTaken) {
  const ToolResult forks = run_tool(run_vmstat, {"vmstat", "-d", "-s", "-f", "--bogus", "--host"});
  EXPECT_EQ(forks.status, 0);
  EXPECT_TRUE(forks.out.ends_with(" forks\n")) << forks.out;
  EXPECT_EQ(forks.err, "");
}

VmstatDisk disk_of(const char* name, std::uint64_t number) {
  VmstatDisk disk;
  disk.name = name;
  cv_disk_totals& totals = disk.totals.raw();
  totals.valid = ~std::uint64_t{0};
  totals.reads = number;
  totals.read_merges = 10 * number;
  totals.read_bytes = 512 * 100 * number;
  totals.read_msec = 1000 * number;
  totals.writes = 2 * number;
  totals.write_merges = 20 * number;
  totals.written_bytes = 512 * 200 * number;
  totals.write_msec = 2000 * number;
  totals.in_flight = 1999;
  totals.busy_msec = 900 + 1000 * number;
  totals.queue_msec = 2900;
  return disk;
}

TEST(Vmstat, Disks) {
  VmstatOptions options;
  EXPECT_EQ(disks_header(options, {}),
            "disk- ------------reads------------ ------------writes----------- -----IO------\n"
            "       total merged sectors      ms  total merged sectors      ms    cur    sec\n");
  VmstatDisk disk = disk_of("vda", 3);
  EXPECT_EQ(render_disk(disk, options, {}),
            "vda        3     30     300    3000      6     60     600    6000      1      3\n");
  disk.totals.raw().valid &= ~std::uint64_t{CV_DISK_TOTAL_READ_TIME};
  options.wide = true;
  EXPECT_EQ(render_disk(disk, options, {}),
            "vda           3        30         300           -         6        60         600"
            "        6000       1       3\n");
  EXPECT_EQ(partition_header("vda"),
            "vda             reads      read sectors      writes  requested writes\n");
  EXPECT_EQ(render_partition(disk),
            "                    3               300           6               600\n");
}

TEST(Vmstat, SumOfDisks) {
  VmstatReport report;
  std::vector<VmstatDisk> disks = {disk_of("vda", 1), disk_of("vda1", 5), disk_of("dm-0", 2)};
  disks[1].is_partition = true;
  disks[0].is_below = true;
  EXPECT_EQ(render_disk_sum(disks, report),
            "            2 disks\n            1 partitions\n            3 total reads\n"
            "           30 merged reads\n          300 read sectors\n"
            "         3000 milli reading\n            6 writes\n           60 merged writes\n"
            "          600 written sectors\n         6000 milli writing\n"
            "            2 inprogress IO\n            3 milli spent IO\n"
            "            4 milli weighted IO\n");
  cv_scope scope = report.scope.raw();
  scope.kind = CV_KIND_CONTAINER;
  report.scope = containerview::Scope(scope);
  report.activity.raw().valid = CV_ACTIVITY_PAGED_IN;
  report.activity.raw().paged_in_bytes = 5120;
  disks[2].totals.raw().valid &= ~std::uint64_t{CV_DISK_TOTAL_WRITES};
  const std::string text = render_disk_sum(disks, report);
  for (const char* line : {"            2 total reads\n", "           10 read sectors\n",
                           "            - writes\n", "            - written sectors\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  EXPECT_NE(render_disk_sum({}, report).find("            0 total reads\n"), std::string::npos)
      << "it is known that there was none";
  report.activity.raw().host = CV_ACTIVITY_PAGED_IN;
  EXPECT_NE(render_disk_sum({}, report).find("            - total reads\n"), std::string::npos);
}

TEST(Vmstat, Slabs) {
  cv_slab slab{};
  slab.name = "a_name_of_more_than_twenty_four";
  slab.active_objects = 1;
  slab.objects = 22;
  slab.object_bytes = 333;
  slab.objects_per_slab = 4444;
  EXPECT_EQ(slabs_header(), "Cache                       Num  Total   Size  Pages\n");
  EXPECT_EQ(render_slab(slab), "a_name_of_more_than_twen      1     22    333   4444\n");
}

}  // namespace
}  // namespace cvtools
