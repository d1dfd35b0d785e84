// SPDX-License-Identifier: Apache-2.0
// A tool's figures stand in one table: key, where the value is, which bit tells whether it is
// known. The JSON, its quality lists and the text all take their figures from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/json.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {

template <typename Raw>
struct Field {
  const char* key;
  Value (*value)(const Raw& raw);
  std::uint64_t bit;  // 0: told whatever is known, such as where a figure comes from
};

// The usual Field::value: a member of the struct as it is.
template <auto kMember, typename Raw>
Value member(const Raw& raw) {
  return raw.*kMember;
}

// A table as an argument. Raw comes from the figures alone, so that an array may be passed as it
// is.
template <typename Raw>
using FieldSpan = std::type_identity_t<std::span<const Field<Raw>>>;

template <typename Raw>
Value value_of(const Field<Raw>& field, const containerview::Figures<Raw>& figures) {
  if (field.bit != 0 && (figures.raw().valid & field.bit) == 0) return std::monostate{};
  return field.value(figures.raw());
}

// The figure that `bit` stands for, for the text; T as the table's value has it.
template <typename T, typename Raw>
std::optional<T> figure(FieldSpan<Raw> fields, const containerview::Figures<Raw>& figures,
                        std::uint64_t bit) {
  for (const Field<Raw>& field : fields) {
    if (field.bit != bit) continue;
    const Value value = value_of(field, figures);
    if (const T* held = std::get_if<T>(&value)) return *held;
    return std::nullopt;
  }
  return std::nullopt;
}

template <typename Raw>
void put_fields(JsonDocument& json, FieldSpan<Raw> fields,
                const containerview::Figures<Raw>& figures) {
  for (const Field<Raw>& field : fields) json.put(field.key, value_of(field, figures));
}

// The dotted keys of what is not exact.
struct QualityLists {
  std::vector<std::string> estimated;
  std::vector<std::string> host;
  std::vector<std::string> unavailable;

  void add(const std::string& key, containerview::Quality quality);

  // `prefix` is "memory." or, for figures at the top of the document, "".
  template <typename Raw>
  void add(const std::string& prefix, FieldSpan<Raw> fields,
           const containerview::Figures<Raw>& figures) {
    for (const Field<Raw>& field : fields) {
      if (field.bit != 0) add(prefix + field.key, figures.quality(field.bit));
    }
  }

  // Each key once: the elements of an array may have the same to say.
  void make_unique();
};

}  // namespace cvtools
