// SPDX-License-Identifier: Apache-2.0
// A /proc and /sys of three lines, for tests: Tree{{"proc/meminfo", "MemTotal: 1 kB\n"}}.root()
#pragma once

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>

namespace cv::test {

// A directory tree that is gone when the object is. A path that ends in '/' makes a directory, a
// text that begins with "-> " a symbolic link.
class Tree {
 public:
  Tree(std::initializer_list<std::pair<std::string, std::string>> files) {
    std::string name = (std::filesystem::temp_directory_path() / "containerview-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
    root_ = name;
    for (const auto& [path, text] : files) write(path, text);
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path full = root_ / path;
    if (path.ends_with('/')) {
      std::filesystem::create_directories(full);
      return;
    }
    std::filesystem::create_directories(full.parent_path());
    if (text.starts_with("-> ")) {
      std::filesystem::create_symlink(text.substr(3), full);
      return;
    }
    std::ofstream(full, std::ios::binary) << text;
  }
  void remove(const std::string& path) const { std::filesystem::remove_all(root_ / path); }

  std::string root() const { return root_.string(); }

 private:
  std::filesystem::path root_;
};

}  // namespace cv::test
