// SPDX-License-Identifier: Apache-2.0
// The tables themselves, printable text, and what the environment sets.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "common/help.hpp"
#include "common/printable.hpp"
#include "common/view.hpp"
#include "multicall/all_tools.hpp"
#include "tool_run.hpp"
#include "uptime/options.hpp"

namespace cvtools {
namespace {

class Tables : public testing::TestWithParam<const OptionTable*> {};

TEST_P(Tables, NameEachOptionOnce) {
  const OptionTable& table = *GetParam();
  std::set<std::string> names;
  std::set<int> ids;
  for (const auto& group : {table.classic, table.own, table.info}) {
    for (const OptionSpec& option : group) {
      ASSERT_TRUE(option.long_name != nullptr || option.short_name != '\0') << option.help;
      EXPECT_TRUE(ids.insert(option.id).second) << option.help;
      if (option.long_name != nullptr) {
        EXPECT_TRUE(names.insert(option.long_name).second) << option.long_name;
      }
      if (option.short_name != '\0') {
        EXPECT_TRUE(names.insert(std::string(1, option.short_name)).second) << option.short_name;
      }
    }
  }
}

TEST_P(Tables, HelpListsEachOption) {
  const OptionTable& table = *GetParam();
  const std::string help = help_text(table, "NAME");
  EXPECT_EQ(help.rfind("\nUsage:\n NAME ", 0), 0U);
  EXPECT_TRUE(help.ends_with(std::string("\nFor more details see ") + table.manual + ".\n"));
  for (const auto& group : {table.classic, table.own, table.info}) {
    for (const OptionSpec& option : group) {
      const std::string name = option.long_name != nullptr ? std::string("--") + option.long_name
                                                           : std::string(" -") + option.short_name;
      EXPECT_NE(help.find(name), std::string::npos) << name;
      EXPECT_NE(help.find(option.help), std::string::npos) << name;
    }
  }
}

std::vector<const OptionTable*> all_tables() {
  std::vector<const OptionTable*> tables;
  for (const Tool& tool : all_tools()) tables.push_back(&tool.options());
  return tables;
}

INSTANTIATE_TEST_SUITE_P(All, Tables, testing::ValuesIn(all_tables()));

TEST(Printable, KeepsTextAndDropsControl) {
  EXPECT_EQ(printable("/sys/fs/cgroup/caf\u00e9 \u65e5\U0001F600"),
            "/sys/fs/cgroup/caf\u00e9 \u65e5\U0001F600");
  EXPECT_EQ(printable("a\x1b[31mb\x7f\tc\n"), "a?[31mb??c?");
  EXPECT_EQ(printable("a\tb\n", true), "a\tb\n");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "?31m")
      << "C1 control sequence introducer";
  EXPECT_EQ(printable("\u202etxt"), "?txt") << "right-to-left override";
}

TEST(Printable, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(printable("\xff\xfe"), "??");
  EXPECT_EQ(printable("\xc0\xaf"), "??") << "overlong '/'";
  EXPECT_EQ(printable("\xe6\x97"), "??") << "cut off";
  EXPECT_EQ(printable("\xed\xa0\x80"), "???") << "surrogate";
}

TEST(Environments, LineWinsOverVariables) {
  const MemoryFile file;
  Output out(file.fd());
  Environment environment{.args = {}, .out = out, .err = out, .scope = "host", .cache_used = "50"};
  const auto options = [&](auto change) {
    ViewOptions view;
    change(view);
    return *context_options(view, environment);
  };
  const auto nothing = [](ViewOptions&) {};
  EXPECT_EQ(options(nothing).scope, CV_SCOPE_HOST);
  EXPECT_EQ(options(nothing).cache_used_pct, 50U);
  EXPECT_EQ(options([](ViewOptions& v) { v.container = true; }).scope, CV_SCOPE_CONTAINER);
  EXPECT_EQ(options([](ViewOptions& v) { v.pid = 7; }).scope, CV_SCOPE_AUTO);
  EXPECT_EQ(options([](ViewOptions& v) { v.cache_used_pct = 0; }).cache_used_pct, 0U);
  environment.scope = "";
  EXPECT_EQ(options(nothing).scope, CV_SCOPE_AUTO);
}

TEST(Environments, ProcpsContainerIsUptimesDefault) {
  const MemoryFile file;
  Output out(file.fd());
  const auto view = [&](std::vector<const char*> args) {
    Environment environment{.args = args, .out = out, .err = out, .procps_container = true};
    int status = 0;
    return parse_uptime_options(environment, status)->view;
  };
  EXPECT_TRUE(view({"uptime"}).container);
  EXPECT_FALSE(view({"uptime", "--host"}).container);
  EXPECT_FALSE(view({"uptime", "--pid", "7"}).container);
}

}  // namespace
}  // namespace cvtools
