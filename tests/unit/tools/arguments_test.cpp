// SPDX-License-Identifier: Apache-2.0
#include "common/arguments.hpp"

#include <gtest/gtest.h>

#include "free/options.hpp"
#include "uptime/options.hpp"

namespace cvtools {
namespace {

// "--human --seconds=5 | operand | error"
std::string scan(const OptionTable& table, const std::vector<const char*>& line) {
  const Arguments found = scan_arguments(table, line);
  std::string text;
  for (const auto& item : found.items) {
    text += std::string("--") + item.option->long_name;
    if (item.option->argument != nullptr) text += "=" + std::string(item.value);
    text += ' ';
  }
  text += "|";
  for (const std::string_view operand : found.operands) text += " " + std::string(operand);
  text += " |";
  if (!found.error.empty()) text += " " + found.error;
  return text;
}

struct CommandLine {
  std::vector<const char*> args;
  const char* expected;
};

class FreeArguments : public testing::TestWithParam<CommandLine> {};

TEST_P(FreeArguments, ReadsAsGetoptDoes) {
  EXPECT_EQ(scan(free_option_table(), GetParam().args), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Good, FreeArguments,
                         testing::Values(CommandLine{{}, "| |"},                                //
                                         CommandLine{{"-h", "-t"}, "--human --total | |"},      //
                                         CommandLine{{"-htw"}, "--human --total --wide | |"},   //
                                         CommandLine{{"-s5"}, "--seconds=5 | |"},               //
                                         CommandLine{{"-s", "5"}, "--seconds=5 | |"},           //
                                         CommandLine{{"-hs", "5"}, "--human --seconds=5 | |"},  //
                                         CommandLine{{"-hs5h"}, "--human --seconds=5h | |"},    //
                                         CommandLine{{"-s", "-1"}, "--seconds=-1 | |"},         //
                                         CommandLine{{"-s", "--"}, "--seconds=-- | |"},         //
                                         CommandLine{{"-s", ""}, "--seconds= | |"},             //
                                         CommandLine{{"--seconds=5"}, "--seconds=5 | |"},       //
                                         CommandLine{{"--seconds="}, "--seconds= | |"},         //
                                         CommandLine{{"--seconds", "5"}, "--seconds=5 | |"},    //
                                         CommandLine{{"--hum"}, "--human | |"},                 //
                                         CommandLine{{"--sec=5"}, "--seconds=5 | |"},           //
                                         CommandLine{{"--si"}, "--si | |"},                     //
                                         CommandLine{{"--sys", "d"}, "--sysroot=d | |"},        //
                                         CommandLine{{"--host"}, "--host | |"},                 //
                                         CommandLine{{"a", "-h", "b"}, "--human | a b |"},      //
                                         CommandLine{{"--", "-h"}, "| -h |"},                   //
                                         CommandLine{{"-"}, "| - |"},                           //
                                         CommandLine{{"-V", "--bogus", "x"}, "--version | |"}));

INSTANTIATE_TEST_SUITE_P(
    Bad, FreeArguments,
    testing::Values(
        CommandLine{{"-x"}, "| | invalid option -- 'x'"},
        CommandLine{{"-h", "-x", "-t"}, "--human | | invalid option -- 'x'"},
        CommandLine{{"-hx"}, "--human | | invalid option -- 'x'"},
        CommandLine{{"-s"}, "| | option requires an argument -- 's'"},
        CommandLine{{"--seconds"}, "| | option '--seconds' requires an argument"},
        CommandLine{{"--sec"}, "| | option '--seconds' requires an argument"},
        CommandLine{{"--bytes=3"}, "| | option '--bytes' doesn't allow an argument"},
        CommandLine{{"--byt=3"}, "| | option '--bytes' doesn't allow an argument"},
        CommandLine{{"--foo"}, "| | unrecognized option '--foo'"},
        CommandLine{{"--foo=1"}, "| | unrecognized option '--foo=1'"},
        CommandLine{{"--t=5"},
                    "| | option '--t=5' is ambiguous; possibilities: '--tera' '--tebi' '--total'"},
        // --container would match too, but only where procps finds nothing are ours asked.
        CommandLine{{"--co"},
                    "| | option '--co' is ambiguous; possibilities: '--committed' '--count'"}));

// No abbreviation that procps' uptime accepts may be broken by an option of ours.
TEST(UptimeArguments, ClassicAbbreviationsStay) {
  EXPECT_EQ(scan(uptime_option_table(), {"--p"}), "--pretty | |");
  EXPECT_EQ(scan(uptime_option_table(), {"--s"}), "--since | |");
  EXPECT_EQ(scan(uptime_option_table(), {"--c"}), "--container | |");
  EXPECT_EQ(scan(uptime_option_table(), {"--h"}), "--help | |");
  EXPECT_EQ(scan(uptime_option_table(), {"--pi", "7"}), "--pid=7 | |");
}

// -s and -r print when they are reached: later classic options, errors and operands do not count.
TEST(UptimeArguments, OnlyOwnOptionsCountBehindSince) {
  EXPECT_EQ(scan(uptime_option_table(), {"-s", "-p", "--bogus"}), "--since | |");
  EXPECT_EQ(scan(uptime_option_table(), {"-s", "operand"}), "--since | |");
  EXPECT_EQ(scan(uptime_option_table(), {"-sV", "--pid", "7"}), "--since --pid=7 | |");
  EXPECT_EQ(scan(uptime_option_table(), {"--bogus", "-s"}), "| | unrecognized option '--bogus'");
}

}  // namespace
}  // namespace cvtools
