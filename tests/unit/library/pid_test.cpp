// SPDX-License-Identifier: Apache-2.0
// Another process's view (--pid): whose mounts its cgroups are read by. The process is one of
// systemd-nspawn, whose limits are set above the root of its cgroup namespace.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "containerview/containerview.hpp"
#include "support/tree.hpp"

namespace {

using cv::test::Tree;

constexpr const char* kScope = "/sys/fs/cgroup/machine.slice/machine-deb.scope";

struct Nspawn {
  Tree tree{
      {"proc/7/stat", "7 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 90000 0 0\n"},
      {"proc/7/cgroup", "0::/machine.slice/machine-deb.scope/payload\n"},
      {"proc/7/ns/cgroup", "-> cgroup:[4026532261]"},
      {"proc/7/mountinfo",
       "41 23 0:31 /machine.slice/machine-deb.scope/payload /sys/fs/cgroup rw - cgroup2 c rw\n"},
      {"proc/7/root/sys/fs/cgroup/cgroup.events", "populated 1\n"},
      {"proc/7/root/sys/fs/cgroup/memory.max", "max\n"},
      {"proc/self/mountinfo", "31 23 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
      {"proc/meminfo", "MemTotal: 1000 kB\nMemFree: 800 kB\nMemAvailable: 900 kB\n"},
      {"sys/fs/cgroup/machine.slice/machine-deb.scope/memory.max", "102400\n"},
      {"sys/fs/cgroup/machine.slice/machine-deb.scope/payload/memory.max", "max\n"},
  };
  std::optional<containerview::Context> context;
  std::optional<containerview::Snapshot> snapshot;

  void look() {
    containerview::Options options;
    options.sysroot = tree.root();
    options.pid = 7;
    context.emplace(options);
    snapshot.emplace(context->sample(CV_SAMPLE_LIMITS));
  }
  containerview::Limit memory() const { return snapshot->limits().memory(); }
};

TEST(Pid, LimitsAboveItsNamespaceAreSeen) {
  Nspawn nspawn;
  nspawn.look();
  EXPECT_EQ(nspawn.memory().state(), CV_LIMIT_LIMITED);
  EXPECT_EQ(nspawn.memory().source(), kScope);
  const auto scope = nspawn.snapshot->scope();
  EXPECT_EQ(scope.cgroup(), std::string(kScope) + "/payload");
  EXPECT_EQ(scope.reason(), "cgroup namespace root");
  EXPECT_FALSE(scope.limits_above_hidden());
}

TEST(Pid, AProcessWithoutACgroupMountIsFoundByName) {
  Nspawn nspawn;
  nspawn.tree.write("proc/7/mountinfo", "");
  nspawn.look();
  EXPECT_EQ(nspawn.memory().source(), kScope);
  EXPECT_EQ(nspawn.snapshot->scope().cgroup(), kScope);
  EXPECT_EQ(nspawn.snapshot->scope().engine(), "nspawn");
  EXPECT_EQ(nspawn.snapshot->problem_count(), 0U);
}

TEST(Pid, WhatTheReaderCanNotSeeIsReadByTheProcesssMounts) {
  Nspawn nspawn;
  nspawn.tree.write("proc/self/mountinfo", "");
  nspawn.look();
  EXPECT_EQ(nspawn.memory().state(), CV_LIMIT_UNLIMITED);
  EXPECT_EQ(nspawn.snapshot->scope().cgroup(), "/sys/fs/cgroup");
  EXPECT_TRUE(nspawn.snapshot->scope().limits_above_hidden());
}

// 0x4 of the flags is PF_EXITING: cgroup v1 then says that it is in the root, which is the machine.
TEST(Pid, OneThatEndsIsNotTakenForTheMachine) {
  Nspawn nspawn;
  nspawn.look();
  const char* ending = "7 (init) R 0 1 1 0 -1 4194564 0 0 0 0 0 0 0 0 20 0 1 0 90000 0 0\n";
  nspawn.tree.write("proc/7/stat", ending);
  EXPECT_THROW(nspawn.context->sample(CV_SAMPLE_LIMITS), containerview::Error);
  EXPECT_THROW(nspawn.look(), containerview::Error);
}

TEST(Pid, AReaderInAContainerCanNotSeeAllEither) {
  Nspawn nspawn;
  nspawn.tree.write("sys/fs/cgroup/cgroup.events", "populated 1\n");
  nspawn.look();
  EXPECT_EQ(nspawn.memory().source(), kScope);
  EXPECT_TRUE(nspawn.snapshot->scope().limits_above_hidden());
}

}  // namespace
