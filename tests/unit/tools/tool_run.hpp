// SPDX-License-Identifier: Apache-2.0
// Runs a tool in this process and keeps what it prints.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "common/environment.hpp"

namespace cvtools {

struct ToolResult {
  int status = 0;
  std::string out;
  std::string err;
};

// What the world gives besides the arguments.
struct World {
  const char* scope = nullptr;
  const char* cache_used = nullptr;
  bool terminal = false;
};

class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("output", MFD_CLOEXEC)) {}
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const { return fd_; }
  std::string text() const {
    std::string text(static_cast<std::size_t>(lseek(fd_, 0, SEEK_END)), '\0');
    const ssize_t got = pread(fd_, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }

 private:
  int fd_;
};

inline ToolResult run_tool(int (*tool)(Environment&), const std::vector<const char*>& argv,
                           const World& world = {}) {
  const MemoryFile out_file;
  const MemoryFile err_file;
  Output out(out_file.fd());
  Output err(err_file.fd());
  Environment environment{.args = argv,
                          .out = out,
                          .err = err,
                          .out_is_terminal = world.terminal,
                          .scope = world.scope,
                          .cache_used = world.cache_used};
  const int status = run_guarded(environment, tool);
  return {status, out_file.text(), err_file.text()};
}

}  // namespace cvtools
