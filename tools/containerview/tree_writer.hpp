// SPDX-License-Identifier: Apache-2.0
// Writes files below a new directory.
#pragma once

#include <string>
#include <string_view>

namespace cvtools {

// All paths are absolute inside the tree. Nothing is ever written outside of it: a path with a ".."
// is refused, and there is no link to follow, because links are written by write_link() alone and
// nothing is opened through one. Throws std::runtime_error, whose text names the path.
class TreeWriter {
 public:
  // Makes `directory`; one that exists must be empty.
  explicit TreeWriter(const std::string& directory);
  ~TreeWriter();
  TreeWriter(const TreeWriter&) = delete;
  TreeWriter& operator=(const TreeWriter&) = delete;

  void make_directory(std::string_view path);
  // Does not replace: what was written first stays.
  void write_file(std::string_view path, std::string_view data);
  void write_link(std::string_view path, std::string_view target);

 private:
  // Makes the directories above `path` and opens the last one; `path` is left with the last name.
  int open_parent(std::string_view& path) const;

  std::string directory_;
  int fd_ = -1;
};

}  // namespace cvtools
