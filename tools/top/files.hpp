// SPDX-License-Identifier: Apache-2.0
// The few files that top itself reads and writes: toprc, passwd, group. All of /proc and the
// cgroups is the library's.
#pragma once

#include <string>
#include <string_view>

namespace cvtools::top {

struct TextFile {
  std::string text;
  int error = 0;  // errno; 0: it was read
};

// A regular file, 1 MiB at most.
TextFile read_text_file(const std::string& path);
// Through a new file beside it, so that a full disk does not cost the old one; makes the directory
// that it stands in. errno, or 0. What is a link is written through.
int write_text_file(const std::string& path, std::string_view text);

}  // namespace cvtools::top
