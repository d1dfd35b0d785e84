// SPDX-License-Identifier: Apache-2.0
// Which tool the multi-call binary is.
#include "multicall/multicall.hpp"

#include <gtest/gtest.h>

#include "multicall/all_tools.hpp"
#include "tool_run.hpp"

namespace cvtools {
namespace {

std::string version_line(const std::vector<const char*>& argv) {
  const ToolResult result = run_tool(run_multicall, argv);
  EXPECT_EQ(result.status, 0) << result.err;
  return result.out;
}

TEST(Multicall, IsTheToolThatItIsCalledAs) {
  EXPECT_TRUE(version_line({"free", "-V"}).starts_with("free from procps-ng "));
  EXPECT_TRUE(version_line({"/usr/local/bin/uptime", "-V"}).starts_with("uptime from procps-ng "));
  EXPECT_TRUE(version_line({"cv-free", "-V"}).starts_with("cv-free from procps-ng "));
  EXPECT_TRUE(version_line({"containerview", "-V"}).starts_with("containerview "));
}

TEST(Multicall, IsTheToolThatTheFirstArgumentNames) {
  for (const Tool& tool : all_tools()) {
    const std::string line = version_line({"./containerview", tool.name(), "--version"});
    // Scripts look for the words of sysstat, which do not name the tool.
    const std::string begin =
        tool.name() == std::string("iostat") ? "sysstat version" : tool.name();
    EXPECT_TRUE(line.starts_with(begin + " ")) << line;
  }
  EXPECT_TRUE(version_line({"renamed", "free", "-V"}).starts_with("free from "));
}

TEST(Multicall, ArgumentsOfAToolAreItsOwn) {
  const ToolResult result = run_tool(run_multicall, {"free", "uptime"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find(" free [options]"), std::string::npos) << result.err;
}

TEST(Multicall, OtherwiseItIsContainerviewAndSaysWhatElseItIs) {
  const ToolResult help = run_tool(run_multicall, {"containerview", "--help"});
  EXPECT_NE(help.out.find("Also in this binary"), std::string::npos);
  EXPECT_NE(help.out.find("free, iostat, nproc, top, uptime, vmstat"), std::string::npos)
      << help.out;
  const ToolResult wrong = run_tool(run_multicall, {"containerview", "fre"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_NE(wrong.err.find("no command 'fre'"), std::string::npos) << wrong.err;
  EXPECT_NE(wrong.err.find("free, iostat, nproc, top, uptime, vmstat"), std::string::npos)
      << wrong.err;
}

TEST(Multicall, AProgramWithoutANameOrArguments) {
  EXPECT_EQ(run_tool(run_multicall, {}).status, 1);
  EXPECT_EQ(run_tool(run_multicall, {"containerview"}).status, 1);
}

}  // namespace
}  // namespace cvtools
