// SPDX-License-Identifier: Apache-2.0
#include "containerview/explain.hpp"

#include "common/document.hpp"
#include "common/formatted.hpp"
#include "common/json.hpp"
#include "common/printable.hpp"

namespace cvtools {
namespace {

using containerview::ExplainedInput;
using containerview::Explanation;

std::optional<containerview::ExplainKey> find_key(std::string_view name) {
  for (std::size_t i = 0; i < containerview::explain_key_count(); ++i) {
    const containerview::ExplainKey key = containerview::explain_key(i);
    if (key.key == name) return key;
  }
  return std::nullopt;
}

int list_keys(Environment& environment) {
  for (std::size_t i = 0; i < containerview::explain_key_count(); ++i) {
    environment.out.write(std::string(containerview::explain_key(i).key) + "\n");
  }
  return 0;
}

bool is_known(const Explanation& explanation) {
  return explanation.quality() != containerview::to_string(containerview::Quality::kUnavailable);
}

Value value_of(const Explanation& explanation) {
  if (!is_known(explanation)) return std::monostate{};
  if (explanation.integer()) return to_value(explanation.integer());
  if (explanation.number()) return to_value(explanation.number());
  return std::string(explanation.value());
}

Value text_or_null(std::string_view text) {
  if (text.empty()) return std::monostate{};
  return std::string(text);
}

std::string explanation_json(const containerview::Scope& scope, const Explanation& explanation,
                             JsonStyle style) {
  JsonDocument json;
  put_identity(json, "containerview.explain/1", scope);
  json.open_object("scope");
  put_scope_members(json, scope);
  json.close();
  json.put("key", std::string(explanation.key()));
  json.put("value", value_of(explanation));
  json.put("quality", std::string(explanation.quality()));
  json.put("formula", std::string(explanation.formula()));
  json.open_array("inputs");
  for (std::size_t i = 0; i < explanation.input_count(); ++i) {
    const ExplainedInput input = explanation.input(i);
    json.push_object();
    json.put("path", std::string(input.path));
    json.put("text", text_or_null(input.text));
    json.put("value", text_or_null(input.value));
    json.close();
  }
  json.close();
  json.open_array("notes");
  for (std::size_t i = 0; i < explanation.note_count(); ++i) {
    json.push(std::string(explanation.note(i)));
  }
  json.close();
  return json.text(style);
}

// Each line of `text`, indented.
void add_block(std::string& page, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    page += "    " + printable(text.substr(0, end), true) + "\n";
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::string explanation_text(const Explanation& explanation) {
  std::string page = formatted("{} = {} ({})\n", explanation.key(),
                               is_known(explanation) ? printable(explanation.value()) : "unknown",
                               explanation.quality());
  if (!explanation.formula().empty()) {
    page += "\n";
    add_block(page, explanation.formula());
  }
  for (std::size_t i = 0; i < explanation.input_count(); ++i) {
    const ExplainedInput input = explanation.input(i);
    page += formatted("\n{}", printable(input.path));
    if (!input.value.empty()) page += formatted(": {}", printable(input.value));
    page += "\n";
    add_block(page, input.text);
  }
  if (explanation.note_count() > 0) page += "\n";
  for (std::size_t i = 0; i < explanation.note_count(); ++i) {
    page += "note: " + printable(explanation.note(i)) + "\n";
  }
  return page;
}

}  // namespace

int run_explain(Environment& environment, const containerview::Options& where,
                const std::vector<std::string>& keys, bool json) {
  if (keys.empty()) return list_keys(environment);
  std::uint32_t sampled = 0;
  for (const std::string& key : keys) {
    const std::optional<containerview::ExplainKey> known = find_key(key);
    if (!known) {
      complain(environment,
               formatted("no figure '{}'; `containerview explain --list` names them all", key));
      return 1;
    }
    sampled |= known->sample;
  }
  containerview::Options options = where;
  options.flags |= CV_OPEN_RECORD_READS;
  containerview::Context context(options);
  const containerview::Snapshot snapshot = context.sample(sampled);  // one moment for all of them
  const JsonStyle style = environment.out_is_terminal ? JsonStyle::kPretty : JsonStyle::kCompact;
  bool first = true;
  for (const std::string& key : keys) {
    const Explanation explanation = snapshot.explain(key);
    if (json) {
      environment.out.write(explanation_json(snapshot.scope(), explanation, style));
    } else {
      environment.out.write((first ? "" : "\n") + explanation_text(explanation));
    }
    first = false;
  }
  return 0;
}

}  // namespace cvtools
