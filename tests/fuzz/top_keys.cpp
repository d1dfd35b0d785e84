// SPDX-License-Identifier: Apache-2.0
// top's model, fed with what a terminal sends: bytes to keys, keys to settings and effects,
// settings to screens. Three bytes say how large the screen is and how it begins.
#include "require.hpp"
#include "top/key_decoder.hpp"
#include "top_model.hpp"

namespace fuzz {
namespace {

// A screen is drawn after each key, which takes most of the time.
constexpr std::size_t kMostKeys = 60;
constexpr std::size_t kMostRows = 60;

void require_key(cvtools::top::Key key) {
  if (key > 0x10FFFF) {
    require(key <= cvtools::top::kKeyNone, "a key is a character or one of ours");
    return;
  }
  require(key < 0xD800 || key > 0xDFFF, "a character is no surrogate");
}

void run(Input input) {
  static TopModel model;
  cvtools::top::FrameSize size{input.byte(), input.byte() % kMostRows};
  const std::uint8_t how = input.byte();
  if ((how & 1) != 0) size.columns += 100;
  cvtools::top::Settings settings = cvtools::top::default_settings();
  settings.secure = (how & 2) != 0;
  settings.all_windows = (how & 4) != 0;
  settings.window().scroll_position = (how & 8) != 0;
  settings.window().cpus_in_one = (how & 16) == 0;
  settings.show_limits = (how & 32) != 0;
  settings.window().forest = (how & 64) != 0;
  model.begin(std::move(settings), size);

  cvtools::top::KeyDecoder decoder;
  decoder.feed(input.rest());
  for (std::size_t keys = 0; keys < kMostKeys; ++keys) {
    auto key = decoder.next();
    if (!key) key = decoder.expire();
    if (!key) break;
    require_key(*key);
    if (!model.press(*key)) return;
    model.draw();
  }
  require_round_trip(model.settings());
}

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run({data, size});
  return 0;
}
