// SPDX-License-Identifier: Apache-2.0
#include "top/help.hpp"

#include <algorithm>

#include "common/formatted.hpp"
#include "top/format.hpp"
#include "top/keymap.hpp"

namespace cvtools::top {
namespace {

constexpr std::size_t kColumnWidth = 40;  // two of them on any screen
constexpr std::size_t kLabelWidth = 12;
constexpr std::size_t kHelpHeadLines = 3;  // two lines and a blank one
constexpr std::size_t kHelpFootLines = 1;

// All of it, one below the other.
std::vector<Line> help_text() {
  std::vector<Line> lines;
  const KeySpec* before = nullptr;
  for (const KeySpec& spec : keymap()) {
    if (before == nullptr || before->group != spec.group) {
      if (before != nullptr) lines.emplace_back();
      lines.emplace_back().add(title(spec.group), Ink::kSummaryStrong);
    }
    before = &spec;
    if (spec.help == nullptr) continue;
    Line& line = lines.emplace_back();
    line.text = "  ";
    line.add(pad(spec.label, kLabelWidth, false), Ink::kPrompt);
    line.add(spec.help, Ink::kPlain);
  }
  lines.emplace_back().text = "  (1) with 'A' only";
  return lines;
}

void append(Line& to, const Line& from, std::size_t column) {
  to.text = pad(to.text, column, false);
  const auto shift = static_cast<std::uint32_t>(to.text.size());
  to.text += from.text;
  for (const Mark& mark : from.marks) {
    to.marks.push_back({mark.begin + shift, mark.end + shift, mark.ink});
  }
}

class Help : public Cover {
 public:
  Frame frame(const Settings& settings, FrameSize size) override;
  bool press(Key key, Turn& turn) override;

 private:
  std::size_t page_ = 0;
  std::size_t pages_ = 1;  // at the size of the last frame
};

Frame Help::frame(const Settings& settings, FrameSize size) {
  static const std::vector<Line> text = help_text();
  const std::size_t height =
      size.rows > kHelpHeadLines + kHelpFootLines ? size.rows - kHelpHeadLines - kHelpFootLines : 1;
  const std::size_t abreast = std::max<std::size_t>(size.columns / kColumnWidth, 1);
  pages_ = (text.size() + height * abreast - 1) / (height * abreast);
  page_ = std::min(page_, pages_ - 1);

  Frame frame;
  frame.lines.resize(kHelpHeadLines);
  frame.lines[0].add(formatted("Keys of top, {} of {}", page_ + 1, pages_), Ink::kHeader);
  frame.lines[1].text = formatted(
      "Window {}:{}. Cumulative time {}. Delay {:.1f} s. Secure mode {}.", settings.current + 1,
      settings.window().name, settings.window().cumulative ? "On" : "Off", settings.delay_seconds,
      settings.secure ? "On" : "Off");
  for (std::size_t row = 0; row < height; ++row) {
    Line& line = frame.lines.emplace_back();
    for (std::size_t column = 0; column < abreast; ++column) {
      const std::size_t index = (page_ * abreast + column) * height + row;
      if (index < text.size()) append(line, text[index], column * kColumnWidth);
    }
  }
  frame.lines.emplace_back().add(pages_ > 1
                                     ? "Space or 'h' for the next page, 'q' or Escape to go on"
                                     : "'q' or Escape to go on",
                                 Ink::kHeader);
  for (Line& line : frame.lines) line.window = static_cast<std::uint8_t>(settings.current);
  return frame;
}

bool Help::press(Key key, Turn&) {
  switch (key) {
    case U'q':
    case kKeyEscape:
      return false;
    case kKeyUp:
    case kKeyPageUp:
      page_ = (page_ + pages_ - 1) % pages_;
      return true;
    case kKeyResize:
    case kKeyNone:
    case kKeyUnknown:
      return true;
    default:
      page_ = (page_ + 1) % pages_;
      return true;
  }
}

}  // namespace

std::unique_ptr<Cover> make_help() { return std::make_unique<Help>(); }

}  // namespace cvtools::top
