// SPDX-License-Identifier: Apache-2.0
#include "common/document.hpp"

#include <algorithm>
#include <ctime>

#include "common/formatted.hpp"

namespace cvtools {
namespace {

void put_list(JsonDocument& json, std::string_view key, const std::vector<std::string>& list) {
  json.open_array(key);
  for (const std::string& item : list) json.push(item);
  json.close();
}

}  // namespace

void QualityLists::add(const std::string& key, containerview::Quality quality) {
  switch (quality) {
    case containerview::Quality::kExact:
      break;
    case containerview::Quality::kEstimated:
      estimated.push_back(key);
      break;
    case containerview::Quality::kHost:
      host.push_back(key);
      break;
    case containerview::Quality::kUnavailable:
      unavailable.push_back(key);
      break;
  }
}

void QualityLists::make_unique() {
  for (std::vector<std::string>* keys : {&estimated, &host, &unavailable}) {
    auto end = keys->end();
    for (auto at = keys->begin(); at != end; ++at) end = std::remove(at + 1, end, std::string(*at));
    keys->erase(end, keys->end());
  }
}

std::string utc_text(std::chrono::system_clock::time_point time) {
  // floor, not to_time_t: a time before 1970 (a broken clock) must not round up.
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return formatted("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                   utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string_view to_string(cv_cgroup_version version) {
  switch (version) {
    case CV_CGROUP_V1:
      return "v1";
    case CV_CGROUP_V2:
      return "v2";
    case CV_CGROUP_HYBRID:
      return "hybrid";
    case CV_CGROUP_NONE:
      break;
  }
  return "none";
}

void put_identity(JsonDocument& json, std::string_view schema, const containerview::Scope& scope) {
  json.put("schema", std::string(schema));
  json.put("version", std::string(containerview::version()));
  json.put("time", utc_text(scope.time()));
}

void put_quality(JsonDocument& json, const QualityLists& quality) {
  json.open_object("quality");
  put_list(json, "estimated", quality.estimated);
  put_list(json, "host", quality.host);
  put_list(json, "unavailable", quality.unavailable);
  json.close();
}

void put_scope_members(JsonDocument& json, const containerview::Scope& scope) {
  json.put("kind", std::string(scope.kind() == CV_KIND_CONTAINER ? "container" : "host"));
  json.put("cgroup_version", std::string(to_string(scope.cgroup_version())));
  json.put("cgroup", to_value(scope.cgroup()));
}

void put_head(JsonDocument& json, std::string_view schema, const containerview::Scope& scope,
              const QualityLists& quality) {
  put_identity(json, schema, scope);
  json.open_object("scope");
  put_scope_members(json, scope);
  json.close();
  put_quality(json, quality);
}

}  // namespace cvtools
