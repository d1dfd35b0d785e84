// SPDX-License-Identifier: Apache-2.0
#include "view/explain.hpp"

#include <algorithm>

#include "base/saturate.hpp"
#include "base/text.hpp"

namespace cv {
namespace {

// A key ends where the kernel's text puts a separator: `file` must not show `file_mapped`.
bool line_has_key(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return false;
  return line.size() == key.size() || line[key.size()] == ' ' || line[key.size()] == ':' ||
         line[key.size()] == '\t';
}

const ReadLog::Entry* find_read(const ReadLog& log, const std::string& path) {
  if (const auto* entry = log.find(path)) return entry;
  // A process's own root is recorded under /proc/PID/root.
  for (const ReadLog::Entry& entry : log.entries())
    if (entry.path.ends_with("/root" + path)) return &entry;
  return nullptr;
}

}  // namespace

std::string number_text(std::uint64_t value) { return std::to_string(value); }

// To the sixth decimal and without a locale's comma. The numbers explained are CPUs, seconds and
// loads.
std::string number_text(double value) {
  constexpr std::uint64_t kScale = 1'000'000;
  const std::uint64_t scaled = round_to_u64(value * static_cast<double>(kScale));
  std::string text = std::to_string(scaled / kScale);
  std::string fraction = std::to_string(kScale + scaled % kScale).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? text : text + "." + fraction;
}

std::string number_text(const std::optional<std::uint64_t>& value) {
  return value ? number_text(*value) : "unknown";
}

void Explainer::figure(const Figure<std::uint64_t>& figure) {
  out_.quality = figure.quality;
  if (!figure.value) return;
  out_.integer = figure.value;
  out_.number = static_cast<double>(*figure.value);
  out_.value = number_text(*figure.value);
}

void Explainer::figure(const Figure<double>& figure) {
  out_.quality = figure.quality;
  if (!figure.value) return;
  out_.number = figure.value;
  out_.value = number_text(*figure.value);
}

void Explainer::text_figure(std::string text, Quality quality) {
  out_.quality = quality;
  out_.value = std::move(text);
}

void Explainer::input(const std::string& path, std::string value,
                      std::span<const std::string_view> keys) {
  if (!snapshot_.reads) return;
  const ReadLog::Entry* entry = find_read(*snapshot_.reads, path);
  if (entry == nullptr || entry->sys_errno != 0) return;
  std::string text;
  for_each_line(entry->data, [&](std::string_view line, std::uint32_t) {
    const bool wanted = keys.empty() || std::any_of(keys.begin(), keys.end(), [&](auto key) {
                          return line_has_key(line, key);
                        });
    if (wanted && !line.empty()) {
      if (!text.empty()) text += '\n';
      text += line;
    }
    return true;
  });
  // A level can be asked about twice, for its limit and for its high mark.
  const bool known = std::any_of(out_.inputs.begin(), out_.inputs.end(), [&](const auto& input) {
    return input.path == path && input.text == text;
  });
  if (!known) out_.inputs.push_back({path, std::move(text), std::move(value)});
}

void note_limits_above(Explainer& out) {
  if (out.snapshot().scope->limits_above_hidden)
    out.note("limits above the root of the cgroup mount can not be seen from here");
}

const ExplainKey* find_explain_key(std::string_view key) {
  for (const ExplainKey& known : explain_keys())
    if (known.key == key) return &known;
  return nullptr;
}

Explanation explain(const Snapshot& snapshot, const ExplainKey& key) {
  Explainer explainer(snapshot, key.key);
  key.explain(explainer);
  return explainer.take();
}

}  // namespace cv
