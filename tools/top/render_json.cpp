// SPDX-License-Identifier: Apache-2.0
#include "top/render_json.hpp"

#include <algorithm>

#include "common/cpu_fields.hpp"
#include "common/document.hpp"
#include "common/load_fields.hpp"
#include "free/fields.hpp"
#include "uptime/fields.hpp"

namespace cvtools::top {
namespace {

using containerview::Quality;

Value json_value(const FieldValue& value, FieldFormat format) {
  constexpr double kNsecPerSec = 1e9;
  switch (value.index()) {
    case 1:
      switch (format) {
        case FieldFormat::kHundredths:
        case FieldFormat::kMinutes:
        case FieldFormat::kHours:
          return static_cast<double>(std::get<std::int64_t>(value)) / kNsecPerSec;
        default:
          return std::get<std::int64_t>(value);
      }
    case 2:
      return std::get<double>(value);
    case 3:
      return std::string(std::get<std::string_view>(value));
    case 4:
      return std::get<std::string>(value);
    default:
      return std::monostate{};
  }
}

// Those of every document, then what the window shows besides; each key once.
std::vector<const FieldSpec*> document_fields(const Window& window) {
  std::vector<const FieldSpec*> fields;
  const auto add = [&](const FieldSpec& spec) {
    const bool known = std::any_of(fields.begin(), fields.end(), [&](const FieldSpec* other) {
      return std::string_view(other->key) == spec.key;
    });
    if (!known) fields.push_back(&spec);
  };
  // In the order in which classic top shows them.
  const Settings classic = default_settings();
  for (const FieldChoice& field : classic.windows.front().fields)
    if (spec_of(field.id).in_document) add(spec_of(field.id));
  for (const FieldChoice& field : window.fields)
    if (field.shown) add(spec_of(field.id));
  return fields;
}

// Our own line. Limits are not estimates; "no limit" and "not known" are both null, but only the
// latter is unavailable.
class LimitsObject {
 public:
  LimitsObject(JsonDocument& json, QualityLists& quality) : json_(json), quality_(quality) {}

  void put(const std::string& key, const containerview::Limit& limit) {
    put(key, to_value(limit.value()),
        limit.state() == CV_LIMIT_UNKNOWN ? Quality::kUnavailable : Quality::kExact);
  }
  void put(const std::string& key, const Value& value, Quality quality) {
    json_.put(key, value);
    quality_.add("limits." + key, quality);
  }

 private:
  JsonDocument& json_;
  QualityLists& quality_;
};

void put_limits(const Sample& sample, JsonDocument& json, QualityLists& quality) {
  LimitsObject limits(json, quality);
  limits.put("memory_bytes", sample.limits.memory());
  limits.put("oom_kills", to_value(sample.memory_details.oom_kills()),
             sample.memory_details.quality(CV_DETAIL_OOM_KILLS));
  limits.put("pids_current", to_value(sample.pids.current()), sample.pids.quality(CV_PIDS_CURRENT));
  limits.put("pids_limit", sample.pids.limit());
  const auto pressure = [&](const char* key, const containerview::Pressure& from) {
    limits.put(key, to_value(from.some_avg10_pct()), from.quality(CV_PRESSURE_SOME));
  };
  pressure("cpu_some_pct", sample.cpu_pressure);
  pressure("memory_some_pct", sample.memory_pressure);
  pressure("io_some_pct", sample.io_pressure);
}

void put_tasks(const TaskCounts& counts, JsonDocument& json) {
  const auto put = [&](const char* key, std::size_t count) { json.put(key, std::uint64_t{count}); };
  json.open_object("tasks");
  put("total", counts.total);
  put("running", counts.running);
  put("sleeping", counts.sleeping);
  put("uninterruptible", counts.uninterruptible);
  put("stopped", counts.stopped);
  put("zombie", counts.zombie);
  json.close();
}

template <typename Fields, typename Figures>
void put_group(const char* name, const Fields& fields, const Figures& figures, JsonDocument& json) {
  json.open_object(name);
  put_fields(json, fields, figures);
  json.close();
}

QualityLists qualities(const Sample& sample) {
  QualityLists quality;
  quality.add("", std::span(kUptimeFields).first(1), sample.uptime);
  quality.add("", kUsersFields, sample.users);
  quality.add("load.", kLoadFields, sample.load);
  quality.add("cpu.", kCpuFields, sample.cpu);
  quality.add("memory.", kMemoryFields, sample.memory);
  quality.add("swap.", kSwapFields, sample.swap);
  return quality;
}

}  // namespace

std::uint32_t document_files() {
  std::uint32_t files = 0;
  for (const FieldSpec& spec : field_table())
    if (spec.in_document) files |= spec.files;
  return files;
}

std::string render_top_json(const Settings& settings, const Sample& sample,
                            const std::vector<Row>& rows, Names& names, JsonStyle style) {
  // The lists come first in the document, and are known last: that of the limits is made aside.
  QualityLists quality = qualities(sample);
  JsonDocument aside;
  put_limits(sample, aside, quality);
  QualityLists told;

  JsonDocument json;
  put_head(json, "containerview.top/1", sample.scope, quality);
  put_fields(json, std::span(kUptimeFields).first(1), sample.uptime);
  put_fields(json, kUsersFields, sample.users);
  put_group("load", kLoadFields, sample.load, json);
  put_tasks(sample.counts, json);
  put_group("cpu", kCpuFields, sample.cpu, json);
  put_group("memory", kMemoryFields, sample.memory, json);
  put_group("swap", kSwapFields, sample.swap, json);
  json.open_object("limits");
  put_limits(sample, json, told);
  json.close();
  const FieldContext context = field_context(settings, settings.window(), sample, names);
  const auto fields = document_fields(settings.window());
  json.open_array("processes");
  for (const Row& row : rows) {
    json.push_object();
    for (const FieldSpec* spec : fields)
      json.put(spec->key, json_value(value_of(*spec, *row.task, context), spec->format));
    json.close();
  }
  json.close();
  return json.text(style);
}

}  // namespace cvtools::top
