// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>

#include "base/result.hpp"

namespace cv {

std::string Error::why() const {
  if (!reason.empty() || sys_errno == 0) return reason;
  char buffer[128];
  // GNU strerror_r: thread-safe, may return a static string instead of filling the buffer.
  return strerror_r(sys_errno, buffer, sizeof buffer);
}

std::string Error::message() const {
  std::string text;
  if (!path.empty()) text += path + ": ";
  if (line != 0) text += "line " + std::to_string(line) + ": ";
  return text + why();
}

tl::unexpected<Error> malformed(std::uint32_t line, std::string_view reason) {
  return tl::make_unexpected(Error{ErrorKind::kMalformed, 0, {}, line, std::string(reason)});
}

tl::unexpected<Error> system_error(int sys_errno, std::string_view path) {
  ErrorKind kind = ErrorKind::kIo;
  switch (sys_errno) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
      kind = ErrorKind::kNotFound;
      break;
    case ENODEV:  // a cgroup that was removed while its file was open
    case ESRCH:   // a process that ended while its file was open
      kind = ErrorKind::kGone;
      break;
    case EACCES:
    case EPERM:
      kind = ErrorKind::kAccess;
      break;
    case EOPNOTSUPP:  // for example cpu.pressure with PSI switched off
      kind = ErrorKind::kUnavailable;
      break;
    default:
      break;
  }
  return tl::make_unexpected(Error{kind, sys_errno, std::string(path), 0, {}});
}

tl::unexpected<Error> fail(ErrorKind kind, std::string_view path, std::string_view reason) {
  return tl::make_unexpected(Error{kind, 0, std::string(path), 0, std::string(reason)});
}

}  // namespace cv
