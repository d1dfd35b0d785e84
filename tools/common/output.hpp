// SPDX-License-Identifier: Apache-2.0
// Buffered writing to a file descriptor. Instead of stdio because the errno of a failed write must
// survive until the program's end, and because a report must reach a pipe in one write(2).
#pragma once

#include <string>
#include <string_view>

namespace cvtools {

class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}

  void write(std::string_view text) { buffer_ += text; }
  // Hands everything to the kernel. After a failure nothing is written any more.
  bool flush();
  // errno of the first write that failed, or 0.
  int error() const { return error_; }

 private:
  int fd_;
  int error_ = 0;
  std::string buffer_;
};

}  // namespace cvtools
