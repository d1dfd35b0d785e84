// SPDX-License-Identifier: Apache-2.0
#include "containerview/tree_writer.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "common/formatted.hpp"

namespace cvtools {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

[[noreturn]] void fail(std::string_view path, int error) {
  throw std::runtime_error(formatted("{}: {}", path, std::strerror(error)));
}

bool is_empty(int fd) {
  DIR* stream = fdopendir(dup(fd));
  if (stream == nullptr) return false;
  bool empty = true;
  while (const dirent* entry = readdir(stream)) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = entry->d_name;
    empty = empty && (name == "." || name == "..");
  }
  closedir(stream);
  return empty;
}

// Takes the first name off `path`; empty at the end.
std::string next_name(std::string_view& path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  const std::string_view name = path.substr(0, path.find('/'));
  path.remove_prefix(name.size());
  return std::string(name);
}

}  // namespace

TreeWriter::TreeWriter(const std::string& directory) : directory_(directory) {
  if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) fail(directory, errno);
  fd_ = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd_ < 0) fail(directory, errno);
  if (!is_empty(fd_)) {
    close(fd_);
    throw std::runtime_error(directory + ": the directory is not empty");
  }
}

TreeWriter::~TreeWriter() { close(fd_); }

int TreeWriter::open_parent(std::string_view& path) const {
  const std::string_view whole = path;
  int parent = dup(fd_);
  std::string name = next_name(path);
  while (parent >= 0 && path.find_first_not_of('/') != std::string_view::npos) {
    int error = name == ".." ? EINVAL : 0;
    if (error == 0 && mkdirat(parent, name.c_str(), 0755) != 0 && errno != EEXIST) error = errno;
    const int next = error == 0 ? openat(parent, name.c_str(), kDirectoryFlags) : -1;
    if (next < 0 && error == 0) error = errno;
    close(parent);
    if (error != 0) fail(directory_ + std::string(whole), error);
    parent = next;
    name = next_name(path);
  }
  if (parent < 0) fail(directory_, errno);
  if (name.empty() || name == ".." || name == ".") {
    close(parent);
    fail(directory_ + std::string(whole), EINVAL);
  }
  path = whole.substr(whole.rfind(name));
  return parent;
}

void TreeWriter::make_directory(std::string_view path) {
  std::string_view name = path;
  const int parent = open_parent(name);
  const int error =
      mkdirat(parent, std::string(name).c_str(), 0755) == 0 || errno == EEXIST ? 0 : errno;
  close(parent);
  if (error != 0) fail(directory_ + std::string(path), error);
}

void TreeWriter::write_file(std::string_view path, std::string_view data) {
  std::string_view name = path;
  const int parent = open_parent(name);
  const int file = openat(parent, std::string(name).c_str(),
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  int error = file < 0 ? errno : 0;
  close(parent);
  if (error == EEXIST) return;
  while (error == 0 && !data.empty()) {
    const ssize_t written = write(file, data.data(), data.size());
    if (written >= 0) {
      data.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (file >= 0 && close(file) != 0 && error == 0) error = errno;
  if (error != 0) fail(directory_ + std::string(path), error);
}

void TreeWriter::write_link(std::string_view path, std::string_view target) {
  std::string_view name = path;
  const int parent = open_parent(name);
  const int error =
      symlinkat(std::string(target).c_str(), parent, std::string(name).c_str()) == 0 ||
              errno == EEXIST
          ? 0
          : errno;
  close(parent);
  if (error != 0) fail(directory_ + std::string(path), error);
}

}  // namespace cvtools
