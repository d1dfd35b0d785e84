// SPDX-License-Identifier: Apache-2.0
#include <strings.h>

#include <cstring>

#include "common/formatted.hpp"
#include "top/arrange.hpp"

namespace cvtools::top {

bool is_busy(const cv_task& task) { return task.cpu_delta_nsec != 0 || task.state == 'R'; }

bool passes(const UserFilter& filter, const cv_task& task) {
  bool matches = true;
  switch (filter.kind) {
    case UserFilter::Kind::kNone:
      return true;
    case UserFilter::Kind::kEffective:
      matches = task.effective_uid == filter.uid;
      break;
    case UserFilter::Kind::kAny: {
      const cv_task_details* ids = (task.read & CV_TASK_STATUS) != 0 ? task.details : nullptr;
      matches =
          ids != nullptr && (ids->real_uid == filter.uid || ids->effective_uid == filter.uid ||
                             ids->saved_uid == filter.uid || ids->fs_uid == filter.uid);
      break;
    }
  }
  return matches != filter.exclude;
}

bool passes(const Filter& filter, const cv_task& task, const FieldContext& context,
            const CellStyle& style) {
  const FieldSpec& spec = spec_of(filter.field);
  const std::string shown =
      format_value(value_of(spec, task, context), spec.format, spec.width, style);
  bool matches = false;
  if (filter.op == '=') {
    const char* text = shown.c_str();
    const char* value = filter.value.c_str();
    matches = (filter.ignore_case ? strcasestr(text, value) : std::strstr(text, value)) != nullptr;
  } else {
    // Digits count as numbers, so that 9 comes before 10.
    const int order = strverscmp(shown.c_str(), filter.value.c_str());
    matches = filter.op == '<' ? order < 0 : order > 0;
  }
  return matches != filter.exclude;
}

ParsedFilter parse_filter(std::string_view text, bool ignore_case) {
  ParsedFilter parsed;
  std::string_view rest = text;
  const bool exclude = rest.starts_with('!');
  if (exclude) rest.remove_prefix(1);
  const std::size_t at = rest.find_first_of("=<>");
  const char* kind = exclude ? "exclude" : "include";
  if (at == std::string_view::npos) {
    parsed.error = formatted("'{}' filter delimiter is missing", kind);
    return parsed;
  }
  const std::string_view name = rest.substr(0, at);
  const std::string_view value = rest.substr(at + 1);
  const std::optional<FieldId> field = field_named(name);
  if (!field) {
    parsed.error = formatted("unrecognized field name '{}'", name);
  } else if (value.empty()) {
    parsed.error = formatted("'{}' filter value is missing", kind);
  } else {
    parsed.filter =
        Filter{std::string(text), *field, rest[at], std::string(value), exclude, ignore_case};
  }
  return parsed;
}

}  // namespace cvtools::top
