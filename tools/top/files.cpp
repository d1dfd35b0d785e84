// SPDX-License-Identifier: Apache-2.0
#include "top/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace cvtools::top {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// Directories above the file that are missing, as ~/.config/procps may be.
void make_directories(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
    (void)mkdir(path.substr(0, at).c_str(), 0700);
}

}  // namespace

TextFile read_text_file(const std::string& path) {
  // O_NONBLOCK: someone may have put a FIFO there.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return {{}, errno};
  TextFile file;
  struct stat info {};
  if (fstat(fd, &info) != 0)
    file.error = errno;
  else if (!S_ISREG(info.st_mode))
    file.error = EINVAL;
  std::array<char, 16384> buffer;
  while (file.error == 0 && file.text.size() < kMostBytes) {
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) file.error = errno;
    if (got <= 0) break;
    file.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(fd);
  return file;
}

int write_text_file(const std::string& path, std::string_view text) {
  make_directories(path);
  std::string target = path;
  if (char* real = realpath(path.c_str(), nullptr)) {
    target = real;
    std::free(real);
  }
  const std::string fresh = target + ".new";
  (void)unlink(fresh.c_str());
  const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return errno;
  int error = write_all(fd, text);
  if (close(fd) != 0 && error == 0) error = errno;
  if (error == 0 && rename(fresh.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) (void)unlink(fresh.c_str());
  return error;
}

}  // namespace cvtools::top
