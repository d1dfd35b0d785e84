// SPDX-License-Identifier: Apache-2.0
#include "common/document.hpp"
#include "free/fields.hpp"
#include "free/render.hpp"

namespace cvtools {
namespace {

template <typename Visit>
void for_each_group(const FreeReport& report, bool committed, const Visit& visit) {
  visit("memory", kMemoryFields, report.memory);
  visit("swap", kSwapFields, report.swap);
  if (committed) visit("commit", kCommitFields, report.commit);
}

}  // namespace

std::string render_free_json(const FreeReport& report, const FreeOptions& options,
                             JsonStyle style) {
  QualityLists quality;
  for_each_group(report, options.committed,
                 [&](const std::string& name, const auto& fields, const auto& figures) {
                   quality.add(name + ".", fields, figures);
                 });
  JsonDocument json;
  put_head(json, "containerview.free/1", report.scope, quality);
  for_each_group(report, options.committed,
                 [&](const std::string& name, const auto& fields, const auto& figures) {
                   json.open_object(name);
                   put_fields(json, fields, figures);
                   json.close();
                 });
  return json.text(style);
}

}  // namespace cvtools
