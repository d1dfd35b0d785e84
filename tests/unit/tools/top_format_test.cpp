// SPDX-License-Identifier: Apache-2.0
#include "top/format.hpp"

#include <gtest/gtest.h>

#include <clocale>

namespace cvtools::top {
namespace {

constexpr std::int64_t kSec = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSec;
constexpr std::int64_t kDay = 24 * kHour;

TEST(TopFormat, TimesGetCoarserAsTheyGrow) {
  const auto plus = [](std::int64_t nsec) {
    return format_span(nsec, 9, FieldFormat::kHundredths, 0);
  };
  EXPECT_EQ(plus(0), "0:00.00");
  EXPECT_EQ(plus(6 * kSec + kSec / 8), "0:06.12");
  EXPECT_EQ(plus(6 * kHour - 1), "359:59.99");
  EXPECT_EQ(plus(6 * kHour), "6,00");
  EXPECT_EQ(plus(4 * kDay - 1), "95,59");
  EXPECT_EQ(plus(4 * kDay + 5 * kHour), "4d+5h");
  EXPECT_EQ(plus(14 * kDay), "2w+0d");
  EXPECT_EQ(format_span(89 * kSec, 6, FieldFormat::kMinutes, 0), "1:29");
  EXPECT_EQ(format_span(13 * kDay + 23 * kHour, 6, FieldFormat::kMinutes, 0), "13d");
}

TEST(TopFormat, AgesBeginWithHours) {
  EXPECT_EQ(format_span(30 * kSec, 7, FieldFormat::kHours, 0), "0,00");
  EXPECT_EQ(format_span(20 * 60 * kSec, 7, FieldFormat::kHours, 0), "0,20");
  EXPECT_EQ(format_span(6 * kHour + 51 * 60 * kSec, 7, FieldFormat::kHours, 0), "6,51");
}

TEST(TopFormat, ScaleOfTimesBeginsWhereItIsTold) {
  EXPECT_EQ(format_span(90 * kSec, 9, FieldFormat::kHundredths, 1), "1:30");
  EXPECT_EQ(format_span(90 * kSec, 9, FieldFormat::kHundredths, 2), "0,01");
}

TEST(TopFormat, MemoryTakesTheNextUnitThatFits) {
  EXPECT_EQ(format_memory(351352.0 * 1024, 6, 0), "351352");
  EXPECT_EQ(format_memory(1351352.0 * 1024, 6, 0), "1.3g");
  EXPECT_EQ(format_memory(13513520.0 * 1024, 7, 0), "12.9g");
  EXPECT_EQ(format_memory(44988.0 * 1024, 7, 1), "43.9m");
  EXPECT_EQ(format_memory(1e30, 3, 0), "?");
}

TEST(TopFormat, CountsAndShares) {
  EXPECT_EQ(format_count(999, 3), "999");
  EXPECT_EQ(format_count(1200, 4), "1200");
  EXPECT_EQ(format_count(12000, 4), "12k");
  EXPECT_EQ(format_count(1200, 3), "1k");
  EXPECT_EQ(format_count(134567, 4), "135k");
  EXPECT_EQ(format_percent(0, 5), "0.0");
  EXPECT_EQ(format_percent(100, 5), "100.0");
  EXPECT_EQ(format_percent(1234.5, 5), "1234");  // half to even, as printf rounds
}

TEST(TopFormat, Values) {
  const CellStyle style;
  const auto text = [&](const FieldValue& value, FieldFormat format) {
    return format_value(value, format, 8, style);
  };
  EXPECT_EQ(text(std::monostate{}, FieldFormat::kMemory), "-");
  EXPECT_EQ(text(std::int64_t{-100}, FieldFormat::kPriority), "rt");
  EXPECT_EQ(text(std::int64_t{-51}, FieldFormat::kPriority), "-51");
  EXPECT_EQ(text(std::int64_t{0x00402100}, FieldFormat::kFlags), "..4.21..");
  EXPECT_EQ(text(0.361, FieldFormat::kRatio), "0.361");
  EXPECT_EQ(text(123456.78, FieldFormat::kRatio), "123456.8");
}

TEST(TopFormat, ZerosAreBlankedWhereTheySayNothing) {
  const CellStyle blank{0, true, 0};
  EXPECT_EQ(format_value(0.0, FieldFormat::kPercent, 5, blank), "");
  EXPECT_EQ(format_value(std::int64_t{0}, FieldFormat::kMemory, 5, blank), "");
  EXPECT_EQ(format_value(std::int64_t{0}, FieldFormat::kHundredths, 9, blank), "");
  EXPECT_EQ(format_value(std::int64_t{0}, FieldFormat::kInteger, 5, blank), "0");
}

TEST(TopFormat, NamesCanNotHarmATerminal) {
  const FieldValue name = std::string("a\x1b[2J\nb\xff");
  EXPECT_EQ(format_value(name, FieldFormat::kText, 0, {}), "a?[2J?b?");
}

TEST(TopFormat, WideCharactersTakeTwoColumns) {
  ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(cut("日本語", 6), "日本語");
  EXPECT_EQ(cut("日本語", 5), "日本+");
  EXPECT_EQ(cut("日本語", 4), "日+");
  EXPECT_EQ(pad("日", 4, false), "日  ");
  EXPECT_EQ(pad("日", 4, true), "  日");
  std::setlocale(LC_CTYPE, "C");
}

TEST(TopFormat, CutTextEndsWithAPlus) {
  EXPECT_EQ(cut("abcdef", 6), "abcdef");
  EXPECT_EQ(cut("abcdef", 5), "abcd+");
  EXPECT_EQ(cut("abcdef", 1), "+");
  EXPECT_EQ(cut("abcdef", 0), "");
}

}  // namespace
}  // namespace cvtools::top
