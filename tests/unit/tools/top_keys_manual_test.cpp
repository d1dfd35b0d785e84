// SPDX-License-Identifier: Apache-2.0
// The manual and the table of keys.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "top/keymap.hpp"

namespace cvtools::top {
namespace {

std::set<std::string> words(std::string text) {
  std::istringstream stream(std::move(text));
  std::set<std::string> result;
  for (std::string word; stream >> word;) result.insert(word);
  return result;
}

// What stands behind ".It Ic " in the chapter, without mdoc's escapes and commas.
std::set<std::string> keys_of_the_manual() {
  std::ifstream page(CV_MANUAL);
  std::set<std::string> keys;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line == ".Sh KEYS") inside = true;
    if (line == ".Ss Not there") break;
    if (!inside || !line.starts_with(".It Ic ")) continue;
    for (std::string word : words(line.substr(7))) {
      if (word.starts_with("\\&")) word.erase(0, 2);
      if (word != ",") keys.insert(word);
    }
  }
  return keys;
}

TEST(KeysManual, HasTheKeysOfTheTableAndNoOther) {
  std::set<std::string> labels;
  for (const KeySpec& spec : keymap()) {
    if (spec.label != nullptr) labels.merge(words(spec.label));
  }
  labels.erase("b");  // explained with x and y
  EXPECT_EQ(keys_of_the_manual(), labels);
}

}  // namespace
}  // namespace cvtools::top
