// SPDX-License-Identifier: Apache-2.0
// Trees that keep from us what we came for, or that were laid out to mislead: what is not known is
// said to be unknown, and what is doubtful is said to be.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "containerview/containerview.hpp"
#include "support/tree.hpp"

namespace {

using cv::test::Tree;

constexpr const char* kMeminfo = "MemTotal: 1000 kB\nMemFree: 800 kB\nMemAvailable: 900 kB\n";

containerview::Snapshot look(const Tree& tree, std::uint32_t what,
                             cv_scope_request scope = CV_SCOPE_AUTO) {
  containerview::Options options;
  options.sysroot = tree.root();
  options.scope = scope;
  containerview::Context context(options);
  return context.sample(what);
}

std::string problems(const containerview::Snapshot& snapshot) {
  std::string text;
  for (std::size_t i = 0; i < snapshot.problem_count(); ++i)
    text.append(snapshot.problem(i)).append("\n");
  return text;
}

TEST(Trouble, WithoutProcSelfNoLimitIsKnown) {
  const Tree tree{{"proc/meminfo", kMeminfo}};
  const auto snapshot = look(tree, CV_SAMPLE_LIMITS);
  EXPECT_EQ(snapshot.limits().memory().state(), CV_LIMIT_UNKNOWN);
  EXPECT_EQ(snapshot.limits().pids().state(), CV_LIMIT_UNKNOWN);
  EXPECT_EQ(problems(snapshot), "/proc/self/mountinfo: No such file or directory\n");
}

TEST(Trouble, AKernelWithoutCgroupsLimitsNothing) {
  const Tree tree{{"proc/meminfo", kMeminfo}, {"proc/self/mountinfo", ""}};
  const auto snapshot = look(tree, CV_SAMPLE_LIMITS);
  EXPECT_EQ(snapshot.limits().memory().state(), CV_LIMIT_UNLIMITED);
  EXPECT_EQ(problems(snapshot), "");
}

TEST(Trouble, AMountOfANeighbourIsDoubtful) {
  const Tree tree{
      {"proc/meminfo", kMeminfo},
      {"proc/self/cgroup", "0::/sandbox\n"},
      {"proc/self/mountinfo", "31 23 0:31 /sand /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
      {"sys/fs/cgroup/memory.max", "102400\n"}};
  EXPECT_NE(problems(look(tree, CV_SAMPLE_LIMITS, CV_SCOPE_CONTAINER)).find("may be another's"),
            std::string::npos);
  tree.write("proc/self/cgroup", "0::/sand/box\n");
  EXPECT_EQ(problems(look(tree, CV_SAMPLE_LIMITS, CV_SCOPE_CONTAINER)), "");
}

TEST(Trouble, WhoCanNotLookIntoItsCgroupIsInAContainer) {
  if (geteuid() != 0) GTEST_SKIP() << "SKIP another user: needs root";
  const Tree tree{
      {"proc/meminfo", kMeminfo},
      {"proc/self/cgroup", "4:memory:/\n"},
      {"proc/self/ns/cgroup", "-> cgroup:[4026532261]"},
      {"proc/self/mountinfo", "31 23 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"},
      {"sys/fs/cgroup/memory/memory.limit_in_bytes", "102400\n"}};
  chmod(tree.root().c_str(), 0755);
  chmod((tree.root() + "/sys/fs/cgroup").c_str(), 0700);
  ASSERT_EQ(seteuid(65534), 0);
  const auto snapshot = look(tree, CV_SAMPLE_LIMITS | CV_SAMPLE_MEMORY);
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_EQ(snapshot.scope().kind(), CV_KIND_CONTAINER);
  EXPECT_EQ(snapshot.limits().memory().state(), CV_LIMIT_UNKNOWN);
  EXPECT_NE(problems(snapshot).find("memory.limit_in_bytes: Permission denied"), std::string::npos);
}

TEST(Trouble, ACrowdOfSessionsIsNotCounted) {
  const Tree tree{{"proc/meminfo", kMeminfo}, {"run/systemd/sessions/1", "CLASS=user\n"}};
  EXPECT_EQ(look(tree, CV_SAMPLE_USERS).users().count(), 1u);
  // One that would take long to read is none.
  tree.write("run/systemd/sessions/2", "CLASS=user\n" + std::string(1 << 20, '\n'));
  EXPECT_EQ(look(tree, CV_SAMPLE_USERS).users().count(), 1u);
  for (int i = 10; i < 10'020; ++i) tree.write("run/systemd/sessions/" + std::to_string(i), "");
  const auto snapshot = look(tree, CV_SAMPLE_USERS);
  EXPECT_EQ(snapshot.users().count(), std::nullopt);
  EXPECT_NE(problems(snapshot).find("too many sessions"), std::string::npos);
}

}  // namespace
