// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "kernel/cgroup_files.hpp"
#include "kernel/sysroot.hpp"
#include "support/tree.hpp"

namespace cv {
namespace {

using test::Tree;

Sysroot open_tree(const Tree& tree) {
  auto root = Sysroot::open(tree.root());
  EXPECT_TRUE(root.has_value());
  return std::move(*root);
}

TEST(SysrootTest, ReadsWholeFiles) {
  const Tree tree{
      {"proc/small", "x\n"}, {"proc/big", std::string(1 << 20, 'y')}, {"proc/empty", ""}};
  const Sysroot root = open_tree(tree);
  EXPECT_FALSE(root.live());
  EXPECT_EQ(*root.read("/proc/small"), "x\n");
  EXPECT_EQ(root.read("/proc/big")->size(), std::size_t{1} << 20);
  EXPECT_EQ(*root.read("/proc/empty"), "");
}

TEST(SysrootTest, TellsAbsentFromUnreadable) {
  const Tree tree{{"proc/file", "x"}};
  const Sysroot root = open_tree(tree);
  EXPECT_EQ(root.read("/proc/none").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(root.read("/proc/file/below").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(root.read("/proc").error().kind, ErrorKind::kMalformed) << "a directory is no file";
  EXPECT_EQ(Sysroot::open(tree.root() + "/none").error().kind, ErrorKind::kNotFound);
}

TEST(SysrootTest, LinksStayInside) {
  const Tree outside{{"secret", "outside"}};
  const Tree tree{{"inside", "inside"},
                  {"absolute", "-> /inside"},
                  {"climbing", "-> ../../../../../../inside"},
                  {"sub/relative", "-> ../inside"},
                  {"escape", "-> " + outside.root() + "/secret"},
                  {"dir_escape", "-> " + outside.root()},
                  {"loop", "-> loop"}};
  const Sysroot root = open_tree(tree);
  EXPECT_EQ(*root.read("/absolute"), "inside");
  EXPECT_EQ(*root.read("/climbing"), "inside");
  EXPECT_EQ(*root.read("/sub/relative"), "inside");
  EXPECT_EQ(*root.read("/../../inside"), "inside");
  EXPECT_EQ(root.read("/escape").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(root.read("/dir_escape/secret").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(root.read("/loop").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(*root.read_link("/loop"), "loop");
}

TEST(SysrootTest, NeverWaitsForAFifo) {
  const Tree tree{{"proc/", ""}};
  ASSERT_EQ(mkfifo((tree.root() + "/proc/fifo").c_str(), 0600), 0);
  EXPECT_EQ(open_tree(tree).read("/proc/fifo").error().kind, ErrorKind::kMalformed);
}

TEST(SysrootTest, RefusesWildSizes) {
  const Tree tree{{"proc/huge", ""}};
  ASSERT_EQ(truncate((tree.root() + "/proc/huge").c_str(), off_t{1} << 40), 0);
  EXPECT_EQ(open_tree(tree).read("/proc/huge").error().kind, ErrorKind::kMalformed);
}

TEST(SysrootTest, ListsAndTellsDirectories) {
  const Tree tree{{"cg/file", ""}, {"cg/child/x", ""}};
  const Sysroot root = open_tree(tree);
  EXPECT_EQ(root.list("/cg")->size(), 2u);
  ASSERT_EQ(root.list_directories("/cg")->size(), 1u);
  EXPECT_EQ(root.list_directories("/cg")->front(), "child");
  EXPECT_FALSE(root.list("/cg/file").has_value());
}

TEST(SysrootTest, RecordsEachPathOnce) {
  const Tree tree{{"a", "1"}, {"l", "-> a"}};
  Sysroot root = open_tree(tree);
  ReadLog log;
  root.record_to(&log, "/prefix");
  (void)root.read("/a");
  tree.write("a", "2");
  (void)root.read("/a");
  (void)root.read_link("/l");
  (void)root.read("/none");
  ASSERT_EQ(log.entries().size(), 3u);
  EXPECT_EQ(log.find("/prefix/a")->data, "2");
  EXPECT_EQ(log.find("/prefix/l")->kind, ReadLog::Kind::kLink);
  EXPECT_EQ(log.find("/prefix/none")->sys_errno, ENOENT);
  EXPECT_EQ(log.find("/a"), nullptr);
}

TEST(ReadParsed, NamesPathAndLine) {
  const Tree tree{{"cpu.max", "100000 0\n"}};
  const Sysroot root = open_tree(tree);
  const auto quota = read_parsed(root, "/cpu.max", parse_cpu_max);
  ASSERT_FALSE(quota.has_value());
  EXPECT_EQ(quota.error().message(), "/cpu.max: line 1: period is zero");
}

}  // namespace
}  // namespace cv
