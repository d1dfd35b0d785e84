// SPDX-License-Identifier: Apache-2.0
// What the targets hold to be true beyond "it does not crash".
#pragma once

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "common/printable.hpp"

namespace fuzz {

// A violation ends the program: libFuzzer then keeps the input, and the stack tells whose it was.
inline void require(bool holds, std::string_view what, std::string_view detail = {}) {
  if (holds) return;
  std::cerr << "does not hold: " << what << " [" << cvtools::printable(detail) << "]\n";
  std::abort();
}

// Well-formed UTF-8 that no terminal acts on.
inline void require_printable(std::string_view text, std::string_view what,
                              bool keep_lines = false) {
  require(cvtools::printable(text, keep_lines) == text, what, text);
}

// A view must lie within what was parsed: what was parsed may be gone later, but nothing else is.
inline void require_within(std::string_view view, std::string_view text, std::string_view what) {
  const bool within =
      view.data() >= text.data() && view.data() + view.size() <= text.data() + text.size();
  require(view.empty() || within, what, view);
}

// Takes an input apart.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  // Up to the next NUL, or all that is left.
  std::string_view part() {
    const std::size_t end = rest_.find('\0');
    const std::string_view part = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return part;
  }
  std::string_view rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace fuzz
