// SPDX-License-Identifier: Apache-2.0
// Files of many lines: what could be read of them, and the first thing that was wrong. One bad line
// of memory.stat must not take the other figures down.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace cv {

template <typename T>
struct Parsed {
  T value;
  std::optional<Error> error;  // names the line; the reader adds the path
};

// Where the value of a key goes.
struct KeyedField {
  std::string_view key;
  std::optional<std::uint64_t>* value;
};

// Reads "key value" lines (flat-keyed files: memory.stat, cpu.stat, memory.events). Unknown keys
// are ignored, keys match exactly, a known key whose value is no number is reported and stays
// unknown.
std::optional<Error> parse_flat_keyed(std::string_view text, std::span<const KeyedField> fields);

// The same for "Key:   value kB" lines of meminfo; values become bytes.
std::optional<Error> parse_meminfo_lines(std::string_view text, std::span<const KeyedField> fields);

}  // namespace cv
