// SPDX-License-Identifier: Apache-2.0
// Sysroot: the only door to the file system. Everything that this library reads, it reads here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

struct stat;

namespace cv {

// What was read, for `explain` and for capturing a machine. Each path once, the latest reading.
class ReadLog {
 public:
  enum class Kind : std::uint8_t { kFile, kLink, kDirectory };
  struct Entry {
    Kind kind = Kind::kFile;
    int sys_errno = 0;  // 0: read
    std::string path;
    std::string data;
  };

  void add(Kind kind, std::string path, std::string_view data, int sys_errno);
  const Entry* find(std::string_view path) const;
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

// A directory that holds proc/ and sys/: "/" for this machine, or a captured or mounted tree.
// Inside a tree, symbolic links are followed without ever leaving it. All paths are absolute within
// the root.
class Sysroot {
 public:
  // A larger file is not one that the kernel makes; reading stops here with an error.
  static constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;

  // Errors: NotFound, Access.
  static Result<Sysroot> open(std::string_view directory);

  // The root directory of the process at `directory` (/proc/PID). The kernel's link to it is
  // followed; where the tree only has what looks like one, it stays inside. Errors: as open().
  Result<Sysroot> open_process_root(const std::string& directory) const;

  // True when this is the running machine, so that the machine's own clocks apply.
  bool live() const { return !root_; }

  // The whole file, read once from start to end. Only regular files are read (never a FIFO or
  // device).
  Result<std::string> read(std::string_view path, std::size_t most = kMaxFileBytes) const;
  // A file that its writer keeps for others to read, of this size, in a directory of its own. Told
  // apart from what anyone could put there: no symbolic link is followed, and both belong to root,
  // to us, or, on a mount that we can not write to, to a user that has no id here (the host's root,
  // seen from a user namespace), and are writable by nobody else. Errors: Access (that is not so).
  Result<std::string> read_trusted(const std::string& directory, const std::string& name,
                                   std::size_t size) const;
  // The text of a symbolic link.
  Result<std::string> read_link(std::string_view path) const;
  // Names in a directory, without "." and "..", in the file system's order, the first `limit` at
  // most.
  Result<std::vector<std::string>> list(std::string_view path, std::size_t limit = SIZE_MAX) const;
  // The same, names of directories only.
  Result<std::vector<std::string>> list_directories(std::string_view path,
                                                    std::size_t limit = SIZE_MAX) const;
  // Directories in a directory, with the inode numbers that its listing tells: for file systems
  // where those are the ones that inode() has (cgroup), and it costs a call for each to ask.
  struct Child {
    std::string name;
    std::uint64_t inode;
  };
  Result<std::vector<Child>> child_directories(std::string_view path) const;
  // Inode number: tells a cgroup from another of the same name that was made later.
  Result<std::uint64_t> inode(std::string_view path) const;
  // Which cgroup a directory is: one that is made anew under the same name has another. None of a
  // copy in a captured tree, two of which are two looks at the same cgroup.
  std::optional<std::uint64_t> cgroup_inode(std::string_view path) const;
  // Who a file or directory belongs to.
  struct Owner {
    std::uint32_t uid, gid;
  };
  Result<Owner> owner(std::string_view path) const;
  bool is_directory(std::string_view path) const;
  struct Directory {
    std::uint64_t inode = 0;
    // False where the file system says that it has no other directories in it, which is quicker
    // than a look.
    bool may_have_directories = false;
  };
  Result<Directory> directory(std::string_view path) const;
  // A regular file to be read again and again with read_again().
  Result<UniqueFd> open_file(std::string_view path) const;
  // Whether there is such a file, readable or not; none where a directory above it may not be
  // looked into.
  std::optional<bool> find_file(std::string_view path) const;
  bool has_file(std::string_view path) const { return find_file(path).value_or(true); }

  // From now on keeps what is read in `log`, with `prefix` before each path. Null stops it.
  void record_to(ReadLog* log, std::string prefix = {}) {
    log_ = log;
    log_prefix_ = std::move(prefix);
  }

 private:
  Result<std::vector<std::string>> list_if(std::string_view path, bool only_directories,
                                           std::size_t limit) const;
  template <typename Visit>
  Result<void> for_each_entry(std::string_view path, Visit&& visit) const;
  Result<struct stat> stat_of(std::string_view path) const;
  Result<UniqueFd> open_at(std::string_view path, int flags) const;
  Result<UniqueFd> walk(std::string_view path, int flags) const;
  void record(ReadLog::Kind kind, std::string_view path, std::string_view data,
              int sys_errno) const;

  UniqueFd root_;  // unset: the real root
  ReadLog* log_ = nullptr;
  std::string log_prefix_;
};

// What a small file that is held open says now, as far as it fits into `buffer`.
Result<std::string_view> read_again(const UniqueFd& file, std::span<char> buffer);

// Reads `path` and parses it; an error of either names the path.
template <typename Parser>
auto read_parsed(const Sysroot& root, std::string_view path, Parser&& parse)
    -> decltype(parse(std::string_view{})) {
  auto text = root.read(path);
  if (!text) return tl::make_unexpected(std::move(text.error()));
  auto parsed = parse(std::string_view(*text));
  if (!parsed) parsed.error().path = std::string(path);
  return parsed;
}

}  // namespace cv
