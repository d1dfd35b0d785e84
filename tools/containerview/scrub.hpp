// SPDX-License-Identifier: Apache-2.0
// Takes out of a capture what no figure needs and what may tell whose machine it was.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace cvtools {

// One Scrubber per capture: the same id becomes the same replacement in every file and path. All
// replacements keep the shape of the file: its lines, its fields, the length of an id.
class Scrubber {
 public:
  std::string path(std::string_view path) { return ids(path); }
  std::string contents(std::string_view path, std::string_view data);

 private:
  std::string ids(std::string_view text);
  std::string id(std::string_view digits);
  std::string mountinfo(std::string_view data);
  std::string mountinfo_line(std::string_view line);

  std::map<std::string, std::size_t, std::less<>> known_ids_;  // by their first digits
};

}  // namespace cvtools
