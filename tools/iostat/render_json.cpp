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

}  // namespace

std::string render_iostat_json(const IostatReport& report, JsonStyle style) {
  QualityLists quality;
  quality.add("cpu.", kCpuFields, report.cpu);
  for (const DiskRow& row : report.disks) quality.add("devices[].", kDiskFields, row.disk);
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
