// SPDX-License-Identifier: Apache-2.0
// A toprc, a NUL, and the file of our own beside it: read, held against what top takes for granted,
// drawn with, written and read again.
#include "require.hpp"
#include "top/rcfile.hpp"
#include "top_model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cvtools::top;
  static fuzz::TopModel model;
  fuzz::Input input(data, size);
  const std::string_view text = input.part();
  const std::string_view own = input.rest();
  std::optional<ReadRc> read = parse_rc(text);
  if (read) fuzz::require(read->format >= 'a' && read->format <= 'n', "a format that there is");
  Settings settings = read ? std::move(read->settings) : default_settings();
  parse_own_rc(own, settings);
  fuzz::require_sound(settings);
  fuzz::require_round_trip(settings);
  // Only what is a toprc leads to new screens.
  if (read || !own.empty()) model.begin(std::move(settings), {100, 40});
  return 0;
}
