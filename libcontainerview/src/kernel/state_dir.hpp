// SPDX-License-Identifier: Apache-2.0
// StateDir: the only place where this library writes. A directory of small files of one fixed size
// that are mapped into memory, for whoever samples; readers never come here (sysroot.hpp).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace cv {

// A file that is mapped for writing. What is stored in it cannot fail: its blocks are allocated.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  explicit operator bool() const { return data_ != nullptr; }
  std::span<std::byte> bytes() { return {data_, size_}; }
  // Takes the pages out of this process's resident memory; the file keeps them.
  void release_pages();
  // Which file it is, to tell whether a name still leads to it.
  std::uint64_t inode() const { return inode_; }

 private:
  friend class StateDir;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::uint64_t inode_ = 0;
};

class StateDir {
 public:
  // Makes the directory (0755) where it is missing, and locks it: one writer in one directory.
  // Refused where it is a symbolic link, another user's, or where others may write: they could put
  // links under our names. Errors: Access, Io (another writer: EWOULDBLOCK), NotFound.
  static Result<StateDir> open(std::string_view path);

  // A directory in it, for the files of one container; not locked.
  Result<StateDir> child(const std::string& name) const;
  bool made() const { return made_; }  // it was not there before

  // A file (0644) that holds `content`, complete before it has its name: none that stood there
  // before is changed. Errors: Io (disk full), Access (read-only).
  Result<MappedFile> create(const std::string& name, std::span<const std::byte> content) const;
  // A file of ours of that size, to go on with.
  Result<MappedFile> map(const std::string& name, std::size_t size) const;
  // Another name for a file, in place of what has it.
  Result<void> link(const std::string& name, const std::string& other) const;
  // Whether the name still leads to that file.
  bool holds(const std::string& name, const MappedFile& file) const;

  // Removing what is not there is not an error worth a word.
  void remove(const std::string& name) const;
  void remove_directory(const std::string& name) const;  // if empty

 private:
  Result<void> check(std::string_view path) const;
  Result<void> rename(const std::string& from, const std::string& to) const;
  std::string path_of(const std::string& name) const { return path_ + "/" + name; }

  std::string path_;
  UniqueFd fd_;
  bool made_ = false;
};

}  // namespace cv
