// SPDX-License-Identifier: Apache-2.0
#include "kernel/state_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cv {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// In the same directory, and by no name that a reader asks for.
constexpr const char* kUnfinished = ".unfinished";

Result<void> write_all(int fd, std::span<const std::byte> content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(errno, path);
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(other.size_), inode_(other.inode_) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(inode_, other.inode_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(data_, size_);
}

void MappedFile::release_pages() {
  if (data_ != nullptr) madvise(data_, size_, MADV_DONTNEED);
}

Result<StateDir> StateDir::open(std::string_view path) {
  StateDir dir;
  dir.path_ = path;
  // 0755 whatever the umask says: the mode is for readers.
  dir.made_ = mkdir(dir.path_.c_str(), 0700) == 0;
  if (!dir.made_ && errno != EEXIST) return system_error(errno, path);
  dir.fd_ = UniqueFd(::open(dir.path_.c_str(), kDirectoryFlags));
  if (!dir.fd_) return system_error(errno, path);
  if (auto checked = dir.check(path); !checked) return tl::make_unexpected(checked.error());
  if (flock(dir.fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(errno, path);
    return fail(ErrorKind::kInvalid, path, "another sampler writes there");
  }
  dir.remove(kUnfinished);
  return dir;
}

Result<StateDir> StateDir::child(const std::string& name) const {
  StateDir dir;
  dir.path_ = path_of(name);
  dir.made_ = mkdirat(fd_.get(), name.c_str(), 0700) == 0;
  if (!dir.made_ && errno != EEXIST) return system_error(errno, dir.path_);
  dir.fd_ = UniqueFd(openat(fd_.get(), name.c_str(), kDirectoryFlags));
  if (!dir.fd_) return system_error(errno, dir.path_);
  if (auto checked = dir.check(dir.path_); !checked) return tl::make_unexpected(checked.error());
  return dir;
}

Result<void> StateDir::check(std::string_view path) const {
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0) return system_error(errno, path);
  if (info.st_uid != geteuid()) return fail(ErrorKind::kAccess, path, "belongs to another user");
  if (made_ && fchmod(fd_.get(), 0755) != 0) return system_error(errno, path);
  if (!made_ && (info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail(ErrorKind::kAccess, path, "others may write there");
  return {};
}

Result<void> StateDir::rename(const std::string& from, const std::string& to) const {
  if (renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0)
    return system_error(errno, path_of(to));
  return {};
}

Result<MappedFile> StateDir::create(const std::string& name,
                                    std::span<const std::byte> content) const {
  const std::string path = path_of(name);
  remove(kUnfinished);
  const UniqueFd fd(openat(fd_.get(), kUnfinished, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return system_error(errno, path);
  auto written = write_all(fd.get(), content, path);
  if (written && fchmod(fd.get(), 0644) != 0) written = system_error(errno, path);
  if (written) written = rename(kUnfinished, name);
  if (!written) {
    remove(kUnfinished);
    return tl::make_unexpected(std::move(written.error()));
  }
  return map(name, content.size());
}

Result<MappedFile> StateDir::map(const std::string& name, std::size_t size) const {
  const std::string path = path_of(name);
  const UniqueFd fd(openat(fd_.get(), name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return system_error(errno, path);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return system_error(errno, path);
  const bool ours =
      S_ISREG(info.st_mode) && info.st_uid == geteuid() && info.st_size == static_cast<off_t>(size);
  if (!ours) return fail(ErrorKind::kMalformed, path, "not a file that we made");
  void* data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return system_error(errno, path);
  MappedFile file;
  file.data_ = static_cast<std::byte*>(data);
  file.size_ = size;
  file.inode_ = info.st_ino;
  return file;
}

Result<void> StateDir::link(const std::string& name, const std::string& other) const {
  remove(kUnfinished);
  if (linkat(fd_.get(), name.c_str(), fd_.get(), kUnfinished, 0) != 0)
    return system_error(errno, path_of(other));
  auto renamed = rename(kUnfinished, other);
  remove(kUnfinished);  // rename() leaves it where both are links of one file
  return renamed;
}

bool StateDir::holds(const std::string& name, const MappedFile& file) const {
  struct stat info {};
  return fstatat(fd_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         info.st_ino == file.inode();
}

void StateDir::remove(const std::string& name) const { unlinkat(fd_.get(), name.c_str(), 0); }

void StateDir::remove_directory(const std::string& name) const {
  unlinkat(fd_.get(), name.c_str(), AT_REMOVEDIR);
}

}  // namespace cv
