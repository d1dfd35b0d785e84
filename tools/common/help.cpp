// SPDX-License-Identifier: Apache-2.0
#include "common/help.hpp"

#include <algorithm>

#include "common/formatted.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {
namespace {

// " -s, --seconds N", " -x"
std::string left_column(const OptionSpec& option) {
  std::string text = option.short_name != '\0' ? formatted(" -{}", option.short_name) : "   ";
  if (option.long_name != nullptr)
    text += formatted("{} --{}", option.short_name != '\0' ? "," : " ", option.long_name);
  if (option.argument != nullptr) text += formatted(" {}", option.argument);
  return text;
}

void append_group(std::string& text, std::string_view heading, std::span<const OptionSpec> options,
                  std::size_t width) {
  if (options.empty()) return;
  text += heading;
  for (const OptionSpec& option : options) {
    text += formatted("{:<{}}  {}\n", left_column(option), width, option.help);
  }
}

}  // namespace

std::string help_text(const OptionTable& table, std::string_view name, std::string_view bundled) {
  std::size_t width = 0;
  for (const auto& group : {table.classic, table.own, table.info}) {
    for (const OptionSpec& option : group) width = std::max(width, left_column(option).size());
  }
  std::string text = "\nUsage:\n";
  for (const char* synopsis : table.synopsis) text += formatted(" {} {}\n", name, synopsis);
  if (!bundled.empty())
    text += formatted("\nAlso in this binary, as first argument or by a link of that name:\n {}\n",
                      bundled);
  append_group(text, "\nOptions:\n", table.classic, width);
  append_group(text, table.classic.empty() ? "\nOptions:\n" : "\nContainer options:\n", table.own,
               width);
  append_group(text, "\n", table.info, width);
  text += formatted("\nFor more details see {}.\n", table.manual);
  return text;
}

std::string version_text(const OptionTable& table, std::string_view name) {
  if (table.heritage == nullptr) return formatted("{} {}\n", name, containerview::version());
  if (table.version_start != nullptr)
    return formatted("{} (containerview {})\n", table.version_start, containerview::version());
  return formatted("{} from {} (containerview {})\n", name, table.heritage,
                   containerview::version());
}

}  // namespace cvtools
