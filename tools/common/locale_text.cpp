// SPDX-License-Identifier: Apache-2.0
#include "common/locale_text.hpp"

#include <clocale>

namespace cvtools {

// Not by newlocale(): in a static binary glibc fills in only what setlocale() is used for.
std::string locale_text(int category, nl_item item) {
  const char* current = setlocale(category, nullptr);
  const std::string before = current == nullptr ? "C" : current;
  setlocale(category, "");
  std::string text = nl_langinfo(item);
  setlocale(category, before.c_str());
  return text;
}

}  // namespace cvtools
