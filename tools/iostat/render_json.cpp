// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/document.hpp"
#include "iostat/fields.hpp"
#include "iostat/render.hpp"

namespace cvtools {
namespace {

void put_names(JsonDocument& json, std::string_view key, std::string_view names) {
  json.open_array(key);
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    json.push(std::string(name));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
  json.close();
}

// No limit is no figure that is missing, unless some could not be read: then there may be a smaller
// one than those that were, too.
void add_limit_quality(QualityLists& quality, const containerview::DiskLimits& limits) {
  using containerview::Quality;
  for (const Field<cv_disk_limits>& field : kDiskLimitFields) {
    if (field.bit == 0) continue;
    const bool is_told = (limits.raw().valid & field.bit) != 0;
    const std::string key = std::string("devices[].limits.") + field.key;
    if (is_told)
      quality.add(key, limits.known() ? limits.quality(field.bit) : Quality::kEstimated);
    else if (!limits.known())
      quality.add(key, Quality::kUnavailable);
  }
}

}  // namespace

std::string render_iostat_json(const IostatReport& report, JsonStyle style) {
  QualityLists quality;
  quality.add("cpu.", kCpuFields, report.cpu);
  for (const DiskRow& row : report.disks) {
    quality.add("devices[].", kDiskFields, row.disk);
    if (row.limits) add_limit_quality(quality, *row.limits);
  }
  quality.make_unique();

  JsonDocument json;
  put_head(json, "containerview.iostat/1", report.scope, quality);
  json.put("interval_seconds", to_value(report.interval_seconds));
  json.open_object("cpu");
  put_fields(json, kCpuFields, report.cpu);
  json.close();
  json.open_array("devices");
  for (const DiskRow& row : report.disks) {
    json.push_object();
    json.put("name", row.name);
    put_fields(json, kDiskFields, row.disk);
    put_names(json, "stacked_on", row.disk.stacked_on().value_or(""));
    if (row.limits) {
      json.open_object("limits");
      put_fields(json, kDiskLimitFields, *row.limits);
      json.close();
    }
    json.close();
  }
  json.close();
  return json.text(style);
}

}  // namespace cvtools
