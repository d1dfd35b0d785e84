// SPDX-License-Identifier: Apache-2.0
// Where a figure comes from: files, what they held, the formula with the numbers put in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "snapshot/snapshot.hpp"
#include "view/figure.hpp"

namespace cv {

struct Explanation {
  struct Input {
    std::string path, text, value;
  };
  std::string key, value = "unknown", formula;
  Quality quality = Quality::kUnavailable;
  std::optional<double> number;
  std::optional<std::uint64_t> integer;
  std::vector<Input> inputs;
  std::vector<std::string> notes;
};

// Builds one Explanation; the explain_*.cpp files use it, one function per figure.
class Explainer {
 public:
  Explainer(const Snapshot& snapshot, std::string_view key) : snapshot_(snapshot) {
    out_.key = key;
  }

  const Snapshot& snapshot() const { return snapshot_; }

  void figure(const Figure<std::uint64_t>& figure);
  void figure(const Figure<double>& figure);
  // A figure that is a text: "unlimited", a date.
  void text_figure(std::string text, Quality quality);
  void formula(std::string text) { out_.formula = std::move(text); }
  void note(std::string text) { out_.notes.push_back(std::move(text)); }
  // A file that went into the figure: the whole of it, or its lines that begin with one of `keys`.
  // Nothing is added for a file that was not there.
  void input(const std::string& path, std::string value,
             std::span<const std::string_view> keys = {});
  void input(const std::string& path, std::string value,
             std::initializer_list<std::string_view> keys) {
    input(path, std::move(value), std::span(keys.begin(), keys.size()));
  }

  Explanation take() { return std::move(out_); }

 private:
  const Snapshot& snapshot_;
  Explanation out_;
};

struct ExplainKey {
  std::string_view key;
  std::uint32_t sample;  // SampleFlags that the figure needs
  void (*explain)(Explainer&);
};

// All keys, in the order of the JSON documents.
std::span<const ExplainKey> explain_keys();
const ExplainKey* find_explain_key(std::string_view key);
Explanation explain(const Snapshot& snapshot, const ExplainKey& key);

// That there may be limits above what can be seen, where that is so.
void note_limits_above(Explainer& out);

std::string number_text(std::uint64_t value);
std::string number_text(double value);
std::string number_text(const std::optional<std::uint64_t>& value);  // "unknown" if none

}  // namespace cv
