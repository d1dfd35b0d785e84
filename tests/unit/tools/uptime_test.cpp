// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "tool_run.hpp"
#include "uptime/render.hpp"
#include "uptime/uptime.hpp"

namespace cvtools {
namespace {

constexpr std::uint64_t kDay = 86400;

struct Duration {
  std::uint64_t seconds;
  const char* classic;
  const char* pretty;
};

class Durations : public testing::TestWithParam<Duration> {};

TEST_P(Durations, AsUptimePrintsThem) {
  EXPECT_EQ(classic_duration(GetParam().seconds), GetParam().classic);
  EXPECT_EQ(pretty_duration(GetParam().seconds), GetParam().pretty);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Durations,
    testing::Values(Duration{0, "0 min", "0 minute"},                                       //
                    Duration{59, "0 min", "0 minute"},                                      //
                    Duration{60, "1 min", "1 minute"},                                      //
                    Duration{3599, "59 min", "59 minutes"},                                 //
                    Duration{3600, " 1:00", "1 hour, 0 minute"},                            //
                    Duration{2 * 3600 + 120, " 2:02", "2 hours, 2 minutes"},                //
                    Duration{kDay - 1, "23:59", "23 hours, 59 minutes"},                    //
                    Duration{kDay, "1 day, 0 min", "1 day, 0 minute"},                      //
                    Duration{kDay + 3900, "1 day,  1:05", "1 day, 1 hour, 5 minutes"},      //
                    Duration{7 * kDay, "7 days, 0 min", "1 week, 0 minute"},                //
                    Duration{364 * kDay, "364 days, 0 min", "52 weeks, 0 minute"},          //
                    Duration{365 * kDay, "365 days, 0 min", "1 year, 0 minute"},            //
                    Duration{729 * kDay, "729 days, 0 min", "1 year, 52 weeks, 0 minute"},  //
                    Duration{4015 * kDay, "4015 days, 0 min", "1 decade, 1 year, 0 minute"}));

class UptimeText : public testing::Test {
 protected:
  UptimeText() {
    setenv("TZ", "UTC", 1);
    tzset();
    report_.scope = containerview::Scope([] {
      cv_scope raw{};
      raw.realtime_nsec = 1795429838'900000000;  // 2026-11-23 10:30:38.9 UTC
      return raw;
    }());
    report_.uptime.raw().valid = CV_UPTIME_UPTIME;
    report_.uptime.raw().uptime_nsec = 2857'927944000;
    report_.uptime.raw().since_realtime_nsec = 1795426980'972056000;
    report_.users.raw().valid = CV_USERS_COUNT;
    report_.users.raw().count = 1;
    report_.load.raw().valid = ~std::uint64_t{0};
    report_.load.raw().avg_1m = 1.256;
    report_.load.raw().avg_5m = 0.5;
    report_.load.raw().avg_15m = 0.184;
    report_.load.raw().source = CV_LOAD_ESTIMATE;
  }
  std::string text(UptimeFormat format) { return render_uptime_text(report_, format).text; }

  UptimeReport report_;
};

TEST_F(UptimeText, Formats) {
  EXPECT_EQ(text(UptimeFormat::kClassic),
            " 10:30:38 up 47 min,  1 user,  load average: 1.26, 0.50, 0.18\n");
  EXPECT_EQ(text(UptimeFormat::kPretty), "up 47 minutes\n");
  EXPECT_EQ(text(UptimeFormat::kSince), "2026-11-23 09:43:00\n");
  EXPECT_EQ(text(UptimeFormat::kRaw), "1795429838 2857.927944 1 1.26 0.50 0.18\n");
}

TEST_F(UptimeText, SinceCountsHundredthsAsProcUptimeDoes) {
  report_.uptime.raw().uptime_nsec = 100'009000000;  // /proc/uptime: 100.00
  report_.uptime.raw().since_realtime_nsec = 1795426980'995000000;
  EXPECT_EQ(text(UptimeFormat::kSince), "2026-11-23 09:43:01\n");
}

TEST_F(UptimeText, UserCounts) {
  report_.users.raw().count = 0;
  EXPECT_NE(text(UptimeFormat::kClassic).find("min,  0 users,  load"), std::string::npos);
  report_.users.raw().count = 12;
  EXPECT_NE(text(UptimeFormat::kClassic).find("min, 12 users,  load"), std::string::npos);
}

TEST_F(UptimeText, UnknownIsNeverANumber) {
  report_.uptime.raw().valid = 0;
  report_.users.raw().valid = 0;
  report_.load.raw().valid = CV_LOAD_AVG_5M;
  EXPECT_EQ(text(UptimeFormat::kClassic), " 10:30:38 up -, ? users,  load average: -, 0.50, -\n");
  EXPECT_EQ(text(UptimeFormat::kPretty), "up -\n");
  EXPECT_EQ(text(UptimeFormat::kSince), "-\n");
  EXPECT_EQ(text(UptimeFormat::kRaw), "1795429838 - - - 0.50 -\n");
  EXPECT_FALSE(render_uptime_text(report_, UptimeFormat::kClassic).complete);
}

TEST_F(UptimeText, Json) {
  report_.load.raw().estimated = CV_LOAD_AVG_1M;
  report_.load.raw().valid &= ~std::uint64_t{CV_LOAD_TOTAL};
  report_.load.raw().running = 3;
  report_.load.raw().history_seconds = 0;
  const std::string json = render_uptime_json(report_, JsonStyle::kCompact);
  EXPECT_NE(json.find(R"("time":"2026-11-23T10:30:38Z")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("quality":{"estimated":["load.avg_1m"],"host":[],)"
                      R"("unavailable":["load.total"]},)"
                      R"("uptime_seconds":2857.927944,"since":"2026-11-23T09:43:00Z","users":1,)"
                      R"("load":{"avg_1m":1.256,"avg_5m":0.5,"avg_15m":0.184,"source":"estimate",)"
                      R"("history_seconds":0.0,"running":3,"total":null}})"),
            std::string::npos)
      << json;
}

TEST(UptimeOptionsTest, SamplesOnlyWhatIsPrinted) {
  UptimeOptions options;
  EXPECT_NE(uptime_sample(options) & CV_SAMPLE_LOAD, 0U);
  options.format = UptimeFormat::kSince;
  EXPECT_EQ(uptime_sample(options), std::uint32_t{CV_SAMPLE_UPTIME});
  options.view.json = true;
  EXPECT_NE(uptime_sample(options) & CV_SAMPLE_LOAD, 0U);
}

TEST(UptimeRun, SinceActsWhenReached) {
  EXPECT_EQ(run_tool(run_uptime, {"uptime", "-s", "--bogus"}).status, 0);
  EXPECT_EQ(run_tool(run_uptime, {"uptime", "--bogus", "-s"}).status, 1);
  const ToolResult missing = run_tool(run_uptime, {"uptime", "-s", "--sysroot", "/nonexistent"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_EQ(missing.out, "");
}

TEST(UptimeRun, ContainerFlagExcludesHost) {
  const ToolResult result = run_tool(run_uptime, {"uptime", "-c", "--host"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "uptime: --container excludes --host\n");
}

}  // namespace
}  // namespace cvtools
