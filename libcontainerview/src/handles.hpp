// SPDX-License-Identifier: Apache-2.0
// What the opaque handles of the C ABI hold, and how results leave through it.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "base/result.hpp"
#include "containerview/containerview.h"
#include "snapshot/sampler.hpp"

struct cv_context {
  cv::Sampler sampler;
};

struct cv_snapshot {
  cv::Snapshot data;
  // Strings that the getters hand out, computed once.
  std::string cpuset_text;
  std::string cgroup_dir;
  std::string own_dirs[CV_CONTROLLER_COUNT];
};

namespace cv {

inline std::int32_t status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return CV_ERR_INVALID;
    case ErrorKind::kNotFound:
      return CV_ERR_NOT_FOUND;
    case ErrorKind::kAccess:
      return CV_ERR_ACCESS;
    case ErrorKind::kMalformed:
      return CV_ERR_MALFORMED;
    case ErrorKind::kGone:
      return CV_ERR_GONE;
    case ErrorKind::kIo:
      return CV_ERR_IO;
    case ErrorKind::kUnavailable:
      return CV_ERR_UNAVAILABLE;
  }
  return CV_ERR_INTERNAL;
}

// Copies as much of `full` as the caller's struct has room for; its `size` stays the caller's.
template <typename Struct>
std::int32_t copy_out(const Struct& full, Struct* out) {
  const std::size_t size = out->size;
  std::memcpy(out, &full, std::min(size, sizeof full));
  out->size = size;
  return CV_OK;
}

template <typename Struct>
bool usable(const Struct* out) {
  return out != nullptr && out->size >= sizeof(std::size_t);
}

inline void set_text(char* buffer, std::size_t capacity, const std::string& text) {
  const std::size_t size = std::min(text.size(), capacity - 1);
  std::memcpy(buffer, text.data(), size);
  buffer[size] = '\0';
}

inline std::int32_t report(std::int32_t status, const Error& error, cv_error* out) {
  if (!usable(out)) return status;
  cv_error full{};
  full.status = status;
  full.sys_errno = error.sys_errno;
  full.line = error.line;
  set_text(full.path, sizeof full.path, error.path);
  set_text(full.message, sizeof full.message, error.message());
  copy_out(full, out);
  return status;
}

inline std::int32_t report(const Error& error, cv_error* out) {
  return report(status_of(error.kind), error, out);
}

// Without an allocation: what can be said when there is no memory, or no sense in the call.
inline std::int32_t report_fixed(std::int32_t status, const char* message, cv_error* out) noexcept {
  if (!usable(out)) return status;
  cv_error full{};
  full.status = status;
  std::strncpy(full.message, message, sizeof full.message - 1);
  copy_out(full, out);
  return status;
}

inline std::int32_t report_bad_argument(cv_error* out) noexcept {
  return report_fixed(CV_ERR_INVALID, "an argument is null or not of this function", out);
}

// Runs `body`, which returns a status; no exception passes.
template <typename Body>
std::int32_t guarded(cv_error* error, Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return report_fixed(CV_ERR_NO_MEMORY, "out of memory", error);
  } catch (...) {
    return report_fixed(CV_ERR_INTERNAL, "internal error", error);
  }
}

}  // namespace cv
