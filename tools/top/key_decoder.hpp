// SPDX-License-Identifier: Apache-2.0
// Bytes of a terminal to keys. Pure: sequences may come in pieces, and may be no sequences at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "top/keys.hpp"

namespace cvtools::top {

class KeyDecoder {
 public:
  void feed(std::string_view bytes) { bytes_ += bytes; }
  // The next whole key.
  std::optional<Key> next();
  // Something is left that is not whole. Escape is also the beginning of what arrows send: only
  // time tells them apart.
  bool pending() const { return !bytes_.empty(); }
  // No more came in time: what is left is taken for what it is.
  std::optional<Key> expire();

 private:
  std::optional<Key> take(std::size_t length, Key key);
  std::optional<Key> next_sequence();
  std::optional<Key> next_character();

  std::string bytes_;
};

}  // namespace cvtools::top
