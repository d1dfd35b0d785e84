// SPDX-License-Identifier: Apache-2.0
// Every parser with good, missing and malformed text.
#include <gtest/gtest.h>

#include "kernel/cgroup_files.hpp"
#include "kernel/cpu_list.hpp"
#include "kernel/meminfo.hpp"
#include "kernel/pressure.hpp"
#include "kernel/proc_cgroup.hpp"
#include "kernel/proc_loadavg.hpp"
#include "kernel/proc_mountinfo.hpp"
#include "kernel/proc_pid_stat.hpp"
#include "kernel/proc_stat.hpp"
#include "kernel/timens.hpp"
#include "kernel/users.hpp"

namespace cv {
namespace {

using namespace std::string_literals;

// The error of a Result or Parsed, as "LINE: REASON".
template <typename T>
std::string error_of(const Result<T>& result) {
  return result ? "none" : std::to_string(result.error().line) + ": " + result.error().reason;
}
template <typename T>
std::string error_of(const Parsed<T>& parsed) {
  return parsed.error ? std::to_string(parsed.error->line) + ": " + parsed.error->reason : "none";
}

TEST(ParseMax, ReadsLimitAndMax) {
  EXPECT_FALSE(parse_max("max\n")->limited);
  EXPECT_EQ(parse_max("1073741824\n")->value, 1073741824u);
  EXPECT_TRUE(parse_max("0\n")->limited);
  EXPECT_EQ(parse_max("18446744073709551615")->value, UINT64_MAX);
}

TEST(ParseMax, RejectsAnythingElse) {
  EXPECT_EQ(error_of(parse_max("")), "1: empty");
  EXPECT_EQ(error_of(parse_max("\n\n")), "1: empty");
  EXPECT_EQ(error_of(parse_max("max\nmax\n")), "2: more than one line");
  for (const char* text : {"-1", "1k", "max 1", "0x10", "1.5", "18446744073709551616", "\xff\xfe"})
    EXPECT_EQ(error_of(parse_max(text)), "1: neither \"max\" nor a number") << text;
}

TEST(ParseV1MemoryLimit, KnowsItsUnlimitedValues) {
  for (const char* text : {"9223372036854771712", "9223372036854775807", "18446744073709551615",
                           "-1", "9223372036854710272"})
    EXPECT_FALSE(parse_v1_memory_limit(text)->limited) << text;
  EXPECT_TRUE(parse_v1_memory_limit("9223372036854710271")->limited);
  EXPECT_EQ(parse_v1_memory_limit("268435456\n")->value, 268435456u);
  EXPECT_FALSE(parse_v1_memory_limit("max").has_value());
}

TEST(ParseCpuMax, ReadsQuotaAndPeriod) {
  EXPECT_FALSE(parse_cpu_max("max 100000\n")->limited);
  EXPECT_DOUBLE_EQ(parse_cpu_max("150000 100000\n")->cpus(), 1.5);
  EXPECT_DOUBLE_EQ(parse_cpu_max("9223372036854775807 9223372036854775807")->cpus(), 1.0);
  EXPECT_DOUBLE_EQ(parse_cpu_max("50000")->cpus(), 0.5) << "the default period";
}

TEST(ParseCpuMax, NamesTheDefect) {
  EXPECT_EQ(error_of(parse_cpu_max("100000 0\n")), "1: period is zero");
  EXPECT_EQ(error_of(parse_cpu_max("0 100000\n")), "1: quota is zero");
  EXPECT_EQ(error_of(parse_cpu_max("500000 njn")), "1: period is not a number");
  EXPECT_EQ(error_of(parse_cpu_max("asdf 100000")), "1: quota is neither \"max\" nor a number");
  EXPECT_EQ(error_of(parse_cpu_max("250000 100000 100")), "1: more than two fields");
  EXPECT_EQ(error_of(parse_cpu_max("-1 100000")), "1: quota is neither \"max\" nor a number");
  EXPECT_EQ(error_of(parse_cpu_max(" ")), "1: empty");
}

TEST(ParseCfs, QuotaAndPeriod) {
  EXPECT_EQ(*parse_cfs_quota("-1\n"), std::nullopt);
  EXPECT_EQ(*parse_cfs_quota("150000\n"), 150000u);
  EXPECT_EQ(error_of(parse_cfs_quota("non-an-integer")), "1: quota is not a number");
  EXPECT_EQ(error_of(parse_cfs_quota("0")), "1: quota is zero");
  EXPECT_EQ(*parse_cfs_period("100000\n"), 100000u);
  EXPECT_EQ(error_of(parse_cfs_period("0\n")), "1: period is zero");
}

TEST(ParseMemoryStat, KeysMatchExactly) {
  const auto stat = parse_memory_stat_v2(
      "anon 1\nfile 100\nfile_mapped 7\nfile_dirty 3\nshmem 5\nshmem_thp 9\nslab_reclaimable 11\n"
      "active_file 20\ninactive_file 30\nunknown_key x\n");
  EXPECT_EQ(error_of(stat), "none");
  EXPECT_EQ(stat.value.cache, 100u);
  EXPECT_EQ(stat.value.dirty, 3u);
  EXPECT_EQ(stat.value.shmem, 5u);
  EXPECT_EQ(stat.value.writeback, std::nullopt);
}

TEST(ParseMemoryStat, ABadLineCostsOnlyItsFigure) {
  const auto stat = parse_memory_stat_v2("file abc\nshmem 5\nactive_file\n");
  EXPECT_EQ(error_of(stat), "1: value of file is not a number");
  EXPECT_EQ(stat.value.cache, std::nullopt);
  EXPECT_EQ(stat.value.shmem, 5u);
}

TEST(ParseMemoryStat, V1CountsChildren) {
  const auto stat = parse_memory_stat_v1(
      "cache 1\nrss 2\ntotal_rss_huge 4\nhierarchical_memory_limit 268435456\ntotal_cache 77\n");
  EXPECT_EQ(stat.value.cache, 77u);
  EXPECT_EQ(stat.value.hierarchical_memory_limit, 268435456u);
}

TEST(ParseCpuStat, V2AndV1) {
  EXPECT_EQ(
      parse_cpu_stat("usage_usec 10\nuser_usec 6\nsystem_usec 4\nnice_usec 1\n").value.nice_usec,
      1u);
  const auto v1 = parse_cpu_stat("nr_periods 9\nnr_throttled 3\nthrottled_time 2500000\n");
  EXPECT_EQ(v1.value.throttled_usec, 2500u);
  EXPECT_EQ(v1.value.usage_usec, std::nullopt);
}

TEST(ParseMemoryEvents, OomIsNotOomKill) {
  const auto events = parse_memory_events("low 0\nhigh 2\nmax 3\noom 4\noom_kill 5\n");
  EXPECT_EQ(events.value.oom, 4u);
  EXPECT_EQ(events.value.oom_kill, 5u);
}

TEST(CpuListTest, CountsASet) {
  EXPECT_EQ(CpuList::parse("0-3,8,10-11\n")->count(), 7u);
  EXPECT_EQ(CpuList::parse("1-2,3-4")->to_string(), "1-4");
  EXPECT_EQ(CpuList::parse("0-3,2-5,5")->to_string(), "0-5") << "overlaps count once";
  EXPECT_EQ(CpuList::parse("4,0-1")->to_string(), "0-1,4");
  EXPECT_TRUE(CpuList::parse("\n")->empty());
  EXPECT_EQ(CpuList::parse("0-3,8-11,20")->within(*CpuList::parse("2-9,11-30")).to_string(),
            "2-3,8-9,11,20");
  EXPECT_TRUE(CpuList::parse("0-3")->within(CpuList()).empty());
  CpuList list;
  for (const std::uint32_t cpu : {0u, 1u, 2u, 5u}) list.append(cpu);
  EXPECT_EQ(list.to_string(), "0-2,5");
  for (const char* text : {"a", "3-1", "0-", "-1", "1,,2", "0-99999999999", "0-4294967295", "1;2"})
    EXPECT_EQ(error_of(CpuList::parse(text)), "1: not a list of CPUs") << text;
}

TEST(ParseMeminfo, BytesAndExactKeys) {
  const auto meminfo = parse_meminfo(
      "MemTotal:       16777216 kB\nMemFree:        8388608 kB\nActive(anon):  5 kB\nActive: 7 "
      "kB\n");
  EXPECT_EQ(meminfo.value.mem_total, 17179869184u);
  EXPECT_EQ(meminfo.value.active, 7u * 1024);
  EXPECT_EQ(meminfo.value.mem_available, std::nullopt);
  EXPECT_EQ(error_of(meminfo), "none");
}

TEST(ParseMeminfo, MalformedLines) {
  const auto meminfo = parse_meminfo("MemTotal: many kB\nMemFree: 4 MB\nno colon\nShmem: 2 kB\n");
  EXPECT_EQ(error_of(meminfo), "1: MemTotal is not a number of kB");
  EXPECT_EQ(meminfo.value.mem_free, std::nullopt);
  EXPECT_EQ(meminfo.value.shmem, 2048u);
  EXPECT_EQ(parse_meminfo("MemTotal: 18446744073709551615 kB\n").value.mem_total, UINT64_MAX);
  EXPECT_EQ(error_of(parse_meminfo("")), "0: no MemTotal") << "masked";
}

TEST(ParsePressure, SomeAndFull) {
  const auto pressure = parse_pressure(
      "some avg10=1.50 avg60=0.20 avg300=0.01 total=123\n"
      "full avg10=0.00 avg60=0.00 avg300=0.00 total=9\n");
  ASSERT_TRUE(pressure.has_value());
  EXPECT_DOUBLE_EQ(pressure->some->avg10_pct, 1.5);
  EXPECT_EQ(pressure->full->total_usec, 9u);
  EXPECT_FALSE(parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n")->full);
}

TEST(ParsePressure, Malformed) {
  EXPECT_EQ(error_of(parse_pressure("")), "1: no pressure line");
  EXPECT_EQ(error_of(parse_pressure("some avg10=x avg60=0 avg300=0 total=1\n")),
            "1: not a pressure line");
  EXPECT_EQ(error_of(parse_pressure("some avg10=0 avg60=0 total=1\n")), "1: not a pressure line");
}

TEST(ParseProcCgroup, V1V2AndColons) {
  const auto parsed =
      parse_proc_cgroup("4:cpu,cpuacct:/docker/a:b/\n1:name=systemd:/\n0::/tab\ttab\n");
  EXPECT_EQ(error_of(parsed), "none");
  EXPECT_EQ(parsed.value.v1("cpuacct")->path, "/docker/a:b");
  EXPECT_EQ(parsed.value.v1("cp"), nullptr) << "whole tokens only";
  EXPECT_EQ(parsed.value.v2()->path, "/tab\ttab");
}

TEST(ParseProcCgroup, KeepsTheGoodLines) {
  const auto parsed = parse_proc_cgroup("garbage\n3:memory\n4:pids:no-slash\n0::/good");
  EXPECT_EQ(error_of(parsed), "1: not ID:CONTROLLERS:/PATH");
  ASSERT_EQ(parsed.value.entries.size(), 1u);
  EXPECT_EQ(parsed.value.entries[0].path, "/good");
  EXPECT_EQ(error_of(parse_proc_cgroup("")), "1: empty");
}

TEST(ParseMountinfo, OptionalFieldsAndLongLines) {
  const std::string text =
      "41 23 0:31 / /a rw - tmpfs a rw\n"
      "42 23 0:32 / /b rw shared:2 master:1 propagate_from:7 - cgroup2 b rw\n"
      "43 23 0:33 / /" +
      std::string(100'000, 'x') + " rw - overlay overlay rw,lowerdir=y\n";
  const auto parsed = parse_mountinfo(text);
  EXPECT_EQ(error_of(parsed), "none");
  ASSERT_EQ(parsed.value.size(), 3u);
  EXPECT_EQ(parsed.value[1].fs_type, "cgroup2");
  EXPECT_EQ(parsed.value[2].mount_point.size(), 100'001u);
}

TEST(ParseMountinfo, Malformed) {
  const auto parsed =
      parse_mountinfo("41 23 0:31 / /a rw\n41\n42 23 0:32 / /b rw - cgroup c rw,cpu\n");
  EXPECT_EQ(error_of(parsed), "1: not a mountinfo line");
  ASSERT_EQ(parsed.value.size(), 1u);
  EXPECT_EQ(parsed.value[0].super_options, "rw,cpu");
}

TEST(ParseMountinfo, RootThatIsNoPath) {
  // Container engines keep a network namespace alive by such a mount.
  const auto parsed =
      parse_mountinfo("97 27 0:4 net:[4026532181] /run/netns/a rw - nsfs nsfs rw\n");
  EXPECT_EQ(error_of(parsed), "none");
  ASSERT_EQ(parsed.value.size(), 1u);
  EXPECT_EQ(parsed.value[0].root, "net:[4026532181]");
}

TEST(UnescapeMount, Octal) {
  EXPECT_EQ(unescape_mount(R"(/a\040b\011c\012d\134e)"), "/a b\tc\nd\\e");
  EXPECT_EQ(unescape_mount(R"(\04)"), R"(\04)");
  EXPECT_EQ(unescape_mount(R"(\999)"), R"(\999)");
}

TEST(ParsePidStat, NamesMayHoldAnything) {
  const std::string rest = " S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 4242 2646016 229";
  const auto stat = parse_pid_stat("7 (a) R 1 (b)" + rest);
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->num_threads, 3u);
  EXPECT_EQ(stat->start_ticks, 4242u);
  EXPECT_EQ(error_of(parse_pid_stat("7 (a) S 1 2")), "1: fewer than 22 fields");
  EXPECT_EQ(error_of(parse_pid_stat("")), "1: no command name");
}

TEST(ParseSchedstat, ThreeCounters) {
  EXPECT_EQ(parse_schedstat("10 20 3\n")->run_delay_nsec, 20u);
  EXPECT_FALSE(parse_schedstat("10\n").has_value());

  const auto with_policy = [](const char* policy) {
    std::string line = "7 (a ) b) R";
    for (int field = 4; field <= 40; ++field) line += " 0";
    return parse_is_real_time(line + " " + policy + " 0 0\n");
  };
  for (const char* policy : {"1", "2", "6"}) EXPECT_TRUE(*with_policy(policy)) << policy;
  for (const char* policy : {"0", "3", "5", "7"}) EXPECT_FALSE(*with_policy(policy)) << policy;
  EXPECT_FALSE(parse_is_real_time("7 (a) R 1 2 3\n").has_value());
}

TEST(ParseAffinity, FindsItsLine) {
  EXPECT_EQ(parse_affinity("Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-2,5\n")->count(),
            4u);
  EXPECT_EQ(error_of(parse_affinity("Name:\tx\n")), "0: no Cpus_allowed_list");
  EXPECT_EQ(error_of(parse_affinity("\nCpus_allowed_list:\tx\n")), "2: not a list of CPUs");
}

TEST(ParseLoadavg, FiveFields) {
  EXPECT_EQ(parse_loadavg("0.20 0.18 0.12 1/80 11206\n")->total, 80u);
  for (const char* text : {"", "0.1 0.2", "0.1 0.2 0.3 4 5", "nan 0 0 1/2 3", "-1 0 0 1/2 3"})
    EXPECT_FALSE(parse_loadavg(text).has_value()) << text;
}

TEST(ParseProcStat, GuestIsNotCountedTwice) {
  const auto stat =
      parse_proc_stat("cpu  100 20 30 40 5 6 7 8 10 2\ncpu0 1\ncpu1 1\nbtime 1062191376\n");
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->cpu.user, 90u);
  EXPECT_EQ(stat->cpu.nice, 18u);
  EXPECT_EQ(stat->cpu.guest + stat->cpu.guest_nice, 12u);
  EXPECT_EQ(stat->cpu_count, 2u);
  EXPECT_EQ(stat->btime_sec, 1062191376u);
  EXPECT_EQ(error_of(parse_proc_stat("cpu  1 2\n")), "1: fewer than four counters");
}

TEST(ParseProcUptime, Bounds) {
  EXPECT_DOUBLE_EQ(*parse_proc_uptime("350735.47 234388.90\n"), 350735.47);
  for (const char* text : {"", "x", "-1 0", "1e300 0", "inf 0"})
    EXPECT_FALSE(parse_proc_uptime(text).has_value()) << text;
}

TEST(Users, SessionsAndUtmp) {
  EXPECT_TRUE(is_user_session("UID=0\nCLASS=user\n"));
  EXPECT_FALSE(is_user_session("UID=0\nCLASS=greeter\n"));
  EXPECT_FALSE(is_user_session(""));
  std::string records(3 * 384, '\0');
  records[0] = 7;  // USER_PROCESS
  records[44] = 'a';
  records[384] = 7;  // no name
  records[768] = 8;  // DEAD_PROCESS
  records[768 + 44] = 'b';
  EXPECT_EQ(count_utmp_users(records + "torn"), 1u);
}

TEST(TimensTest, OffsetOfTheBootClock) {
  EXPECT_EQ(
      *parse_boottime_offset("monotonic           0         0\nboottime      100000       500\n"),
      100'000'000'000'500);
  EXPECT_EQ(*parse_boottime_offset("boottime -1 250000000\n"), -750'000'000);
  for (const char* text : {"", "monotonic 0 0\n", "boottime\n", "boottime 1\n", "boottime x 0\n",
                           "boottime 1 1000000000\n", "boottime 99999999999 0\n"})
    EXPECT_FALSE(parse_boottime_offset(text)) << text;
}

}  // namespace
}  // namespace cv
