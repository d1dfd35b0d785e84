// SPDX-License-Identifier: Apache-2.0
// Sizes as procps' free prints them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cvtools {

struct SizeFormat {
  int exponent = 1;  // bytes are divided by 1024^exponent, or 1000^exponent with `si`
  bool si = false;
  bool human = false;  // scaled, with its unit: "8.7Mi"; the exponent is not used
  std::string radix = ".";
};

// Integers are cut off, never rounded. Negative sizes: Committed_AS may be above CommitLimit.
std::string format_size(std::int64_t bytes, const SizeFormat& format);

// The decimal point of the user's locale (LC_ALL, LC_NUMERIC, LANG).
std::string locale_radix();

}  // namespace cvtools
