// SPDX-License-Identifier: Apache-2.0
// Result<T> and Error: the one way in which anything below the C ABI fails.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace cv {

enum class ErrorKind : std::uint8_t {
  kInvalid,      // the caller's argument
  kNotFound,     // no such file: often simply "this controller is absent"
  kAccess,       // exists, may not be read
  kMalformed,    // content is not what the kernel documents
  kGone,         // vanished while it was read
  kIo,           // any other failed call
  kUnavailable,  // the kernel or this place does not tell
};

struct Error {
  ErrorKind kind = ErrorKind::kIo;
  int sys_errno = 0;
  std::string path;        // as the reader names the file
  std::uint32_t line = 0;  // 1-based, 0 when no line is to blame
  // Empty: what sys_errno stands for. Most errors are files that a kernel does not have, which
  // nobody asks about, and the C library's texts cost as much as two files.
  std::string reason;

  std::string why() const;
  // "PATH: line N: WHY", leaving out what is not known.
  std::string message() const;
  // True where the file or directory is simply not there.
  bool absent() const { return kind == ErrorKind::kNotFound || kind == ErrorKind::kGone; }
};

template <typename T>
using Result = tl::expected<T, Error>;

// An Error of a parser: it knows the line, the reader adds the path.
tl::unexpected<Error> malformed(std::uint32_t line, std::string_view reason);
// An Error of a system call, its kind derived from `sys_errno`.
tl::unexpected<Error> system_error(int sys_errno, std::string_view path);
tl::unexpected<Error> fail(ErrorKind kind, std::string_view path, std::string_view reason);

}  // namespace cv
