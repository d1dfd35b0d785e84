// SPDX-License-Identifier: Apache-2.0
#include "common/document.hpp"
#include "uptime/fields.hpp"
#include "uptime/render.hpp"

namespace cvtools {

std::string render_uptime_json(const UptimeReport& report, JsonStyle style) {
  QualityLists quality;
  quality.add("", kUptimeFields, report.uptime);
  quality.add("", kUsersFields, report.users);
  quality.add("load.", kLoadFields, report.load);

  JsonDocument json;
  put_head(json, "containerview.uptime/1", report.scope, quality);
  put_fields(json, kUptimeFields, report.uptime);
  put_fields(json, kUsersFields, report.users);
  json.open_object("load");
  put_fields(json, kLoadFields, report.load);
  json.close();
  return json.text(style);
}

}  // namespace cvtools
