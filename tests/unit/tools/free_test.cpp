// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "free/free.hpp"
#include "free/render.hpp"
#include "tool_run.hpp"

namespace cvtools {
namespace {

constexpr std::uint64_t kAllBits = ~std::uint64_t{0};

FreeReport sample_report() {
  FreeReport report;
  cv_memory& memory = report.memory.raw();
  memory.valid = kAllBits;
  memory.total_bytes = 24683656ULL << 10;
  memory.used_bytes = 244300ULL << 10;
  memory.free_bytes = 24516456ULL << 10;
  memory.shared_bytes = 8924ULL << 10;
  memory.buffers_bytes = 5204ULL << 10;
  memory.cache_bytes = 80000ULL << 10;
  memory.buff_cache_bytes = 95604ULL << 10;
  memory.available_bytes = 24439356ULL << 10;
  cv_swap& swap = report.swap.raw();
  swap.valid = kAllBits;
  swap.total_bytes = 1000ULL << 10;
  swap.used_bytes = 300ULL << 10;
  swap.free_bytes = 700ULL << 10;
  cv_commit& commit = report.commit.raw();
  commit.valid = kAllBits;
  commit.limit_bytes = 1000ULL << 10;
  commit.committed_bytes = 2500ULL << 10;
  cv_memory_details& details = report.details.raw();
  details.valid = kAllBits;
  details.low_total_bytes = 24683656ULL << 10;
  details.low_free_bytes = 24516456ULL << 10;
  return report;
}

TEST(FreeText, HasTheClassicLayout) {
  const FreeText table = render_free_text(sample_report(), {});
  EXPECT_EQ(table.text,
            "               total        used        free      shared  buff/cache   available\n"
            "Mem:        24683656      244300    24516456        8924       95604    24439356\n"
            "Swap:           1000         300         700\n");
  EXPECT_EQ(table.text.size(), 207U);
  EXPECT_TRUE(table.complete);
}

TEST(FreeText, WideCacheCountsReclaimableSlab) {
  FreeOptions options;
  options.wide = true;
  const FreeText table = render_free_text(sample_report(), options);
  EXPECT_EQ(table.text,
            "               total        used        free      shared     buffers       cache   "
            "available\n"
            "Mem:        24683656      244300    24516456        8924        5204       90400    "
            "24439356\n"
            "Swap:           1000         300         700\n");
  EXPECT_EQ(table.text.size(), 231U);
}

TEST(FreeText, RowsStandInTheClassicOrder) {
  FreeOptions options;
  options.low_high = options.total = options.committed = true;
  EXPECT_EQ(render_free_text(sample_report(), options).text,
            "               total        used        free      shared  buff/cache   available\n"
            "Mem:        24683656      244300    24516456        8924       95604    24439356\n"
            "Low:        24683656      167200    24516456\n"
            "High:              0           0           0\n"
            "Swap:           1000         300         700\n"
            "Total:      24684656      244600    24517156\n"
            "Comm:           1000        2500       -1500\n");
}

TEST(FreeText, LineWinsOverRows) {
  FreeOptions options;
  options.line = options.total = options.wide = true;
  EXPECT_EQ(render_free_text(sample_report(), options).text,
            "SwapUse         300 CachUse       95604  MemUse      244300 MemFree    24516456 ");
}

TEST(FreeText, UnknownIsADashNotZero) {
  FreeReport report = sample_report();
  report.memory.raw().valid &= ~std::uint64_t{CV_MEMORY_AVAILABLE};
  report.swap.raw().valid = 0;
  FreeOptions options;
  options.total = true;
  const FreeText table = render_free_text(report, options);
  EXPECT_EQ(table.text,
            "               total        used        free      shared  buff/cache   available\n"
            "Mem:        24683656      244300    24516456        8924       95604           -\n"
            "Swap:              -           -           -\n"
            "Total:             -           -           -\n");
  EXPECT_FALSE(table.complete);
}

TEST(FreeText, OnlyPrintedCellsCount) {
  FreeReport report = sample_report();
  report.memory.raw().valid &= ~std::uint64_t{CV_MEMORY_BUFFERS};
  EXPECT_TRUE(render_free_text(report, {}).complete);
  FreeOptions options;
  options.wide = true;
  EXPECT_FALSE(render_free_text(report, options).complete);
}

TEST(FreeJson, NamesWhatIsNotExact) {
  FreeReport report = sample_report();
  report.memory.raw().estimated = CV_MEMORY_USED;
  report.memory.raw().valid &= ~std::uint64_t{CV_MEMORY_OTHER};
  report.commit.raw().host = kAllBits;
  FreeOptions options;
  const std::string plain = render_free_json(report, options, JsonStyle::kCompact);
  EXPECT_NE(plain.find(R"("quality":{"estimated":["memory.used_bytes"],"host":[],)"
                       R"("unavailable":["memory.other_bytes"]},"memory":{"total_bytes":)"),
            std::string::npos)
      << plain;
  EXPECT_NE(plain.find(R"("other_bytes":null})"), std::string::npos) << plain;
  EXPECT_EQ(plain.find("commit"), std::string::npos) << plain;
  options.committed = true;
  const std::string with_commit = render_free_json(report, options, JsonStyle::kCompact);
  EXPECT_NE(with_commit.find(R"("host":["commit.limit_bytes","commit.committed_bytes"])"),
            std::string::npos)
      << with_commit;
  EXPECT_NE(with_commit.find(R"("commit":{"limit_bytes":1024000,"committed_bytes":2560000})"),
            std::string::npos)
      << with_commit;
}

TEST(FreeRun, VersionActsWhenReached) {
  const ToolResult version = run_tool(run_free, {"/usr/bin/free", "-V", "--bogus"});
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out.rfind("free from procps-ng 4.0.7 (containerview ", 0), 0U) << version.out;
  const ToolResult error = run_tool(run_free, {"dir/free", "-x", "-V"});
  EXPECT_EQ(error.status, 1);
  EXPECT_EQ(error.out, "");
  EXPECT_EQ(error.err.rfind("dir/free: invalid option -- 'x'\n\nUsage:\n free ", 0), 0U)
      << error.err;
}

struct Refused {
  std::vector<const char*> args;
  const char* message;
};

class FreeRefuses : public testing::TestWithParam<Refused> {};

TEST_P(FreeRefuses, WithOneLineOnStderr) {
  std::vector<const char*> args{"free"};
  args.insert(args.end(), GetParam().args.begin(), GetParam().args.end());
  const ToolResult result = run_tool(run_free, args);
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, GetParam().message);
}

// The messages up to the empty count are procps-ng's, read off the program.
INSTANTIATE_TEST_SUITE_P(
    Values, FreeRefuses,
    testing::Values(
        Refused{{"-b", "--bytes"}, "free: Multiple unit options don't make sense.\n"},
        Refused{{"-b", "-k", "-x"}, "free: Multiple unit options don't make sense.\n"},
        Refused{{"-s", "0"}, "free: seconds argument `0' is not positive number\n"},
        Refused{{"-s", "-1"}, "free: seconds argument `-1' is not positive number\n"},
        Refused{{"-s", "0.0000009"}, "free: seconds argument `0.0000009' is not positive number\n"},
        Refused{{"-s", ","}, "free: seconds argument `,' is not positive number\n"},
        Refused{{"-s", "x"}, "free: seconds argument failed: 'x': Invalid argument\n"},
        Refused{{"-s", "1e1"}, "free: seconds argument failed: '1e1': Invalid argument\n"},
        Refused{{"-s", "inf"}, "free: seconds argument failed: 'inf': Invalid argument\n"},
        Refused{{"-s", "1 "}, "free: seconds argument failed: '1 ': Invalid argument\n"},
        Refused{{"-s", "1.2.3"}, "free: seconds argument failed: '1.2.3'\n"},
        Refused{{"-s", ""}, "free: seconds argument failed: ''\n"},
        Refused{{"-c", "0"},
                "free: failed to parse count argument: '0': Numerical result out of range\n"},
        Refused{{"-c", "2147483648"},
                "free: failed to parse count argument: '2147483648': Numerical result out of "
                "range\n"},
        Refused{{"-c", "x"}, "free: failed to parse count argument: 'x'\n"},
        Refused{{"-c", ""}, "free: failed to parse count argument: ''\n"},
        Refused{{"--host", "--container"}, "free: --host excludes --container\n"},
        Refused{{"--pid", "1", "--cgroup", "/"}, "free: --pid excludes --cgroup\n"},
        Refused{{"--host", "--pid", "1"}, "free: --host excludes --pid\n"},
        Refused{{"--sysroot", ""}, "free: --sysroot: is empty\n"}));

TEST(FreeRun, SaysWhichValueIsOutOfRange) {
  for (const std::string value : {"-1", "101", "x", "5x", "1.5", "0x10", " 5", "+5", ""}) {
    const ToolResult result = run_tool(run_free, {"free", "--cache-used", value.c_str()});
    EXPECT_EQ(result.status, 1) << value;
    EXPECT_EQ(result.err, "free: --cache-used '" + value + "': not a number from 0 to 100\n");
  }
  for (const std::string value : {"0", "-4", "x", "0x1", "1,5", "99999999999", ""}) {
    const ToolResult result = run_tool(run_free, {"free", "--pid", value.c_str()});
    EXPECT_EQ(result.status, 1) << value;
    EXPECT_EQ(result.err, "free: --pid '" + value + "': not the id of a process\n");
  }
}

TEST(FreeRun, TheFirstErrorOfTheLineCounts) {
  const ToolResult value = run_tool(run_free, {"free", "--pid", "x", "-s", "0", "--help"});
  EXPECT_EQ(value.err, "free: --pid 'x': not the id of a process\n");
  const ToolResult own = run_tool(run_free, {"free", "-s", "0", "--pid", "x"});
  EXPECT_EQ(own.err, "free: seconds argument `0' is not positive number\n");
  // Whether two go together shows when all are known.
  const ToolResult help = run_tool(run_free, {"free", "--host", "--container", "--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.err, "");
}

TEST(FreeRun, TheLastOfTwoCounts) {
  const ToolResult result =
      run_tool(run_free, {"free", "--sysroot", "/nonexistent/a", "--sysroot", "/nonexistent/b"});
  EXPECT_NE(result.err.find("/nonexistent/b"), std::string::npos) << result.err;
}

TEST(FreeRun, RefusesANonsenseEnvironment) {
  const ToolResult scope = run_tool(run_free, {"free"}, {.scope = "hots"});
  EXPECT_EQ(scope.status, 1);
  EXPECT_EQ(scope.err, "free: CONTAINERVIEW_SCOPE is 'hots': not one of auto, host, container\n");
  const ToolResult cache = run_tool(run_free, {"free"}, {.cache_used = "101"});
  EXPECT_EQ(cache.status, 1);
  EXPECT_EQ(cache.err, "free: CONTAINERVIEW_CACHE_USED is '101': not a number from 0 to 100\n");
}

TEST(FreeRun, MissingSysrootIsAnError) {
  const ToolResult result = run_tool(run_free, {"free", "--json", "--sysroot", "/nonexistent"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.rfind("free: /nonexistent: ", 0), 0U) << result.err;
}

}  // namespace
}  // namespace cvtools
