// SPDX-License-Identifier: Apache-2.0
// The table of keys. The dispatch, the help screens and the manual's check are made of it.
#pragma once

#include <cstdint>
#include <span>

#include "top/keys.hpp"

namespace cvtools::top {

struct Turn;

// The chapters of the help.
enum class KeyGroup : std::uint8_t { kBasic, kSummary, kTasks, kLook, kScroll, kWindows, kDetails };

// What must be so for a key to work.
enum class KeyNeeds : std::uint8_t {
  kNothing,
  kShownTasks,  // that the current window shows tasks
  kAllWindows,  // 'A'
};

struct KeySpec {
  Key key;
  KeyGroup group;
  KeyNeeds needs;
  bool refused_if_secure;
  void (*act)(Turn& turn);
  const char* label;  // of this key and those that do the same; null: its help is another's
  const char* help;
};

std::span<const KeySpec> keymap();
const KeySpec* find_key(Key key);
const char* title(KeyGroup group);

}  // namespace cvtools::top
