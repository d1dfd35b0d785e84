// SPDX-License-Identifier: Apache-2.0
// vmstat's figures: parsers and what is made of two snapshots.
#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "kernel/proc_loadavg.hpp"
#include "kernel/proc_pid_stat.hpp"
#include "kernel/proc_stat.hpp"
#include "kernel/proc_vmstat.hpp"
#include "kernel/slabinfo.hpp"
#include "snapshot/sampler.hpp"
#include "support/tree.hpp"
#include "view/activity.hpp"
#include "view/cpu.hpp"
#include "view/disk.hpp"
#include "view/origin.hpp"

namespace cv {
namespace {

using test::Tree;

TEST(ActivityParsers, ProcStatCounters) {
  const auto stat = parse_proc_stat(
      "cpu  10 20 30 40 5 6 7 8 2 1\nintr 12044978 0 9\nctxt 28881786\nbtime 1062191376\n"
      "processes 1108607\nprocs_running 10\nprocs_blocked 3\nsoftirq 5 1\n");
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->intr, 12044978u);
  EXPECT_EQ(stat->ctxt, 28881786u);
  EXPECT_EQ(stat->btime_sec, 1062191376u);
  EXPECT_EQ(stat->processes, 1108607u);
  EXPECT_EQ(stat->procs_running, 10u);
  EXPECT_EQ(stat->procs_blocked, 3u);
}

TEST(ActivityParsers, ProcVmstat) {
  const auto vmstat = parse_proc_vmstat("pgpgin 17\npgpgout 92\npgalloc_normal 6\npgfree x\n");
  EXPECT_EQ(vmstat.value.pgpgin, 17u);
  EXPECT_EQ(vmstat.value.pgpgout, 92u);
  EXPECT_EQ(vmstat.value.pgalloc_normal, 6u);
  EXPECT_FALSE(vmstat.value.pgalloc_dma);
  EXPECT_FALSE(vmstat.value.pgfree);
  ASSERT_TRUE(vmstat.error);
  EXPECT_EQ(vmstat.error->line, 4u);
}

TEST(ActivityParsers, ThreadStatus) {
  const auto status = parse_thread_status(
      "Name:\tState: R\nState:\tD (disk sleep)\nvoluntary_ctxt_switches:\t150\n"
      "nonvoluntary_ctxt_switches:\t545\n");
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->state, 'D');
  EXPECT_EQ(status->switches, 695u);
  EXPECT_FALSE(parse_thread_status("State:\tR (running)\n").has_value());
}

TEST(ActivityParsers, Slabinfo) {
  const auto slabs = parse_slabinfo(
      "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize>\n"
      "dentry 53214 53676 192 21 1 : tunables 0 0 0 : slabdata 2556 2556 0\nbad 1 2\n");
  ASSERT_EQ(slabs.value.size(), 1u);
  EXPECT_EQ(slabs.value[0].name, "dentry");
  EXPECT_EQ(slabs.value[0].active_objects, 53214u);
  EXPECT_EQ(slabs.value[0].objects, 53676u);
  EXPECT_EQ(slabs.value[0].object_bytes, 192u);
  EXPECT_EQ(slabs.value[0].objects_per_slab, 21u);
  ASSERT_TRUE(slabs.error);
  EXPECT_EQ(slabs.error->line, 4u);
}

TEST(ActivityParsers, LastPid) {
  EXPECT_EQ(parse_loadavg("0.20 0.18 0.12 1/80 11206\n")->last_pid, 11206u);
}

Snapshot taken(std::int64_t seconds, bool container) {
  Snapshot snapshot;
  auto scope = std::make_shared<Scope>();
  scope->is_container = container;
  snapshot.scope = scope;
  snapshot.placement = std::make_shared<Placement>();
  snapshot.time.boottime_nsec = seconds * kNsecPerSec;
  snapshot.activity.page_bytes = 4096;
  return snapshot;
}

TEST(Activity, OfTheMachine) {
  Snapshot begin = taken(100, false);
  Snapshot end = taken(110, false);
  begin.cpu.host.emplace();
  end.cpu.host.emplace();
  begin.cpu.host->ctxt = 1000;
  end.cpu.host->ctxt = 1500;
  begin.cpu.host->intr = 900;
  end.cpu.host->intr = 800;
  end.cpu.host->procs_running = 4;
  begin.activity.vmstat.emplace();
  end.activity.vmstat.emplace();
  begin.activity.vmstat->pgpgin = 5;
  end.activity.vmstat->pgpgin = 7;
  begin.activity.vmstat->pswpin = 1;
  end.activity.vmstat->pswpin = 3;
  ActivityView view = derive_activity(begin, end);
  EXPECT_EQ(view.elapsed_nsec.value, 10 * kNsecPerSec);
  EXPECT_EQ(view.switches.value, 500u);
  EXPECT_FALSE(view.interrupts.value) << "it went backwards";
  EXPECT_EQ(view.running.value, 4u);
  EXPECT_EQ(view.paged_in.value, 2048u);
  EXPECT_EQ(view.swapped_in.value, 8192u);
  EXPECT_FALSE(view.paged_out.value);
  view = derive_activity(origin_of(end), end);
  EXPECT_EQ(view.switches.value, 1500u);
  EXPECT_EQ(view.swapped_in.value, 3 * 4096u);
}

TEST(Activity, SwitchesOfThreadsThatCameStayedAndWent) {
  Snapshot begin = taken(100, true);
  Snapshot end = taken(102, true);
  begin.activity.threads = {{1, 'S', 100}, {5, 'R', 50}, {7, 'S', 70}};
  end.activity.threads = {{1, 'R', 130}, {6, 'D', 9}, {7, 'R', 3}};
  begin.activity.thread_count = end.activity.thread_count = 3;
  ActivityView view = derive_activity(begin, end);
  EXPECT_EQ(view.switches.value, 30u + 9 + 3) << "5 is gone, 6 is new, 7 is another thread";
  EXPECT_EQ(view.switches.quality, Quality::kEstimated);
  EXPECT_EQ(view.running.value, 2u);
  EXPECT_EQ(view.blocked.value, 1u);
  EXPECT_EQ(view.running.quality, Quality::kExact);
  EXPECT_FALSE(view.interrupts.value) << "no container has any";
  begin.activity.truncated = true;
  EXPECT_EQ(derive_activity(begin, end).switches.value, 30u) << "what is new can not be told";
  end.activity.truncated = true;
  end.activity.thread_count = 30;
  view = derive_activity(begin, end);
  EXPECT_EQ(view.running.value, 20u);
  EXPECT_EQ(view.running.quality, Quality::kEstimated);
  end.activity.threads.clear();
  EXPECT_FALSE(derive_activity(begin, end).running.value) << "none could be read";
}

TEST(CpuTimes, OfTheMachineAreItsTicks) {
  Snapshot snapshot = taken(100, false);
  snapshot.cpu.host.emplace();
  snapshot.cpu.host->cpu.user = 8;
  snapshot.cpu.host->cpu.guest = 2;
  snapshot.cpu.host->cpu.idle = 40;
  const CpuTimesView view = derive_cpu_times(snapshot);
  const auto tick_usec = static_cast<std::uint64_t>(clock_tick_nsec()) / 1000;
  EXPECT_EQ(view.user.value, 10 * tick_usec);
  EXPECT_EQ(view.guest.value, 2 * tick_usec);
  EXPECT_EQ(view.idle.value, 40 * tick_usec);
}

// A container, 1000 seconds after boot; its PID 1 started after 900. Its directory is `box`.
struct Container {
  Container()
      : tree{{"proc/uptime", "1000.00 1.00\n"},
             {"proc/stat", "cpu  1 1 1 1\ncpu0 1 1 1 1\nbtime 1700000000\n"},
             {"proc/vmstat", "pgpgin 100\npgpgout 200\npswpin 3\npswpout 4\n"},
             {"proc/loadavg", "0.20 0.18 0.12 1/80 77\n"},
             {"proc/self/cgroup", "0::/box\n"},
             {"proc/1/cgroup", "0::/box\n"},
             {"proc/1/stat", "1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 90000 0 0\n"},
             {"proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
             {box + "cgroup.controllers", "memory io\n"},
             {box + "cgroup.procs", "1\n"},
             {box + "cgroup.threads", "1\n"}} {
    options.sysroot = tree.root();
    options.scope = ScopeRequest::kContainer;
  }
  Snapshot sample() const {
    return *Sampler(*Target::open(options)).sample(kSampleActivity | kSampleCpu);
  }
  void thread(const std::string& tid, const std::string& state, int switches) const {
    tree.write("proc/" + tid + "/task/" + tid + "/status",
               "Name:\tx\nState:\t" + state + "\nvoluntary_ctxt_switches:\t" +
                   std::to_string(switches) + "\nnonvoluntary_ctxt_switches:\t1\n");
  }
  inline static const std::string box = "sys/fs/cgroup/box/";
  Tree tree;
  TargetOptions options;
};

TEST(Activity, OfAContainersThreads) {
  const Container container;
  container.tree.write(Container::box + "cgroup.threads", "1\n5\n6\n7\n");
  container.thread("1", "S (sleeping)", 10);
  container.thread("5", "R (running)", 20);
  container.thread("6", "D (disk sleep)", 30);  // 7 has ended
  const Snapshot end = container.sample();
  const ActivityView view = derive_activity(origin_of(end), end);
  EXPECT_EQ(view.running.value, 1u);
  EXPECT_EQ(view.blocked.value, 1u);
  EXPECT_EQ(view.switches.value, 63u);
  EXPECT_EQ(view.elapsed_nsec.value, 100 * kNsecPerSec);
  EXPECT_EQ(view.started_sec.value, 1700000000 + 900);
  EXPECT_EQ(view.forks.value, 77u) << "the last id of its PID namespace";
  EXPECT_EQ(view.forks.quality, Quality::kEstimated);
  EXPECT_FALSE(view.freed.value);
}

TEST(Activity, IoOfAContainerIsWhatItsCgroupWasCharged) {
  const Container container;
  container.tree.write(Container::box + "io.stat",
                       "254:0 rbytes=4096 wbytes=8192 rios=1 wios=2\n"
                       "254:16 rbytes=1024 wbytes=0 rios=1 wios=0\n");
  const Snapshot begin = container.sample();
  ActivityView view = derive_activity(origin_of(begin), begin);
  EXPECT_EQ(view.paged_in.value, 5120u);
  EXPECT_EQ(view.paged_out.value, 8192u);
  EXPECT_EQ(view.paged_in.quality, Quality::kExact);
  container.tree.write(Container::box + "io.stat",
                       "254:0 rbytes=4096 wbytes=9192 rios=1 wios=3\n"
                       "254:16 rbytes=1024 wbytes=0 rios=1 wios=0\n"
                       "254:32 rbytes=512 wbytes=0 rios=1 wios=0\n");
  view = derive_activity(begin, container.sample());
  EXPECT_EQ(view.paged_in.value, 512u) << "a device that is new";
  EXPECT_EQ(view.paged_out.value, 1000u);
}

TEST(Activity, NoDeviceIsNoIoButNoControllerIsTheMachines) {
  const Container container;
  container.tree.write(Container::box + "io.stat", "");
  Snapshot end = container.sample();
  ActivityView view = derive_activity(origin_of(end), end);
  EXPECT_EQ(view.paged_in.value, 0u);
  EXPECT_EQ(view.paged_in.quality, Quality::kExact);
  container.tree.remove(Container::box + "io.stat");
  const Snapshot begin = container.sample();
  container.tree.write("proc/vmstat", "pgpgin 110\npgpgout 220\n");
  end = container.sample();
  view = derive_activity(begin, end);
  EXPECT_EQ(view.paged_in.value, 10 * 1024u);
  EXPECT_EQ(view.paged_out.value, 20 * 1024u);
  EXPECT_EQ(view.paged_in.quality, Quality::kHost);
  EXPECT_FALSE(derive_activity(origin_of(end), end).paged_in.value)
      << "the machine's, since its boot";
}

TEST(Activity, IoThatTheKernelDoesNotCountIsWhatProcessesCaused) {
  const Container container;
  container.tree.write("proc/self/cgroup", "7:blkio:/box\n8:memory:/box\n");
  container.tree.write("proc/1/cgroup", "7:blkio:/box\n8:memory:/box\n");
  container.tree.write("proc/self/mountinfo",
                       "30 1 0:26 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n"
                       "31 1 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  const std::string blkio = "sys/fs/cgroup/blkio/box/";
  container.tree.write(blkio + "cgroup.procs", "1\n");
  container.tree.write("sys/fs/cgroup/memory/box/tasks", "1\n");
  container.tree.write(blkio + "blkio.throttle.io_service_bytes",
                       "254:0 Read 0\n254:0 Write 700\nTotal 700\n");
  container.tree.write("proc/1/io",
                       "read_bytes: 5000\nwrite_bytes: 9000\ncancelled_write_bytes: 0\n");
  const Snapshot end = container.sample();
  const ActivityView view = derive_activity(origin_of(end), end);
  EXPECT_EQ(view.paged_in.value, 5000u);
  EXPECT_EQ(view.paged_in.quality, Quality::kEstimated);
  EXPECT_EQ(view.paged_out.value, 700u) << "this direction is counted";
}

// A container with a memory cgroup that has this in memory.stat, and this much of its swap in use.
Snapshot with_swap(const Container& container, const std::string& stat, int used) {
  container.tree.write("proc/meminfo",
                       "MemTotal: 1000 kB\nMemFree: 500 kB\nSwapTotal: 900 kB\nSwapFree: 800 kB\n");
  container.tree.write(Container::box + "memory.max", "500000\n");
  container.tree.write(Container::box + "memory.current", "1000\n");
  container.tree.write(Container::box + "memory.swap.max", "90000\n");
  container.tree.write(Container::box + "memory.swap.current", std::to_string(used) + "\n");
  container.tree.write(Container::box + "memory.stat", "file 0\n" + stat);
  return container.sample();
}

TEST(Activity, SwappingByTheCountersOfTheCgroup) {
  const Container container;
  const Snapshot begin = with_swap(container, "pswpin 10\npswpout 20\n", 4096);
  const Snapshot end = with_swap(container, "pswpin 11\npswpout 23\n", 4096);
  const ActivityView view = derive_activity(begin, end);
  EXPECT_EQ(view.swapped_in.value, 1 * end.activity.page_bytes);
  EXPECT_EQ(view.swapped_out.value, 3 * end.activity.page_bytes);
  EXPECT_EQ(view.swapped_out.quality, Quality::kExact);
}

TEST(Activity, SwappingByTheChangeOfTheSwapInUse) {
  const Container container;
  const Snapshot begin = with_swap(container, "", 4096);
  const Snapshot end = with_swap(container, "", 12288);
  ActivityView view = derive_activity(begin, end);
  EXPECT_EQ(view.swapped_in.value, 0u);
  EXPECT_EQ(view.swapped_out.value, 8192u);
  EXPECT_EQ(view.swapped_out.quality, Quality::kEstimated);
  view = derive_activity(end, begin);
  EXPECT_EQ(view.swapped_in.value, 8192u);
  view = derive_activity(origin_of(end), end);
  EXPECT_EQ(view.swapped_out.value, 12288u);
}

TEST(Activity, SwappingWithoutAMemoryCgroupIsTheMachines) {
  const Container container;
  container.tree.write("proc/meminfo", "MemTotal: 1000 kB\nSwapTotal: 900 kB\nSwapFree: 800 kB\n");
  const Snapshot begin = container.sample();
  container.tree.write("proc/vmstat", "pswpin 5\npswpout 4\n");
  const Snapshot end = container.sample();
  const ActivityView view = derive_activity(begin, end);
  EXPECT_EQ(view.swapped_in.value, 2 * end.activity.page_bytes);
  EXPECT_EQ(view.swapped_in.quality, Quality::kHost);
  EXPECT_FALSE(derive_activity(origin_of(end), end).swapped_in.value);
}

TEST(Activity, NoGuestOnTheMachineIsNoneInAContainer) {
  const Container container;
  container.tree.write(Container::box + "cpu.stat",
                       "usage_usec 10\nuser_usec 5\nsystem_usec 5\nnr_periods 0\n");
  Snapshot end = container.sample();
  EXPECT_EQ(derive_cpu_usage(origin_of(end), end).guest.value, 0.0);
  EXPECT_EQ(derive_cpu_times(end).guest.value, 0u);
  container.tree.write("proc/stat", "cpu  9 0 0 0 0 0 0 0 5 0\ncpu0 9 0 0 0\nbtime 1700000000\n");
  end = container.sample();
  EXPECT_FALSE(derive_cpu_usage(origin_of(end), end).guest.value) << "whose it was is not told";
}

TEST(CpuTimes, OfAContainerAreItsCounters) {
  const Container container;
  container.tree.write(Container::box + "cpu.max", "200000 100000\n");
  container.tree.write("sys/devices/system/cpu/online", "0-3\n");
  container.tree.write(Container::box + "cpu.stat",
                       "usage_usec 30000000\nuser_usec 20000001\nsystem_usec 9999999\n"
                       "nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n");
  CpuTimesView view = derive_cpu_times(container.sample());
  EXPECT_EQ(view.user.value, 20000001u);
  EXPECT_EQ(view.system.value, 9999999u);
  EXPECT_EQ(view.idle.value, 2 * 100'000'000u - 30'000'000u) << "two CPUs for 100 s";
  EXPECT_EQ(view.idle.quality, Quality::kEstimated);
  EXPECT_FALSE(view.irq.value);
  container.tree.write(Container::box + "cpu.max", "10000 100000\n");
  view = derive_cpu_times(container.sample());
  EXPECT_EQ(view.user.value, 20000001u) << "though more than such a quota lets it";
  EXPECT_EQ(view.idle.value, 0u);
}

TEST(DiskTotals, OfTheMachineAndOfAContainer) {
  Container container;
  container.tree.write("proc/diskstats",
                       " 254       0 vda 100 10 8000 200 50 5 4000 400 3 500 600 0 0 0 0 0 0\n");
  container.tree.write(Container::box + "io.stat", "254:0 rbytes=4096 wbytes=512 rios=3 wios=2\n");
  Snapshot snapshot = container.sample();
  DiskTotals totals = derive_disk_totals(snapshot, 0);
  EXPECT_EQ(totals.read.ios.value, 3u);
  EXPECT_EQ(totals.read.ios.quality, Quality::kEstimated) << "bios, before they are merged";
  EXPECT_EQ(totals.read.bytes.value, 4096u);
  EXPECT_FALSE(totals.read.merges.value);
  EXPECT_FALSE(totals.read.msec.value) << "an estimate is no total";
  EXPECT_FALSE(totals.in_flight.value);
  EXPECT_FALSE(totals.busy_msec.value);
  EXPECT_FALSE(totals.queue_msec.value);

  container.options.scope = ScopeRequest::kHost;
  snapshot = *Sampler(*Target::open(container.options)).sample(kSampleDisks | kSampleUptime);
  totals = derive_disk_totals(snapshot, 0);
  EXPECT_EQ(totals.read.ios.value, 100u);
  EXPECT_EQ(totals.read.merges.value, 10u);
  EXPECT_EQ(totals.read.bytes.value, 8000 * 512u);
  EXPECT_EQ(totals.read.msec.value, 200u);
  EXPECT_EQ(totals.write.ios.value, 50u);
  EXPECT_EQ(totals.write.msec.value, 400u);
  EXPECT_EQ(totals.in_flight.value, 3u);
  EXPECT_EQ(totals.busy_msec.value, 500u);
  EXPECT_EQ(totals.queue_msec.value, 600u);
}

}  // namespace
}  // namespace cv
