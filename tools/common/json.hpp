// SPDX-License-Identifier: Apache-2.0
// Builds one JSON document, keys in the order given. The JSON library stays inside json.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cvtools {

// What a key or an array's element holds; monostate is null: unknown.
using Value = std::variant<std::monostate, bool, std::uint64_t, std::int64_t, double, std::string>;

template <typename T>
Value to_value(const std::optional<T>& value) {
  if (!value) return std::monostate{};
  return Value(T(*value));
}
inline Value to_value(std::optional<std::uint32_t> value) {
  if (!value) return std::monostate{};
  return std::uint64_t{*value};
}
inline Value to_value(const std::optional<std::string_view>& value) {
  if (!value) return std::monostate{};
  return std::string(*value);
}

enum class JsonStyle { kCompact, kPretty };

class JsonDocument {
 public:
  JsonDocument();
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  // In the object that is open.
  void put(std::string_view key, const Value& value);
  void open_object(std::string_view key);
  void open_array(std::string_view key);
  // In the array that is open.
  void push(const Value& value);
  void push_object();
  // Ends the object or array that was opened last.
  void close();

  // The document and a line end. Text that is not UTF-8 gets replacement characters.
  std::string text(JsonStyle style) const;

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

}  // namespace cvtools
