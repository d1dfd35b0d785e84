// SPDX-License-Identifier: Apache-2.0
#include "top/key_decoder.hpp"

#include <cstdlib>

#include "common/printable.hpp"
#include "common/utf8.hpp"

namespace cvtools::top {
namespace {

constexpr char kEscapeByte = 0x1B;
// Longer than any that a terminal sends: not a sequence.
constexpr std::size_t kLongestSequence = 32;

// What ends "ESC [ ..." or "ESC O ...", of xterm and all that follow it.
Key letter_key(char letter) {
  switch (letter) {
    case 'A':
      return kKeyUp;
    case 'B':
      return kKeyDown;
    case 'C':
      return kKeyRight;
    case 'D':
      return kKeyLeft;
    case 'H':
      return kKeyHome;
    case 'F':
      return kKeyEnd;
    case 'M':
      return kKeyEnter;  // of the keypad
    default:
      return kKeyUnknown;
  }
}

// "ESC [ 5 ~": of the VT220, the Linux console and rxvt.
Key number_key(int number) {
  switch (number) {
    case 1:
    case 7:
      return kKeyHome;
    case 2:
      return kKeyInsert;
    case 3:
      return kKeyDelete;
    case 4:
    case 8:
      return kKeyEnd;
    case 5:
      return kKeyPageUp;
    case 6:
      return kKeyPageDown;
    default:
      return kKeyUnknown;
  }
}

}  // namespace

std::optional<Key> KeyDecoder::take(std::size_t length, Key key) {
  bytes_.erase(0, length);
  return key;
}

std::optional<Key> KeyDecoder::next() {
  if (bytes_.empty()) return {};
  return bytes_[0] == kEscapeByte ? next_sequence() : next_character();
}

std::optional<Key> KeyDecoder::next_sequence() {
  if (bytes_.size() < 2) return {};
  switch (bytes_[1]) {
    case 'h':
      return take(2, kKeyLeft);  // Alt
    case 'j':
      return take(2, kKeyDown);
    case 'k':
      return take(2, kKeyUp);
    case 'l':
      return take(2, kKeyRight);
    case 'O':
      if (bytes_.size() < 3) return {};
      return take(3, letter_key(bytes_[2]));
    case '[':
      break;
    default:
      return take(1, kKeyEscape);  // and the next key is another
  }
  // ECMA-48, 5.4: parameters, then one byte of 0x40 to 0x7E. "ESC [ [ A" is the Linux console's F1.
  const std::size_t begin = bytes_.size() > 2 && bytes_[2] == '[' ? 3 : 2;
  for (std::size_t end = begin; end < bytes_.size(); ++end) {
    if (bytes_[end] < 0x20 || end > kLongestSequence) return take(end, kKeyUnknown);
    if (bytes_[end] < 0x40) continue;
    if (begin == 3) return take(end + 1, kKeyUnknown);
    if (bytes_[end] == '~') return take(end + 1, number_key(std::atoi(bytes_.c_str() + 2)));
    return take(end + 1, letter_key(bytes_[end]));
  }
  return {};
}

std::optional<Key> KeyDecoder::next_character() {
  const auto first = static_cast<unsigned char>(bytes_[0]);
  switch (first) {
    case '\r':
    case '\n':
      return take(1, kKeyEnter);
    case 0x08:
    case 0x7F:
      return take(1, kKeyBackspace);
    default:
      break;
  }
  if (first < 0x80) return take(1, first);
  const std::size_t length = utf8_length(first);
  if (bytes_.size() < length) return {};
  const std::string character = bytes_.substr(0, length);
  if (printable(character) != character) return take(1, kKeyUnknown);
  return take(length, from_utf8(character)[0]);
}

std::optional<Key> KeyDecoder::expire() {
  if (bytes_.empty()) return {};
  const bool escape = bytes_.size() == 1 && bytes_[0] == kEscapeByte;
  return take(bytes_.size(), escape ? kKeyEscape : kKeyUnknown);
}

}  // namespace cvtools::top
