// SPDX-License-Identifier: Apache-2.0
// Sizes as procps' free prints them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace cvtools {

struct SizeFormat {
  int exponent = 1;  // bytes are divided by 1024^exponent, or 1000^exponent with `si`
  bool si = false;
  bool human = false;  // scaled, with its unit: "8.7Mi"; the exponent is not used
  // Human: never more than there is. The classic tool rounds its decimal to the nearest, and shows
  // 1000 to 1023 of a unit as 1.0 of the next.
  bool cut = false;
  std::string radix = ".";
};

// Integers are cut off, never rounded. Negative sizes: Committed_AS may be above CommitLimit.
std::string format_size(std::int64_t bytes, const SizeFormat& format);

// What no size can be above, so that it is never negative.
constexpr std::int64_t signed_size(std::uint64_t bytes) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, INT64_MAX));
}

// The decimal point of the user's locale (LC_ALL, LC_NUMERIC, LANG).
std::string locale_radix();

}  // namespace cvtools
