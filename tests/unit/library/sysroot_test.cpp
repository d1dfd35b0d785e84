// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

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

// What fits into half a page is read in one call, but for a file of long lines: both to their ends.
TEST(SysrootTest, ReadsToTheEndFromAnySize) {
  for (const char* name : {"mountinfo", "cgroup.procs"}) {
    for (const std::size_t size :
         {0U, 1U, 2047U, 2048U, 2049U, 4095U, 4096U, 4097U, 8192U, 10000U}) {
      const std::string text(size, 'x');
      const Tree tree{{name, text}};
      const auto read = open_tree(tree).read(std::string("/") + name);
      ASSERT_TRUE(read) << name;
      EXPECT_EQ(*read, text) << name;
    }
  }
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

TEST(SysrootTest, TellsLinksOfAnyLength) {
  for (const std::size_t size : {1U, 255U, 256U, 257U, 1000U, 4095U}) {
    std::string text(size, 'x');
    for (std::size_t i = 100; i < size; i += 100) text[i] = '/';  // no name is longer
    const Tree tree{{"link", "-> " + text}};
    EXPECT_EQ(*open_tree(tree).read_link("/link"), text) << size;
  }
}

TEST(SysrootTest, NeverWaitsForAFifo) {
  const Tree tree{{"proc/", ""}};
  ASSERT_EQ(mkfifo((tree.root() + "/proc/fifo").c_str(), 0600), 0);
  EXPECT_EQ(open_tree(tree).read("/proc/fifo").error().kind, ErrorKind::kMalformed);
}

// Device 240:0 has no driver, so whoever opens it gets an error that tells of it.
TEST(SysrootTest, NeverOpensADevice) {
  const Tree tree{{"proc/", ""}};
  const std::string device = tree.root() + "/proc/device";
  if (mknod(device.c_str(), S_IFCHR | 0600, makedev(240, 0)) != 0)
    GTEST_SKIP() << "SKIP devices: needs the right to make one";
  const auto read = open_tree(tree).read("/proc/device");
  EXPECT_EQ(read.error().kind, ErrorKind::kMalformed) << read.error().message();
  EXPECT_FALSE(open_tree(tree).list("/proc/device"));
}

// What a process has as its root directory: by the kernel's link, never by one that lies in a tree.
TEST(SysrootTest, AForgedRootOfAProcessStaysInside) {
  const Tree outside{{"secret", "outside"}};
  const Tree tree{{"proc/1/root", "-> " + outside.root()},
                  {"proc/2/root", "-> ../../../../../../../../" + outside.root()},
                  {"proc/3/root", "-> /there"},
                  {"proc/4/root/secret", "inside"},
                  {"proc/5", "-> " + outside.root()},
                  {"there/secret", "inside"}};
  const Sysroot root = open_tree(tree);
  for (const char* process : {"/proc/1", "/proc/2", "/proc/5"})
    EXPECT_FALSE(root.open_process_root(process)) << process;
  for (const char* process : {"/proc/3", "/proc/4"})
    EXPECT_EQ(*root.open_process_root(process)->read("/secret"), "inside") << process;
  // A mounted proc is the kernel's, wherever it is.
  Result<Sysroot> machine = Sysroot::open("/proc/self/root/.");
  ASSERT_TRUE(machine && !machine->live());
  EXPECT_TRUE(machine->open_process_root("/proc/self")->is_directory("/proc"));
}

TEST(SysrootTest, RefusesWildSizes) {
  const Tree tree{{"proc/huge", ""}};
  ASSERT_EQ(truncate((tree.root() + "/proc/huge").c_str(), off_t{1} << 40), 0);
  EXPECT_EQ(open_tree(tree).read("/proc/huge").error().kind, ErrorKind::kMalformed);
  tree.write("proc/larger", std::string(5000, 'x'));
  EXPECT_EQ(open_tree(tree).read("/proc/larger", 4096).error().message(),
            "/proc/larger: larger than 4 KiB");
  EXPECT_EQ(open_tree(tree).read("/proc/larger", 5000)->size(), 5000u);
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
