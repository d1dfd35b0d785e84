// SPDX-License-Identifier: Apache-2.0
#include "common/quote.hpp"

#include <clocale>

#include "common/locale_text.hpp"

namespace cvtools {

std::string quoted(std::string_view text) {
  const bool utf8 = locale_text(LC_CTYPE, CODESET) == "UTF-8";
  return (utf8 ? "\u2018" : "'") + std::string(text) + (utf8 ? "\u2019" : "'");
}

}  // namespace cvtools
