// SPDX-License-Identifier: Apache-2.0
// Block I/O: the parsers, what is read in a small tree, and figures over an interval.
#include <gtest/gtest.h>

#include "kernel/io_files.hpp"
#include "snapshot/sampler.hpp"
#include "support/tree.hpp"
#include "view/disk.hpp"
#include "view/origin.hpp"

namespace cv {
namespace {

using test::Tree;

TEST(IoStatTest, OddLinesOfRealKernels) {
  const auto parsed = parse_io_stat(
      "7:7 \n"                                                           // no I/O yet
      "7:6 7:5 254:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n"  // Linux 5.15
      "(unknown) rbytes=9 wbytes=9 rios=9 wios=9 dbytes=9 dios=9\n"
      "253:0 rbytes=7 wbytes=8 rios=1 wios=1 cost.usage=44 use_delay=1 depth=max\n");
  EXPECT_FALSE(parsed.error);
  ASSERT_EQ(parsed.value.size(), 5u);
  EXPECT_EQ(parsed.value[0].rbytes, std::nullopt);
  EXPECT_EQ(parsed.value[2].rbytes, std::nullopt) << "7:5 has no counters of its own";
  EXPECT_EQ(parsed.value[3].number, (DeviceNumber{254, 0}));
  EXPECT_EQ(parsed.value[3].dios, 6u);
  EXPECT_EQ(parsed.value[4].wbytes, 8u);
  EXPECT_EQ(parsed.value[4].dbytes, std::nullopt);
}

TEST(IoStatTest, BadValueIsNamedAndTheRestKept) {
  const auto parsed = parse_io_stat("254:0 rbytes=1\n254:1 rbytes=x wbytes=2\n");
  ASSERT_TRUE(parsed.error);
  EXPECT_EQ(parsed.error->line, 2u);
  ASSERT_EQ(parsed.value.size(), 2u);
  EXPECT_EQ(parsed.value[1].rbytes, std::nullopt);
  EXPECT_EQ(parsed.value[1].wbytes, 2u);
}

TEST(IoMaxTest, MaxIsNoLimit) {
  const auto parsed = parse_io_max("254:0 rbps=10485760 wbps=max riops=1000 wiops=max\n");
  EXPECT_FALSE(parsed.error);
  ASSERT_EQ(parsed.value.size(), 1u);
  EXPECT_EQ(parsed.value[0].rbps, 10485760u);
  EXPECT_EQ(parsed.value[0].wbps, std::nullopt);
  EXPECT_EQ(parsed.value[0].riops, 1000u);
}

TEST(BlkioTest, RowsByDevice) {
  const auto parsed = parse_blkio_rows(
      "254:0 Read 10\n254:0 Write 20\n254:0 Sync 25\n254:0 Async 5\n254:0 Total 30\n"
      "7:1 Read 1\n7:1 Write 2\n7:1 Sync 3\n7:1 Async 0\n7:1 Discard 4\n7:1 Total 7\nTotal 37\n");
  EXPECT_FALSE(parsed.error);
  ASSERT_EQ(parsed.value.size(), 2u);
  EXPECT_EQ(parsed.value[0].read, 10u);
  EXPECT_EQ(parsed.value[0].write, 20u);
  EXPECT_EQ(parsed.value[0].discard, std::nullopt) << "before 4.19";
  EXPECT_EQ(parsed.value[1].discard, 4u);
  EXPECT_TRUE(parse_blkio_rows("Total 0\n").value.empty());
}

TEST(DiskstatsTest, CountersOfOldAndNewKernels) {
  const auto parsed = parse_diskstats(
      "   8       0 sda 1 2 3 4 5 6 7 8 0 10 11\n"
      " 254       0 vda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"
      " 104       0 cciss!c0d0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"
      "   8       1 sda1 1 2 3 4\n");
  ASSERT_EQ(parsed.value.size(), 3u);
  EXPECT_EQ(parsed.value[0].counters.discard.ios, 0u);
  EXPECT_EQ(parsed.value[1].counters.write.sectors, 7u);
  EXPECT_EQ(parsed.value[1].counters.busy_msec, 10u);
  EXPECT_EQ(parsed.value[1].counters.discard.sectors, 14u);
  EXPECT_EQ(parsed.value[1].counters.flush.msec, 17u);
  EXPECT_EQ(parsed.value[2].name, "cciss/c0d0");
  ASSERT_TRUE(parsed.error);
  EXPECT_EQ(parsed.error->line, 4u) << "four counters: a partition before 2.6.25";
}

// A container, 1000 seconds after boot; its PID 1 started after 900.
struct Machine {
  explicit Machine(bool v2) {
    tree.write("proc/uptime", "1000.00 1.00\n");
    tree.write("proc/stat", "cpu  1 1 1 1\ncpu0 1 1 1 1\nbtime 1700000000\n");
    tree.write("proc/1/stat", "1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 90000 0 0\n");
    tree.write("proc/1/cgroup", v2 ? "0::/box\n" : "7:blkio:/box\n8:memory:/box\n");
    tree.write("proc/self/cgroup", v2 ? "0::/box\n" : "7:blkio:/box\n8:memory:/box\n");
    tree.write("proc/self/mountinfo",
               v2 ? "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
                  : "30 1 0:26 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n"
                    "31 1 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
    tree.write("proc/diskstats",
               " 254       0 vda 100 0 8000 200 50 0 4000 400 0 500 600 0 0 0 0 0 0\n");
    tree.write("proc/sys/kernel/osrelease", "6.18.0\n");
    cgroup = v2 ? "sys/fs/cgroup/box/" : "sys/fs/cgroup/blkio/box/";
    tree.write(cgroup + "cgroup.procs", "1\n");
    if (!v2) tree.write("sys/fs/cgroup/memory/box/cgroup.procs", "1\n");
    if (v2) tree.write(cgroup + "cgroup.controllers", "io\n");
  }
  TargetOptions options() const {
    TargetOptions options;
    options.sysroot = tree.root();
    options.scope = ScopeRequest::kContainer;
    return options;
  }
  Snapshot sample(std::uint32_t what = kSampleDisks | kSampleDiskLimits) const {
    TargetOptions recorded = options();
    recorded.record = true;
    Sampler sampler(*Target::open(recorded));
    return *sampler.sample(what | kSampleUptime | kSampleIoPressure);
  }
  void uptime(const std::string& seconds) const { tree.write("proc/uptime", seconds + " 1.00\n"); }
  void throttle(const std::string& bytes, const std::string& ios) const {
    tree.write(cgroup + "blkio.throttle.io_service_bytes", "Total 0\n");
    tree.write(cgroup + "blkio.throttle.io_service_bytes_recursive", bytes);
    tree.write(cgroup + "blkio.throttle.io_serviced_recursive", ios);
  }
  void process_io(const std::string& read, const std::string& write) const {
    tree.write("proc/1/io", "rchar: 9\nread_bytes: " + read + "\nwrite_bytes: " + write +
                                "\ncancelled_write_bytes: 4096\n");
  }

  Tree tree{};
  std::string cgroup;
};

std::size_t index_of(const Snapshot& snapshot, const std::string& name) {
  for (std::size_t i = 0; i < snapshot.disks.disks.size(); ++i)
    if (snapshot.disks.disks[i].name == name) return i;
  ADD_FAILURE() << "no disk " << name;
  return 0;
}

TEST(DiskTest, IoStatOverAnInterval) {
  const Machine machine(true);
  machine.tree.write(machine.cgroup + "io.stat",
                     "254:0 rbytes=1048576 wbytes=0 rios=8 wios=0 dbytes=0 dios=0\n");
  machine.tree.write(machine.cgroup + "io.max",
                     "254:0 rbps=10485760 wbps=max riops=max wiops=max\n");
  const Snapshot begin = machine.sample();
  machine.uptime("1002.00");
  machine.tree.write(machine.cgroup + "io.stat",
                     "254:0 rbytes=11534336 wbytes=4096 rios=28 wios=1 dbytes=8192 dios=2\n");
  machine.tree.write("proc/diskstats",
                     " 254 0 vda 200 0 16000 400 60 0 4800 500 0 600 700 2 0 16 1 0 0\n");
  const Snapshot end = machine.sample();
  const DiskView view = derive_disk(begin, end, index_of(end, "vda"));
  EXPECT_EQ(view.source, IoSource::kIoStat);
  EXPECT_EQ(view.read.bytes.value, 10485760u);
  EXPECT_EQ(view.read.bytes.quality, Quality::kExact);
  EXPECT_NEAR(*view.read.bytes_per_sec.value, 5242880, 1e-6);
  EXPECT_NEAR(*view.read.ios.value, 10, 1e-9);
  EXPECT_EQ(view.read.ios.quality, Quality::kEstimated) << "bios, before they are merged";
  EXPECT_EQ(view.discard.bytes.value, 8192u);
  EXPECT_NEAR(*view.all.ios.value, 11.5, 1e-9);
  EXPECT_NEAR(*view.read.request_bytes.value, 524288, 1e-6);
  EXPECT_EQ(view.read.merges.value, std::nullopt);
  EXPECT_EQ(view.flush.ios.value, std::nullopt);
  EXPECT_NEAR(*view.read.await_msec.value, 2, 1e-9) << "the device's: 200 ms for 100 reads";
  EXPECT_EQ(view.await_source, AwaitSource::kDevice);
  EXPECT_NEAR(*view.util_pct.value, 50, 1e-9) << "of its own 10 MiB/s";
  EXPECT_NEAR(*view.limit_used_pct.value, 50, 1e-9);
}

TEST(DiskTest, ThrottledWaitingIsSeenByPressure) {
  const Machine machine(true);
  machine.tree.write(machine.cgroup + "io.stat", "254:0 rbytes=0 wbytes=0 rios=0 wios=0\n");
  const std::string full = "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
  machine.tree.write(machine.cgroup + "io.pressure",
                     "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000\n" + full);
  const Snapshot begin = machine.sample();
  machine.uptime("1001.00");
  machine.tree.write(machine.cgroup + "io.stat", "254:0 rbytes=40960 wbytes=0 rios=10 wios=0\n");
  machine.tree.write(machine.cgroup + "io.pressure",
                     "some avg10=0.00 avg60=0.00 avg300=0.00 total=901000\n" + full);
  const Snapshot end = machine.sample();
  const DiskView view = derive_disk(begin, end, 0);
  EXPECT_NEAR(*view.read.await_msec.value, 90, 1e-9);
  EXPECT_EQ(view.await_source, AwaitSource::kPressure);
  EXPECT_EQ(view.read.await_msec.quality, Quality::kEstimated);
  EXPECT_NEAR(*view.queue.value, 0.9, 1e-9) << "Little's law";
  EXPECT_EQ(view.write.await_msec.value, 0.0) << "nothing was written, nobody waited";
  EXPECT_EQ(view.util_pct.quality, Quality::kHost) << "no limit: the device's";
}

TEST(DiskTest, TornLineIsNoChangeAndAFallIsUnknown) {
  const Machine machine(true);
  machine.tree.write(machine.cgroup + "io.stat", "254:0 rbytes=4096 wbytes=0 rios=1 wios=0\n");
  const Snapshot begin = machine.sample();
  machine.uptime("1001.00");
  machine.tree.write(machine.cgroup + "io.stat", "254:0 \n");
  Snapshot end = machine.sample();
  EXPECT_EQ(derive_disk(begin, end, 0).read.bytes.value, 0u);
  machine.tree.write(machine.cgroup + "io.stat", "254:0 rbytes=1 wbytes=0 rios=0 wios=0\n");
  end = machine.sample();
  EXPECT_EQ(derive_disk(begin, end, 0).read.bytes.value, std::nullopt);
  EXPECT_EQ(derive_disk(begin, end, 0).write.bytes.value, 0u);
}

TEST(DiskTest, SinceTheContainerBegan) {
  const Machine machine(true);  // started 900 s after boot, 100 s ago
  machine.tree.write(machine.cgroup + "io.stat", "254:0 rbytes=102400 wbytes=0 rios=100 wios=0\n");
  const Snapshot end = machine.sample();
  const DiskView view = derive_disk(origin_of(end), end, 0);
  EXPECT_NEAR(*view.read.bytes_per_sec.value, 1024, 1e-6) << "not by the machine's 1000 s";
  EXPECT_EQ(view.read.bytes_per_sec.quality, Quality::kEstimated);
  EXPECT_EQ(view.read.bytes.value, 102400u);
  EXPECT_EQ(view.util_pct.value, std::nullopt) << "the device's life is not the container's";
}

TEST(DiskTest, V1CountersThatCount) {
  const Machine machine(false);
  machine.throttle("254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 12288\n254:0 Async 0\n",
                   "254:0 Read 1\n254:0 Write 2\n254:0 Sync 3\n254:0 Async 0\n");
  // BFQ counts the same I/O once more.
  machine.tree.write(machine.cgroup + "blkio.bfq.io_service_bytes", "");
  machine.tree.write(machine.cgroup + "blkio.bfq.io_service_bytes_recursive",
                     "254:0 Read 4096\n254:0 Write 8192\n");
  const Snapshot end = machine.sample();
  ASSERT_EQ(end.disks.disks.size(), 1u);
  const DiskView view = derive_disk(origin_of(end), end, 0);
  EXPECT_EQ(view.source, IoSource::kThrottle);
  EXPECT_EQ(view.read.bytes.value, 4096u);
  EXPECT_EQ(view.write.bytes.value, 8192u);
  EXPECT_EQ(view.write.bytes.quality, Quality::kEstimated) << "without what is written back later";
}

TEST(DiskTest, V1WithoutALineIsNotZero) {
  const Machine machine(false);  // 6.10 and later: nobody has set a rule for the device
  machine.throttle("Total 0\n", "Total 0\n");
  machine.process_io("1048576", "12288");
  const Snapshot end = machine.sample();
  ASSERT_EQ(end.disks.disks.size(), 1u);
  const DiskView view = derive_disk(origin_of(end), end, 0);
  EXPECT_EQ(end.disks.disks[0].name, "total");
  EXPECT_EQ(view.source, IoSource::kProcesses);
  EXPECT_EQ(view.read.bytes.value, 1048576u);
  EXPECT_EQ(view.write.bytes.value, 8192u) << "less what was cancelled";
  EXPECT_EQ(view.read.bytes.quality, Quality::kEstimated);
  EXPECT_EQ(view.all.ios.value, std::nullopt);
  EXPECT_EQ(view.read.ios.value, std::nullopt);
}

// 6.10 and later: somebody has set a rule for vda, nobody for vdb.
TEST(DiskTest, V1WithoutALineBesideOneThatCounts) {
  const Machine machine(false);
  machine.throttle("254:0 Read 4096\n254:0 Write 8192\n", "254:0 Read 1\n254:0 Write 2\n");
  machine.process_io("1048576", "12288");
  Snapshot end = machine.sample();
  EXPECT_EQ(end.disks.disks.size(), 1u) << "all disks of the machine are counted";

  const std::string vda = " 254       0 vda 100 0 8000 200 50 0 4000 400 0 500 600\n";
  machine.tree.write("proc/diskstats", vda + " 254      16 vdb 9 0 2048 2 0 0 0 0 0 5 6\n");
  const Snapshot begin = end;
  end = machine.sample();
  ASSERT_EQ(end.disks.disks.size(), 2u);
  const std::size_t both[] = {0, 1};
  const DiskView view = derive_disk_group(origin_of(end), end, both);
  EXPECT_EQ(view.read.bytes.value, 1048576u) << "once";
  EXPECT_EQ(view.read.bytes.quality, Quality::kEstimated);
  EXPECT_EQ(view.write.bytes.value, 8192u);
  EXPECT_EQ(view.read.ios.value, std::nullopt) << "requests of vdb are not known";
  EXPECT_EQ(derive_disk(begin, end, index_of(end, "total")).read.bytes.value, std::nullopt)
      << "not since the start: the sum was not made at the beginning of the interval";

  machine.process_io("4096", "12288");
  EXPECT_EQ(machine.sample().disks.disks.size(), 1u) << "vda tells it all";
  machine.process_io("1048576", "12288");
  machine.tree.write("proc/sys/kernel/osrelease", "6.6.0\n");
  EXPECT_EQ(machine.sample().disks.disks.size(), 1u) << "a kernel that counts every device";
}

TEST(DiskTest, V1ZeroInADirectionWithoutARule) {
  const Machine machine(false);
  machine.tree.write("proc/sys/kernel/osrelease", "6.1.0-56-cloud-amd64\n");
  machine.throttle("254:0 Read 4096\n254:0 Write 0\n", "254:0 Read 1\n254:0 Write 0\n");
  machine.tree.write(machine.cgroup + "blkio.throttle.read_bps_device", "254:0 1048576\n");
  machine.process_io("4096", "4096");
  Snapshot end = machine.sample();
  DiskView view = derive_disk(origin_of(end), end, 0);
  EXPECT_EQ(view.read.bytes.value, 4096u);
  EXPECT_EQ(view.write.bytes.value, std::nullopt) << "5.16 to 6.4 count under an own rule only";
  EXPECT_EQ(view.write.ios.value, std::nullopt);

  machine.tree.write(machine.cgroup + "blkio.throttle.write_bps_device", "254:0 1048576\n");
  end = machine.sample();
  EXPECT_EQ(derive_disk(origin_of(end), end, 0).write.bytes.value, 0u);
}

// What of the cgroup's files the sample has looked for.
bool looked_for(const Snapshot& snapshot, const Machine& machine, const std::string& name) {
  return snapshot.reads->find("/" + machine.cgroup + name) != nullptr;
}

TEST(DiskTest, LimitsAreReadForWhoAsks) {
  const Machine machine(true);
  machine.tree.write(machine.cgroup + "io.stat", "254:0 rbytes=4096 wbytes=0 rios=1 wios=0\n");
  machine.tree.write(machine.cgroup + "io.max", "254:0 rbps=8192 wbps=max riops=max wiops=max\n");
  const Snapshot without = machine.sample(kSampleDisks);
  EXPECT_FALSE(looked_for(without, machine, "io.max"));
  EXPECT_FALSE(without.disks.disks[0].limits.any());
  EXPECT_EQ(derive_disk(origin_of(without), without, 0).read.bytes.value, 4096u);
  const Snapshot with = machine.sample(kSampleDiskLimits);
  EXPECT_TRUE(with.has(kSampleDisks));
  EXPECT_EQ(with.disks.disks[0].limits.rbps, 8192u);
}

TEST(DiskTest, V1RulesAreReadWhereTheyTellAZero) {
  const Machine machine(false);
  machine.throttle("254:0 Read 4096\n254:0 Write 0\n254:0 Discard 0\n",
                   "254:0 Read 1\n254:0 Write 0\n254:0 Discard 0\n");
  machine.tree.write(machine.cgroup + "blkio.bfq.io_service_bytes_recursive", "Total 0\n");
  machine.process_io("4096", "1048576");
  const Snapshot idle = machine.sample(kSampleDisks);
  EXPECT_FALSE(looked_for(idle, machine, "blkio.throttle.read_bps_device"));
  EXPECT_TRUE(looked_for(idle, machine, "blkio.throttle.write_iops_device"));
  EXPECT_FALSE(looked_for(idle, machine, "blkio.bfq.io_serviced_recursive")) << "no device there";
  machine.tree.write(machine.cgroup + "blkio.throttle.write_bps_device", "254:0 8192\n");
  const Snapshot ruled = machine.sample(kSampleDisks);
  EXPECT_TRUE(ruled.disks.disks[0].rule_write);
  EXPECT_FALSE(ruled.disks.disks[0].limits.any()) << "nobody has asked";
  EXPECT_EQ(machine.sample().disks.disks[0].limits.wbps, 8192u);
  machine.tree.write(machine.cgroup + "blkio.throttle.write_bps_device", "");
  machine.tree.write("proc/sys/kernel/osrelease", "6.1.0\n");
  machine.throttle("254:0 Read 0\n254:0 Write 4096\n254:0 Discard 0\n",
                   "254:0 Read 0\n254:0 Write 1\n254:0 Discard 0\n");
  const Snapshot end = machine.sample(kSampleDisks);
  EXPECT_TRUE(looked_for(end, machine, "blkio.throttle.read_bps_device"));
  EXPECT_FALSE(looked_for(end, machine, "blkio.throttle.write_bps_device"));
  const DiskView view = derive_disk(origin_of(end), end, 0);
  EXPECT_EQ(view.discard.bytes.value, 0u) << "under the same rule as the writes";
  EXPECT_EQ(view.read.bytes.value, std::nullopt);
}

TEST(DiskTest, V1ZeroWhereProcessesHaveWritten) {
  const Machine machine(false);
  machine.throttle("254:0 Read 4096\n254:0 Write 0\n", "254:0 Read 1\n254:0 Write 0\n");
  machine.process_io("4096", "1048576");
  const Snapshot end = machine.sample();
  EXPECT_EQ(derive_disk(origin_of(end), end, 0).write.bytes.value, std::nullopt);
  machine.process_io("4096", "4096");  // all of it cancelled
  const Snapshot idle = machine.sample();
  EXPECT_EQ(derive_disk(origin_of(idle), idle, 0).write.bytes.value, 0u);
}

TEST(DiskTest, V1ZeroWhereProcessesHaveReadNoMoreEither) {
  const Machine machine(false);
  machine.throttle("254:0 Read 4096\n254:0 Write 0\n", "254:0 Read 1\n254:0 Write 0\n");
  machine.process_io("4096", "4096");  // the writes were cancelled
  const Snapshot end = machine.sample();
  EXPECT_EQ(end.disks.disks.size(), 1u) << "all is counted: no sum of processes beside it";
  EXPECT_EQ(derive_disk(origin_of(end), end, 0).write.bytes.value, 0u);
}

TEST(DiskTest, V1CfqKnowsRequestsMergesAndTimes) {
  const Machine machine(false);
  const auto rows = [&](const char* name, const char* read, const char* write) {
    machine.tree.write(machine.cgroup + name,
                       std::string("254:0 Read ") + read + "\n254:0 Write " + write + "\n");
  };
  rows("blkio.io_service_bytes", "40960", "0");
  rows("blkio.io_serviced", "10", "0");
  rows("blkio.io_merged", "30", "0");
  rows("blkio.io_service_time", "20000000", "0");
  rows("blkio.io_wait_time", "30000000", "0");
  machine.tree.write(machine.cgroup + "blkio.time", "254:0 500\n");
  const Snapshot end = machine.sample();
  const DiskView view = derive_disk(origin_of(end), end, 0);
  EXPECT_EQ(view.source, IoSource::kCfq);
  EXPECT_NEAR(*view.read.await_msec.value, 5, 1e-9);
  EXPECT_EQ(view.await_source, AwaitSource::kCounters);
  EXPECT_NEAR(*view.read.merged_pct.value, 75, 1e-9);
  ASSERT_TRUE(view.util_pct.value);
  EXPECT_NEAR(*view.util_pct.value, 0.5, 1e-9) << "500 ms of 100 s";
}

TEST(DiskTest, StackedDevicesAreCountedOnceOnTop) {
  const Machine machine(true);
  machine.tree.write(machine.cgroup + "io.stat",
                     "254:0 rbytes=8192 wbytes=0 rios=2 wios=0\n"
                     "252:0 rbytes=4096 wbytes=0 rios=1 wios=0\n");
  machine.tree.write("sys/dev/block/252:0", "-> ../../devices/virtual/block/dm-0");
  machine.tree.write("sys/devices/virtual/block/dm-0/stat", "1 0 8 1 0 0 0 0 0 1 1\n");
  machine.tree.write("sys/devices/virtual/block/dm-0/slaves/vda1/dev", "254:1\n");
  machine.tree.write("sys/dev/block/254:1", "-> ../../devices/pci/block/vda/vda1");
  machine.tree.write("sys/dev/block/254:0", "-> ../../devices/pci/block/vda");
  machine.tree.write("sys/devices/pci/block/vda/dev", "254:0\n");
  machine.tree.write("sys/devices/pci/block/vda/vda1/partition", "1\n");
  machine.tree.write("sys/block/dm-0/dm/name", "vg-root\n");
  const Snapshot end = machine.sample();
  ASSERT_EQ(end.disks.disks.size(), 2u);
  const std::size_t dm = index_of(end, "dm-0");
  EXPECT_EQ(end.disks.disks[dm].mapper_name, "vg-root");
  EXPECT_EQ(end.disks.disks[dm].stacked_on, "vda") << "the disk of the partition";
  const std::vector<std::size_t> both{0, 1};
  EXPECT_EQ(derive_disk_group(origin_of(end), end, both).read.bytes.value, 4096u);
}

TEST(DiskTest, DevicesOfUserSpaceBesideTheContainers) {
  const Machine machine(true);
  machine.tree.write(machine.cgroup + "io.stat", "254:0 rbytes=4096 wbytes=0 rios=1 wios=0\n");
  const Tree given{{"block/nvme9/stat", "100 0 800 200 0 0 0 0 0 100 200\n"}};
  TargetOptions options = machine.options();
  options.disks_dir = given.root();
  Sampler both(*Target::open(options));
  const Snapshot end = *both.sample(kSampleDisks | kSampleUptime);
  ASSERT_EQ(end.disks.disks.size(), 2u);
  const DiskView view = derive_disk(origin_of(end), end, index_of(end, "nvme9"));
  EXPECT_EQ(view.source, IoSource::kDevice);
  EXPECT_NEAR(*view.read.await_msec.value, 2, 1e-9);
  EXPECT_NEAR(*view.read.ios.value, 0.1, 1e-9) << "over the machine's 1000 s";
  EXPECT_EQ(view.read.ios.quality, Quality::kExact);

  options.given_disks_only = true;
  Sampler alone(*Target::open(options));
  EXPECT_EQ(alone.sample(kSampleDisks)->disks.disks.size(), 1u);
  given.remove("block");  // then the other form
  given.write("diskstats",
              "259 0 nvme8 1 0 8 2 0 0 0 0 0 1 2\n259 1 nvme8p1 1 0 8 2 0 0 0 0 0 1 2\n");
  const auto disks = alone.sample(kSampleDisks)->disks.disks;
  ASSERT_EQ(disks.size(), 2u);
  EXPECT_EQ(disks[1].partition_of, "nvme8");

  options.disks_dir = given.root() + "/none";
  EXPECT_EQ(Target::open(options).error().kind, ErrorKind::kNotFound);
}

TEST(DiskTest, PersistentNames) {
  const Machine machine(true);
  machine.tree.write(machine.cgroup + "io.stat", "254:0 rbytes=4096 wbytes=0 rios=1 wios=0\n");
  machine.tree.write("sys/dev/block/254:0", "-> ../../devices/pci/block/vda");
  machine.tree.write("dev/disk/by-id/virtio-1234", "-> ../../vda");
  machine.tree.write("dev/disk/by-id/virtio-1234-part1", "-> ../../vda1");
  TargetOptions options = machine.options();
  options.disk_names = "id";
  Sampler sampler(*Target::open(options));
  EXPECT_EQ(sampler.sample(kSampleDisks)->disks.disks[0].persistent_name, "virtio-1234");
  for (const char* none : {"uuid", "../by-id"}) {
    options.disk_names = none;
    EXPECT_EQ(Target::open(options).error().kind, ErrorKind::kNotFound) << none;
  }
}

TEST(DiskTest, MachineByHundredthsOfASecond) {
  Tree tree{{"proc/uptime", "100.29 1.00\n"},
            {"proc/stat", "cpu  1 1 1 1\nbtime 1700000000\n"},
            {"proc/self/cgroup", ""},
            {"proc/self/mountinfo", ""},
            {"sys/block/sda/stat", "100 10 2000 300 200 20 4000 900 0 700 1200 5 0 40 10 3 6\n"},
            {"sys/block/sda/sda1/stat", "1 0 8 3 0 0 0 0 0 1 1\n"}};
  TargetOptions options;
  options.sysroot = tree.root();
  options.scope = ScopeRequest::kHost;
  Sampler sampler(*Target::open(options));
  const Snapshot begin = *sampler.sample(kSampleDisks);
  ASSERT_EQ(begin.disks.disks.size(), 2u);
  EXPECT_EQ(begin.disks.disks[1].partition_of, "sda");
  tree.write("proc/uptime", "102.30 1.00\n");  // 2.01 s: in binary a hair less
  tree.write("sys/block/sda/stat", "301 110 6020 702 200 20 4000 900 0 901 1401 5 0 40 10 4 9\n");
  const Snapshot end = *sampler.sample(kSampleDisks);
  const DiskView view = derive_disk(begin, end, 0);
  EXPECT_NEAR(*view.read.ios.value, 100, 1e-9);
  EXPECT_NEAR(*view.read.bytes_per_sec.value, 1024.0 * 1000, 1e-6);
  EXPECT_NEAR(*view.read.await_msec.value, 2, 1e-9);
  EXPECT_NEAR(*view.read.merged_pct.value, 100.0 * 100 / 301, 1e-9);
  EXPECT_NEAR(*view.flush.await_msec.value, 3, 1e-9);
  EXPECT_NEAR(*view.util_pct.value, 10, 1e-9);
  EXPECT_NEAR(*view.queue.value, 0.1, 1e-9);
  EXPECT_EQ(view.write.ios.value, 0.0);
  EXPECT_EQ(derive_disk(end, begin, 0).read.ios.value, 0.0) << "a counter that fell";
}

}  // namespace
}  // namespace cv
