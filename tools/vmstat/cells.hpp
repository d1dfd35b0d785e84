// SPDX-License-Identifier: Apache-2.0
// What the texts of all modes are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "containerview/containerview.hpp"

namespace cvtools {

// Nothing: unknown, shown as '-'.
using Cell = std::optional<std::uint64_t>;

std::string text_of(const Cell& cell);
// Whole units, cut off.
Cell scaled(const Cell& bytes, std::uint64_t unit);

// -t: what is put behind the title, the names of the columns and each row.
inline constexpr std::string_view kStampTitle = " -----timestamp-----";
std::string stamp_zone(const containerview::Scope& scope);
std::string stamp_time(const containerview::Scope& scope);

}  // namespace cvtools
