// SPDX-License-Identifier: Apache-2.0
// The ABI's promises: sizes, masks, errors, and nothing that crashes on a bad argument.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "containerview/containerview.h"
#include "support/tree.hpp"

namespace {

using cv::test::Tree;

const Tree& limited_v2() {
  static const Tree tree{
      {"proc/self/cgroup", "0::/\n"},
      {"proc/self/mountinfo", "41 23 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
      {"proc/self/ns/cgroup", "-> cgroup:[4026532261]"},
      {"proc/self/status", "Cpus_allowed_list:\t0-3\n"},
      {"proc/meminfo",
       "MemTotal: 16777216 kB\nMemFree: 8388608 kB\nMemAvailable: 12582912 kB\n"
       "SwapTotal: 0 kB\nSwapFree: 0 kB\n"},
      {"proc/uptime", "1000.00 2000.00\n"},
      {"proc/stat", "cpu 1 2 3 4\nbtime 1700000000\n"},
      {"proc/1/cgroup", "0::/\n"},
      {"proc/1/stat", "1 (sh) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 90000 0 0\n"},
      {"sys/devices/system/cpu/online", "0-7\n"},
      {"sys/fs/cgroup/cgroup.events", "populated 1\n"},
      {"sys/fs/cgroup/memory.max", "268435456\n"},
      {"sys/fs/cgroup/memory.current", "104857600\n"},
      {"sys/fs/cgroup/memory.stat", "file 4096\nactive_file 4096\ninactive_file 0\nshmem 0\n"},
      {"sys/fs/cgroup/cpu.max", "50000 100000\n"},
      {"sys/fs/cgroup/pids.max", "64\n"},
      {"sys/fs/cgroup/pids.current", "3\n"},
  };
  return tree;
}

struct Opened {
  cv_context* context = nullptr;
  cv_snapshot* snapshot = nullptr;
  explicit Opened(const Tree& tree, std::uint32_t what, std::uint32_t flags = 0) {
    CV_INIT(cv_options, options);
    const std::string root = tree.root();
    options.sysroot = root.c_str();
    options.flags = flags;
    EXPECT_EQ(cv_open(&options, &context, nullptr), CV_OK);
    EXPECT_EQ(cv_sample(context, what, &snapshot, nullptr), CV_OK);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    cv_snapshot_free(snapshot);
    cv_close(context);
  }
};

TEST(CApi, FiguresOfALimitedContainer) {
  const Opened view(limited_v2(), CV_SAMPLE_MEMORY | CV_SAMPLE_LIMITS | CV_SAMPLE_UPTIME);
  CV_INIT(cv_memory, memory);
  ASSERT_EQ(cv_get_memory(view.snapshot, &memory), CV_OK);
  EXPECT_EQ(memory.size, sizeof memory);
  EXPECT_EQ(memory.total_bytes, 268435456u);
  EXPECT_EQ(memory.used_bytes, 104857600u - 4096);
  CV_INIT(cv_limits, limits);
  ASSERT_EQ(cv_get_limits(view.snapshot, &limits), CV_OK);
  EXPECT_DOUBLE_EQ(limits.effective_cpus, 0.5);
  EXPECT_STREQ(limits.cpu_quota.source, "/sys/fs/cgroup");
  EXPECT_EQ(limits.pids.value, 64u);
  CV_INIT(cv_uptime, uptime);
  ASSERT_EQ(cv_get_uptime(view.snapshot, &uptime), CV_OK);
  EXPECT_EQ(uptime.uptime_nsec, 100'000'000'000);
  EXPECT_EQ(uptime.since_realtime_nsec / 1'000'000'000, 1700000900);
  CV_INIT(cv_scope, scope);
  ASSERT_EQ(cv_get_scope(view.snapshot, &scope), CV_OK);
  EXPECT_EQ(scope.kind, CV_KIND_CONTAINER);
  EXPECT_STREQ(scope.cgroup, "/sys/fs/cgroup");
}

TEST(CApi, CpusThatAProcessMayUse) {
  const Tree tree{
      {"proc/self/cgroup", "0::/\n"},
      {"proc/self/mountinfo", "41 23 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
      {"proc/self/status", "Cpus_allowed_list:\t0-63\n"},
      {"sys/devices/system/cpu/online", "0-7\n"},
      {"sys/devices/system/cpu/possible", "0-63\n"},
      {"sys/fs/cgroup/cpu.max", "50000 100000\n"},
  };
  const Opened view(tree, CV_SAMPLE_CPUS);
  CV_INIT(cv_cpus, cpus);
  ASSERT_EQ(cv_get_cpus(view.snapshot, &cpus), CV_OK);
  EXPECT_EQ(cpus.affinity_count, 8u) << "CPUs that are offline are no use";
  EXPECT_EQ(cpus.usable_cpus, 0.5);
  EXPECT_EQ(cpus.quota.cpus, 0.5);
  EXPECT_EQ(cpus.quota_exempt, 0);
  EXPECT_EQ(cpus.valid & CV_CPUS_INSTALLED, 0u);
  const Opened details(tree, CV_SAMPLE_CPUS_DETAILS);
  ASSERT_EQ(cv_get_cpus(details.snapshot, &cpus), CV_OK);
  EXPECT_EQ(cpus.installed_count, 64u);
  EXPECT_EQ(cpus.online_count, 8u);
  // The same affinity goes into the other limits.
  const Opened limits_view(tree, CV_SAMPLE_LIMITS);
  CV_INIT(cv_limits, limits);
  ASSERT_EQ(cv_get_limits(limits_view.snapshot, &limits), CV_OK);
  EXPECT_EQ(limits.affinity_count, 8u);
}

TEST(CApi, OnlyWhatWasAskedForIsRead) {
  const Opened view(limited_v2(), CV_SAMPLE_MEMORY, CV_OPEN_RECORD_READS);
  for (std::size_t i = 0; i < cv_read_count(view.context); ++i) {
    CV_INIT(cv_read, read);
    ASSERT_EQ(cv_get_read(view.context, i, &read), CV_OK);
    const std::string path = read.path;
    EXPECT_EQ(path.find("cpu"), std::string::npos) << path;
    EXPECT_EQ(path.find("pids"), std::string::npos) << path;
  }
  CV_INIT(cv_pids, pids);
  EXPECT_EQ(cv_get_pids(view.snapshot, &pids), CV_ERR_NOT_SAMPLED);
}

TEST(CApi, LimitsThatChangeAreSeen) {
  const Tree tree{{"proc/self/cgroup", "0::/\n"},
                  {"proc/self/mountinfo", "41 23 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
                  {"proc/self/ns/cgroup", "-> cgroup:[1]"},
                  {"proc/meminfo", "MemTotal: 1000 kB\nMemFree: 800 kB\nMemAvailable: 900 kB\n"},
                  {"sys/fs/cgroup/cgroup.events", "populated 1\n"},
                  {"sys/fs/cgroup/memory.max", "102400\n"},
                  {"sys/fs/cgroup/memory.current", "0\n"},
                  {"sys/fs/cgroup/memory.stat", "active_file 0\ninactive_file 0\n"}};
  const Opened view(tree, CV_SAMPLE_MEMORY);
  tree.write("sys/fs/cgroup/memory.max", "204800\n");
  cv_snapshot* later = nullptr;
  ASSERT_EQ(cv_sample(view.context, CV_SAMPLE_MEMORY, &later, nullptr), CV_OK);
  CV_INIT(cv_memory, memory);
  cv_get_memory(later, &memory);
  EXPECT_EQ(memory.total_bytes, 204800u);
  cv_snapshot_free(later);
}

TEST(CApi, V1HierarchyCountsOnlyWhereItIsOn) {
  const auto limit_with = [](const char* own, const char* parent) {
    const std::string mem = "sys/fs/cgroup/memory/";
    const Tree tree{{"proc/self/cgroup", "4:memory:/p/c\n"},
                    {"proc/self/mountinfo",
                     "41 23 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"},
                    {"proc/meminfo", "MemTotal: 1000 kB\nMemFree: 800 kB\n"},
                    {mem + "release_agent", "\n"},
                    {mem + "memory.use_hierarchy", "0\n"},
                    {mem + "memory.limit_in_bytes", "1024\n"},
                    {mem + "p/memory.use_hierarchy", parent},
                    {mem + "p/memory.limit_in_bytes", "2048\n"},
                    {mem + "p/c/memory.use_hierarchy", own},
                    {mem + "p/c/memory.limit_in_bytes", "4096\n"}};
    const Opened view(tree, CV_SAMPLE_LIMITS);
    CV_INIT(cv_limits, limits);
    EXPECT_EQ(cv_get_limits(view.snapshot, &limits), CV_OK);
    return limits.memory.value;
  };
  EXPECT_EQ(limit_with("1\n", "1\n"), 2048u);
  EXPECT_EQ(limit_with("1\n", "0\n"), 4096u);
  EXPECT_EQ(limit_with("0\n", "0\n"), 4096u);
}

TEST(CApi, OldCallersGetWhatTheyHaveRoomFor) {
  const Opened view(limited_v2(), CV_SAMPLE_MEMORY);
  cv_memory memory;
  std::memset(&memory, 0xAA, sizeof memory);
  memory.size = offsetof(cv_memory, used_bytes);
  ASSERT_EQ(cv_get_memory(view.snapshot, &memory), CV_OK);
  EXPECT_EQ(memory.total_bytes, 268435456u);
  EXPECT_EQ(memory.used_bytes, 0xAAAAAAAAAAAAAAAAu)
      << "beyond the caller's size nothing is written";
}

TEST(CApi, BadArguments) {
  CV_INIT(cv_options, options);
  cv_context* context = nullptr;
  CV_INIT(cv_error, error);
  EXPECT_EQ(cv_open(nullptr, &context, &error), CV_ERR_INVALID);
  EXPECT_EQ(cv_open(&options, nullptr, &error), CV_ERR_INVALID);
  options.scope = 99;
  EXPECT_EQ(cv_open(&options, &context, &error), CV_ERR_INVALID);
  options.scope = CV_SCOPE_AUTO;
  options.cache_used_pct = 101;
  EXPECT_EQ(cv_open(&options, &context, &error), CV_ERR_INVALID);
  options.cache_used_pct = 0;
  options.pid = 1;
  options.cgroup = "/x";
  EXPECT_EQ(cv_open(&options, &context, &error), CV_ERR_INVALID);
  EXPECT_STREQ(error.message, "a pid and a cgroup exclude each other");
  EXPECT_EQ(cv_sample(nullptr, 0, nullptr, nullptr), CV_ERR_INVALID);
  EXPECT_EQ(cv_get_memory(nullptr, nullptr), CV_ERR_INVALID);
  EXPECT_EQ(cv_get_problem(nullptr, 0), nullptr);
  EXPECT_EQ(cv_explain_key(100000), nullptr);
  cv_snapshot_free(nullptr);
  cv_close(nullptr);
  cv_explanation_free(nullptr);
}

TEST(CApi, MissingSysrootIsNamed) {
  CV_INIT(cv_options, options);
  CV_INIT(cv_error, error);
  options.sysroot = "/nonexistent/tree";
  cv_context* context = nullptr;
  EXPECT_EQ(cv_open(&options, &context, &error), CV_ERR_NOT_FOUND);
  EXPECT_STREQ(error.path, "/nonexistent/tree");
  EXPECT_STREQ(error.message, "/nonexistent/tree: No such file or directory");
}

TEST(CApi, EveryKeyExplains) {
  const Opened view(limited_v2(),
                    CV_SAMPLE_MEMORY_DETAILS | CV_SAMPLE_LIMITS | CV_SAMPLE_LOAD | CV_SAMPLE_USERS |
                        CV_SAMPLE_PIDS,
                    CV_OPEN_RECORD_READS);
  ASSERT_GT(cv_explain_key_count(), 20u);
  for (std::size_t i = 0; i < cv_explain_key_count(); ++i) {
    cv_explanation* explanation = nullptr;
    ASSERT_EQ(cv_explain(view.snapshot, cv_explain_key(i), &explanation, nullptr), CV_OK);
    CV_INIT(cv_explained, explained);
    ASSERT_EQ(cv_get_explained(explanation, &explained), CV_OK);
    EXPECT_STREQ(explained.key, cv_explain_key(i));
    EXPECT_STRNE(explained.formula, "") << explained.key;
    cv_explanation_free(explanation);
  }
  cv_explanation* explanation = nullptr;
  EXPECT_EQ(cv_explain(view.snapshot, "memory.nonsense", &explanation, nullptr), CV_ERR_NOT_FOUND);
}

TEST(CApi, ExplainShowsFilesAndNumbers) {
  const Opened view(limited_v2(), CV_SAMPLE_MEMORY, CV_OPEN_RECORD_READS);
  cv_explanation* explanation = nullptr;
  ASSERT_EQ(cv_explain(view.snapshot, "memory.free_bytes", &explanation, nullptr), CV_OK);
  CV_INIT(cv_explained, explained);
  cv_get_explained(explanation, &explained);
  EXPECT_EQ(explained.integer, 268435456u - 104857600u);
  EXPECT_NE(std::string(explained.formula).find("limit 268435456 - usage 104857600"),
            std::string::npos);
  CV_INIT(cv_explained_input, input);
  ASSERT_EQ(cv_get_explained_input(explanation, 0, &input), CV_OK);
  EXPECT_STREQ(input.path, "/sys/fs/cgroup/memory.max");
  EXPECT_STREQ(input.text, "268435456");
  cv_explanation_free(explanation);
}

// Each kernel file in turn missing, empty, cut, malformed, huge, hostile: one problem at most for
// each file, the other figures unharmed, and never a crash.
TEST(CApi, OneBadFileTakesOnlyItsOwnFiguresDown) {
  const std::string defects[] = {"",
                                 "\n",
                                 "garbage\n",
                                 std::string(1 << 20, '9'),
                                 std::string("\0\xff\x1b[2J\n", 7),
                                 "18446744073709551616\n",
                                 "-1\n",
                                 std::string(8192, 'a') + "\n",
                                 "5 5 5 5 5\n5\n"};
  const char* files[] = {"proc/self/cgroup",
                         "proc/self/mountinfo",
                         "proc/self/status",
                         "proc/meminfo",
                         "proc/uptime",
                         "proc/stat",
                         "proc/1/cgroup",
                         "proc/1/stat",
                         "sys/devices/system/cpu/online",
                         "sys/fs/cgroup/memory.max",
                         "sys/fs/cgroup/memory.current",
                         "sys/fs/cgroup/memory.stat",
                         "sys/fs/cgroup/cpu.max",
                         "sys/fs/cgroup/pids.max",
                         "sys/fs/cgroup/pids.current"};
  const Tree tree{{"proc/self/ns/cgroup", "-> cgroup:[4026532261]"},
                  {"sys/fs/cgroup/cgroup.events", "populated 1\n"}};
  const Tree& good = limited_v2();
  const auto restore = [&](const std::string& path) {
    std::ifstream in(good.root() + "/" + path, std::ios::binary);
    tree.write(path, std::string(std::istreambuf_iterator<char>(in), {}));
  };
  for (const char* file : files) restore(file);
  for (const char* file : files) {
    for (std::size_t defect = 0; defect <= std::size(defects); ++defect) {
      if (defect == std::size(defects))
        tree.remove(file);
      else
        tree.write(file, defects[defect]);
      const Opened view(tree, 0x3fff);
      const bool places = std::string(file).starts_with("proc/self/");
      CV_INIT(cv_limits, limits);
      ASSERT_EQ(cv_get_limits(view.snapshot, &limits), CV_OK);
      if (!places && std::string(file) != "sys/fs/cgroup/memory.max" &&
          std::string(file) != "proc/meminfo") {
        EXPECT_EQ(limits.memory.value, 268435456u) << file << " defect " << defect;
      }
      if (!places && std::string(file) != "sys/fs/cgroup/cpu.max") {
        EXPECT_DOUBLE_EQ(limits.cpu_quota.cpus, 0.5) << file << " defect " << defect;
      }
      CV_INIT(cv_memory, memory);
      ASSERT_EQ(cv_get_memory(view.snapshot, &memory), CV_OK);
      if ((memory.valid & CV_MEMORY_TOTAL) != 0 && (memory.valid & CV_MEMORY_USED) != 0) {
        EXPECT_LE(memory.used_bytes, memory.total_bytes) << file << " defect " << defect;
      }
    }
    restore(file);
  }
}

}  // namespace
