// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <langinfo.h>

#include <string>

namespace cvtools {

// What the user's locale (LC_ALL, the category's variable, LANG) has for one item, RADIXCHAR of
// LC_NUMERIC or CODESET of LC_CTYPE; the C locale's where the user's is not installed. Leaves the
// process's locale as it was. Not for use beside other threads.
std::string locale_text(int category, nl_item item);

}  // namespace cvtools
