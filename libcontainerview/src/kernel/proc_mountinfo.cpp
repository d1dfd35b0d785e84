// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_mountinfo.hpp"

#include "base/text.hpp"

namespace cv {
namespace {

bool parse_line(std::string_view rest, MountLine& mount) {
  for (int skipped = 0; skipped < 2; ++skipped) next_field(rest);  // id, parent
  mount.device = next_field(rest);
  mount.root = next_field(rest);
  mount.mount_point = next_field(rest);
  if (!mount.mount_point.starts_with('/')) return false;  // a root may be "net:[4026532181]"
  next_field(rest);                                       // mount options
  while (true) {
    const std::string_view optional = next_field(rest);
    if (optional.empty()) return false;
    if (optional == "-") break;
  }
  mount.fs_type = next_field(rest);
  next_field(rest);  // source
  mount.super_options = next_field(rest);
  return !mount.fs_type.empty();
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

}  // namespace

Parsed<std::vector<MountLine>> parse_mountinfo(std::string_view text) {
  Parsed<std::vector<MountLine>> parsed;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    MountLine mount;
    if (line.empty()) return true;
    if (parse_line(line, mount))
      parsed.value.push_back(mount);
    else if (!parsed.error)
      parsed.error = malformed(number, "not a mountinfo line").value();
    return true;
  });
  return parsed;
}

std::string unescape_mount(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && text.size() - i > 3 && is_octal(text[i + 1]) &&
                         is_octal(text[i + 2]) && is_octal(text[i + 3]);
    if (!escaped) {
      plain += text[i];
      continue;
    }
    const int code = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
    plain += static_cast<char>(code);
    i += 3;
  }
  return plain;
}

}  // namespace cv
