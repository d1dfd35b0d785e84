// SPDX-License-Identifier: Apache-2.0
#include "kernel/sysroot.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <memory>

#include "base/text.hpp"

namespace cv {
namespace {

// As many as the kernel follows in one path.
constexpr int kMaxLinks = 40;

// Files of a foreign tree may be anything: never wait for a FIFO, never take a terminal over.
constexpr int kReadFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

Result<std::string> read_link_fd(int directory, const char* name, std::string_view path) {
  std::string target(256, '\0');  // most are short, and every page of the stack costs
  while (true) {
    const ssize_t got = readlinkat(directory, name, target.data(), target.size());
    if (got < 0) return system_error(errno, path);
    const auto size = static_cast<std::size_t>(got);
    const bool whole = size < target.size() || target.size() >= PATH_MAX;
    target.resize(whole ? size : PATH_MAX);
    if (whole) return target;
  }
}

// Puts the components of `path` before what is pending; `pending` is kept last-first.
void push_components(std::string_view path, std::vector<std::string>& pending) {
  std::vector<std::string> components;
  for_each_item(path, '/', [&](std::string_view item) {
    if (!item.empty() && item != ".") components.emplace_back(item);
  });
  pending.insert(pending.end(), components.rbegin(), components.rend());
}

// A list that the kernel makes line by line is read in pieces that end before a line which the page
// has no room for. So what left half of a page free is all there is, and no call is spent on the
// end of file, unless lines can be that long.
bool may_have_long_lines(std::string_view path) { return path.ends_with("/mountinfo"); }

Result<std::string> read_all(int fd, std::string_view path, std::size_t most) {
  // Most kernel files fit, and the kernel gives of most larger ones no more at a time.
  std::array<char, 4096> buffer;
  const std::size_t whole = may_have_long_lines(path) ? 0 : buffer.size() / 2;
  std::string text;
  while (true) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size == 0) return text;
    if (size < 0) {
      if (errno == EINTR) continue;
      return system_error(errno, path);
    }
    text.append(buffer.data(), static_cast<std::size_t>(size));
    if (text.size() > most)
      return fail(ErrorKind::kMalformed, path,
                  "larger than " + std::to_string(most >> 10) + " KiB");
    if (static_cast<std::size_t>(size) < whole) return text;
  }
}

struct Found {
  const UniqueFd& fd;  // O_PATH
  int directory;
  const std::string& name;
  mode_t mode;
};

// Opens what was found, and not what may have come under its name since. To open a device is to do
// something to it (a watchdog starts): whoever filled the tree must not get us to.
Result<UniqueFd> open_found(const Found& found, int flags, std::string_view path) {
  const bool is_directory = S_ISDIR(found.mode);
  if (!is_directory && (flags & O_DIRECTORY) != 0) return system_error(ENOTDIR, path);
  if (!is_directory && !S_ISREG(found.mode))
    return fail(ErrorKind::kMalformed, path, "not a regular file");
  const std::string itself = "/proc/self/fd/" + std::to_string(found.fd.get());
  UniqueFd opened(is_directory ? openat(found.fd.get(), ".", flags & ~O_NOFOLLOW)
                               : ::open(itself.c_str(), flags & ~O_NOFOLLOW));
  // Without a /proc of our own there is only the name.
  if (!opened && errno == ENOENT)
    opened = UniqueFd(openat(found.directory, found.name.c_str(), flags | O_NOFOLLOW));
  if (!opened) return system_error(errno, path);
  return opened;
}

// proc and cgroup file systems tell the type; a file system that does not is taken at its word.
bool may_be_directory(const dirent& entry) {
  return entry.d_type == DT_DIR || entry.d_type == DT_UNKNOWN;
}

// Whether nobody but root and ourselves can have made or changed what `fd` is.
Result<void> check_trusted(const Sysroot& root, int fd, mode_t type, std::string_view path) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return system_error(errno, path);
  if ((info.st_mode & S_IFMT) != type)
    return fail(ErrorKind::kAccess, path, "not what a sampler makes");
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail(ErrorKind::kAccess, path, "anyone may write it");
  if (info.st_uid == 0 || info.st_uid == geteuid()) return {};
  const auto overflow = root.read("/proc/sys/kernel/overflowuid");
  struct statvfs mount {};
  const bool nobody_here = overflow && parse_u64(trim(*overflow)) == info.st_uid;
  if (nobody_here && fstatvfs(fd, &mount) == 0 && (mount.f_flag & ST_RDONLY) != 0) return {};
  return fail(ErrorKind::kAccess, path, "belongs to another user");
}

}  // namespace

void ReadLog::add(Kind kind, std::string path, std::string_view data, int sys_errno) {
  const auto [at, added] = index_.try_emplace(path, entries_.size());
  if (added) entries_.emplace_back();
  entries_[at->second] = Entry{kind, sys_errno, std::move(path), std::string(data)};
}

const ReadLog::Entry* ReadLog::find(std::string_view path) const {
  const auto at = index_.find(path);
  return at == index_.end() ? nullptr : &entries_[at->second];
}

Result<Sysroot> Sysroot::open(std::string_view directory) {
  Sysroot sysroot;
  if (directory.empty() || directory == "/") return sysroot;
  const std::string path(directory);
  sysroot.root_ = UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!sysroot.root_) return system_error(errno, path);
  return sysroot;
}

Result<Sysroot> Sysroot::open_process_root(const std::string& directory) const {
  const std::string path = directory + "/root";
  if (live()) return open(path);
  constexpr int kFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  Sysroot sysroot;
  auto process = walk(directory, kFlags);
  if (!process) return tl::make_unexpected(std::move(process.error()));
  struct statfs file_system {};
  if (fstatfs(process->get(), &file_system) != 0) return system_error(errno, path);
  if (file_system.f_type == PROC_SUPER_MAGIC) {
    sysroot.root_ = UniqueFd(openat(process->get(), "root", kFlags));
    if (!sysroot.root_) return system_error(errno, path);
    return sysroot;
  }
  auto inside = walk(path, kFlags);
  if (!inside) return tl::make_unexpected(std::move(inside.error()));
  sysroot.root_ = std::move(*inside);
  return sysroot;
}

// Opens `path` below the root one component at a time, so that a link (or one that is put there
// while we walk) can not lead out of the tree: ".." stops at the root and absolute targets start
// there.
Result<UniqueFd> Sysroot::walk(std::string_view path, int flags) const {
  std::vector<UniqueFd> directories;  // below the root, outermost first
  std::vector<std::string> pending;
  push_components(path, pending);
  int links = 0;
  while (!pending.empty()) {
    const std::string name = std::move(pending.back());
    pending.pop_back();
    if (name == "..") {
      if (!directories.empty()) directories.pop_back();
      continue;
    }
    const int directory = directories.empty() ? root_.get() : directories.back().get();
    UniqueFd found(openat(directory, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!found) return system_error(errno, path);
    struct stat info {};
    if (fstat(found.get(), &info) != 0) return system_error(errno, path);
    if (S_ISLNK(info.st_mode) && !(pending.empty() && (flags & O_NOFOLLOW) != 0)) {
      if (++links > kMaxLinks) return system_error(ELOOP, path);
      auto target = read_link_fd(found.get(), "", path);
      if (!target) return tl::make_unexpected(target.error());
      if (target->starts_with('/')) directories.clear();
      push_components(*target, pending);
      continue;
    }
    if (!pending.empty()) {
      directories.push_back(std::move(found));
      continue;
    }
    if ((flags & O_PATH) != 0) return found;
    return open_found({found, directory, name, info.st_mode}, flags, path);
  }
  const int directory = directories.empty() ? root_.get() : directories.back().get();
  UniqueFd opened(openat(directory, ".", flags & ~O_NOFOLLOW));
  if (!opened) return system_error(errno, path);
  return opened;
}

Result<UniqueFd> Sysroot::open_at(std::string_view path, int flags) const {
  if (!live()) return walk(path, flags);
  UniqueFd fd(::open(std::string(path).c_str(), flags));
  if (!fd) return system_error(errno, path);
  return fd;
}

Result<UniqueFd> Sysroot::open_file(std::string_view path) const {
  auto fd = open_at(path, kReadFlags);
  if (!fd || live()) return fd;
  struct stat info {};
  if (fstat(fd->get(), &info) != 0) return system_error(errno, path);
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::kMalformed, path, "not a regular file");
  return fd;
}

Result<std::string> Sysroot::read(std::string_view path, std::size_t most) const {
  auto text = [&]() -> Result<std::string> {
    auto fd = open_file(path);
    if (!fd) return tl::make_unexpected(std::move(fd.error()));
    return read_all(fd->get(), path, most);
  }();
  record(ReadLog::Kind::kFile, path, text ? std::string_view(*text) : std::string_view{},
         text ? 0 : text.error().sys_errno);
  return text;
}

Result<std::string> Sysroot::read_trusted(const std::string& directory, const std::string& name,
                                          std::size_t size) const {
  const std::string path = directory + "/" + name;
  auto dir = open_at(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (!dir) return tl::make_unexpected(std::move(dir.error()));
  auto trusted = check_trusted(*this, dir->get(), S_IFDIR, directory);
  if (!trusted) return tl::make_unexpected(std::move(trusted.error()));
  const UniqueFd file(openat(dir->get(), name.c_str(), kReadFlags | O_NOFOLLOW));
  if (!file) return system_error(errno, path);
  trusted = check_trusted(*this, file.get(), S_IFREG, path);
  if (!trusted) return tl::make_unexpected(std::move(trusted.error()));
  // Its writer does not stop for us: all of it in one call, as near to one instant as it gets.
  std::string text(size, '\0');
  const ssize_t got = pread(file.get(), text.data(), size, 0);
  if (got < 0) return system_error(errno, path);
  text.resize(static_cast<std::size_t>(got));
  return text;
}

Result<std::string> Sysroot::read_link(std::string_view path) const {
  auto target = [&]() -> Result<std::string> {
    if (live()) return read_link_fd(AT_FDCWD, std::string(path).c_str(), path);
    auto fd = walk(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (!fd) return tl::make_unexpected(std::move(fd.error()));
    return read_link_fd(fd->get(), "", path);
  }();
  record(ReadLog::Kind::kLink, path, target ? std::string_view(*target) : std::string_view{},
         target ? 0 : target.error().sys_errno);
  return target;
}

Result<std::vector<std::string>> Sysroot::list(std::string_view path, std::size_t limit) const {
  return list_if(path, false, limit);
}

Result<std::vector<std::string>> Sysroot::list_directories(std::string_view path,
                                                           std::size_t limit) const {
  return list_if(path, true, limit);
}

// Calls visit(entry) for all but "." and "..", until it returns false.
template <typename Visit>
Result<void> Sysroot::for_each_entry(std::string_view path, Visit&& visit) const {
  auto fd = open_at(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (!fd) return tl::make_unexpected(std::move(fd.error()));
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(fdopendir(fd->get()), closedir);
  if (!directory) return system_error(errno, path);
  fd->release();  // the DIR closes it now
  while (const dirent* entry = readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && !visit(*entry)) break;
  }
  record(ReadLog::Kind::kDirectory, path, {}, 0);
  return {};
}

Result<std::vector<std::string>> Sysroot::list_if(std::string_view path, bool only_directories,
                                                  std::size_t limit) const {
  std::vector<std::string> names;
  if (limit == 0) return names;
  const auto listed = for_each_entry(path, [&](const dirent& entry) {
    if (!only_directories || may_be_directory(entry)) names.emplace_back(entry.d_name);
    return names.size() < limit;
  });
  if (!listed) return tl::make_unexpected(listed.error());
  return names;
}

Result<std::vector<Sysroot::Child>> Sysroot::child_directories(std::string_view path) const {
  std::vector<Child> children;
  const auto listed = for_each_entry(path, [&](const dirent& entry) {
    if (may_be_directory(entry)) children.push_back({entry.d_name, entry.d_ino});
    return true;
  });
  if (!listed) return tl::make_unexpected(listed.error());
  return children;
}

Result<struct stat> Sysroot::stat_of(std::string_view path) const {
  struct stat info {};
  if (live()) {
    if (stat(std::string(path).c_str(), &info) != 0) return system_error(errno, path);
    return info;
  }
  auto fd = walk(path, O_PATH | O_CLOEXEC);
  if (!fd) return tl::make_unexpected(std::move(fd.error()));
  if (fstat(fd->get(), &info) != 0) return system_error(errno, path);
  return info;
}

Result<std::uint64_t> Sysroot::inode(std::string_view path) const {
  return stat_of(path).map([](const struct stat& info) { return std::uint64_t{info.st_ino}; });
}

std::optional<std::uint64_t> Sysroot::cgroup_inode(std::string_view path) const {
  if (live()) {
    const auto number = inode(path);
    return number ? std::optional(*number) : std::nullopt;
  }
  const auto fd = walk(path, O_PATH | O_CLOEXEC);
  struct stat info {};
  struct statfs system {};
  if (!fd || fstat(fd->get(), &info) != 0 || fstatfs(fd->get(), &system) != 0) return std::nullopt;
  const bool is_cgroup =
      system.f_type == CGROUP_SUPER_MAGIC || system.f_type == CGROUP2_SUPER_MAGIC;
  return is_cgroup ? std::optional<std::uint64_t>(info.st_ino) : std::nullopt;
}

Result<Sysroot::Owner> Sysroot::owner(std::string_view path) const {
  return stat_of(path).map([](const struct stat& info) { return Owner{info.st_uid, info.st_gid}; });
}

std::optional<bool> Sysroot::find_file(std::string_view path) const {
  const auto text = read(path);
  if (text) return true;
  if (text.error().kind != ErrorKind::kAccess) return !text.error().absent();
  return stat_of(path) ? std::optional(true) : std::nullopt;
}

bool Sysroot::is_directory(std::string_view path) const {
  const auto info = stat_of(path);
  const bool found = info && S_ISDIR(info->st_mode);
  if (found) record(ReadLog::Kind::kDirectory, path, {}, 0);
  return found;
}

Result<Sysroot::Directory> Sysroot::directory(std::string_view path) const {
  // A link for the name, one for ".", one for each ".." below. Some file systems do not count: 1.
  return stat_of(path).map([](const struct stat& info) {
    return Directory{std::uint64_t{info.st_ino}, info.st_nlink != 2};
  });
}

void Sysroot::record(ReadLog::Kind kind, std::string_view path, std::string_view data,
                     int sys_errno) const {
  if (log_ != nullptr) log_->add(kind, log_prefix_ + std::string(path), data, sys_errno);
}

Result<std::string_view> read_again(const UniqueFd& file, std::span<char> buffer) {
  ssize_t size = 0;
  do {
    size = pread(file.get(), buffer.data(), buffer.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return system_error(errno, {});
  return std::string_view(buffer.data(), static_cast<std::size_t>(size));
}

}  // namespace cv
