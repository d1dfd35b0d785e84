// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace cv {

enum class Quality : std::uint8_t {
  kExact,        // what the kernel counts for the container
  kEstimated,    // known, but not exact: containerview(7) says how far
  kHost,         // the machine's, for want of a container's
  kUnavailable,  // not known
};

// One number on the screen and what it is worth.
template <typename T>
struct Figure {
  std::optional<T> value;
  Quality quality = Quality::kUnavailable;

  static Figure of(std::optional<T> value, Quality quality = Quality::kExact) {
    return {value, value ? quality : Quality::kUnavailable};
  }
};
using Bytes = Figure<std::uint64_t>;

}  // namespace cv
