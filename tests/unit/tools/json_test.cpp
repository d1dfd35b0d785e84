// SPDX-License-Identifier: Apache-2.0
#include "common/json.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "common/document.hpp"

namespace cvtools {
namespace {

TEST(Json, KeepsTypesAndOrder) {
  JsonDocument json;
  json.put("z", std::uint64_t{18446744073709551615U});
  json.put("a", std::int64_t{-5});
  json.put("d", 0.5);
  json.put("n", std::monostate{});
  json.put("b", true);
  json.open_array("list");
  json.push(std::string("x"));
  json.push_object();
  json.put("k", 1.25);
  json.close();
  json.close();
  json.open_object("o");
  json.close();
  EXPECT_EQ(json.text(JsonStyle::kCompact),
            R"({"z":18446744073709551615,"a":-5,"d":0.5,"n":null,"b":true,)"
            R"("list":["x",{"k":1.25}],"o":{}})"
            "\n");
}

TEST(Json, PrettyIsOneKeyALine) {
  JsonDocument json;
  json.put("a", std::uint64_t{1});
  EXPECT_EQ(json.text(JsonStyle::kPretty), "{\n  \"a\": 1\n}\n");
}

TEST(Json, TextThatIsNotUtf8StaysValidJson) {
  JsonDocument json;
  json.put("name", std::string("a\xff\x1b[31m"));
  EXPECT_EQ(json.text(JsonStyle::kCompact), "{\"name\":\"a\xEF\xBF\xBD\\u001b[31m\"}\n");
}

TEST(Json, NotANumberIsNull) {
  JsonDocument json;
  json.put("x", std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(json.text(JsonStyle::kCompact), "{\"x\":null}\n");
}

TEST(Document, HeadComesFirst) {
  cv_scope raw{};
  raw.kind = CV_KIND_CONTAINER;
  raw.cgroup_version = CV_CGROUP_HYBRID;
  raw.cgroup = "/sys/fs/cgroup/memory";
  raw.realtime_nsec = 1795429838'999999999;
  QualityLists quality;
  quality.add("a.b", containerview::Quality::kEstimated);
  quality.add("c", containerview::Quality::kHost);
  quality.add("d", containerview::Quality::kUnavailable);
  quality.add("e", containerview::Quality::kExact);
  JsonDocument json;
  put_head(json, "containerview.free/1", containerview::Scope(raw), quality);
  EXPECT_EQ(json.text(JsonStyle::kCompact),
            R"({"schema":"containerview.free/1","version":")" +
                std::string(containerview::version()) +
                R"(","time":"2026-11-23T10:30:38Z","scope":{"kind":"container",)"
                R"("cgroup_version":"hybrid","cgroup":"/sys/fs/cgroup/memory"},)"
                R"("quality":{"estimated":["a.b"],"host":["c"],"unavailable":["d"]}})"
                "\n");
}

TEST(Document, TimeBeforeTheEpochIsFloored) {
  using std::chrono::system_clock;
  EXPECT_EQ(utc_text(system_clock::time_point(std::chrono::milliseconds(-1))),
            "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace cvtools
