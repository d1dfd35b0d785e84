// SPDX-License-Identifier: Apache-2.0
#include "top/fields_screen.hpp"

#include <algorithm>

#include "common/formatted.hpp"
#include "top/fields.hpp"
#include "top/format.hpp"

namespace cvtools::top {
namespace {

constexpr std::size_t kNameWidth = 8;
constexpr std::size_t kFieldsHeadLines = 4;

std::string explanation(const FieldSpec& spec) { return formatted(" = {}", spec.description); }

// Of a column of fields: as wide as the longest, and two blanks.
std::size_t entry_width() {
  std::size_t widest = 0;
  for (const FieldSpec& spec : field_table()) {
    widest = std::max(widest, display_width(explanation(spec)));
  }
  return 2 + kNameWidth + widest + 2;
}

class FieldsScreen : public Cover {
 public:
  Frame frame(const Settings& settings, FrameSize size) override;
  bool press(Key key, Turn& turn) override;

 private:
  void move_to(Window& window, std::size_t index);
  Line entry(const Window& window, std::size_t index) const;

  std::size_t at_ = 0;
  bool moving_ = false;  // the field goes where the cursor goes
  std::size_t page_ = 1;
};

Line FieldsScreen::entry(const Window& window, std::size_t index) const {
  const FieldChoice& choice = window.fields[index];
  const FieldSpec& spec = spec_of(choice.id);
  const bool here = index == at_;
  const std::string name = pad(spec.name, kNameWidth, false);
  Line line;
  line.text = choice.shown ? "* " : "  ";
  const Ink shown = choice.shown ? Ink::kPrompt : Ink::kPlain;
  line.add(name, here ? Ink::kHeader : shown);
  line.add(explanation(spec), here && moving_ ? Ink::kHeader : shown);
  return line;
}

Frame FieldsScreen::frame(const Settings& settings, FrameSize size) {
  const Window& window = settings.window();
  const std::size_t count = window.fields.size();
  Frame frame;
  frame.lines.resize(kFieldsHeadLines);
  frame.lines[0].text =
      formatted("Fields Management for window {}:{}, whose current sort field is {}",
                settings.current + 1, window.name, spec_of(window.sort).name);
  frame.lines[1].text =
      "   Up and Down go to a field, Right takes it along, Left or Enter puts it.";
  frame.lines[2].text =
      "   'd' or Space shows or hides it, 's' sorts by it, 'a' and 'w' change the window, 'q' "
      "ends.";
  // Where there is no room for an explanation, the fields are what matters.
  const bool tiny = size.rows < 2 * kFieldsHeadLines;
  if (tiny) frame.lines.resize(1);

  const std::size_t room = size.rows > frame.lines.size() ? size.rows - frame.lines.size() : 1;
  const std::size_t width = entry_width();
  const std::size_t abreast = std::max<std::size_t>(size.columns / width, 1);
  // As many columns as are needed; where the screen is too small for all, the page with the cursor.
  const std::size_t height = std::clamp<std::size_t>((count + abreast - 1) / abreast, 1, room);
  page_ = height;
  const std::size_t first = at_ / (height * abreast) * height * abreast;
  for (std::size_t row = 0; row < height; ++row) {
    Line& line = frame.lines.emplace_back();
    for (std::size_t column = 0; column < abreast; ++column) {
      const std::size_t index = first + column * height + row;
      if (index >= count) break;
      const Line piece = entry(window, index);
      line.text = pad(line.text, column * width, false);
      const auto shift = static_cast<std::uint32_t>(line.text.size());
      line.text += piece.text;
      for (const Mark& mark : piece.marks) {
        line.marks.push_back({mark.begin + shift, mark.end + shift, mark.ink});
      }
    }
  }
  for (Line& line : frame.lines) line.window = static_cast<std::uint8_t>(settings.current);
  return frame;
}

void FieldsScreen::move_to(Window& window, std::size_t index) {
  index = std::min(index, window.fields.size() - 1);
  if (moving_) {
    const FieldChoice taken = window.fields[at_];
    window.fields.erase(window.fields.begin() + static_cast<std::ptrdiff_t>(at_));
    window.fields.insert(window.fields.begin() + static_cast<std::ptrdiff_t>(index), taken);
  }
  at_ = index;
}

bool FieldsScreen::press(Key key, Turn& turn) {
  Settings& settings = turn.settings;
  Window& window = settings.window();
  if (window.fields.empty()) return false;
  at_ = std::min(at_, window.fields.size() - 1);
  switch (key) {
    case kKeyUp:
      move_to(window, at_ > 0 ? at_ - 1 : 0);
      break;
    case kKeyDown:
      move_to(window, at_ + 1);
      break;
    case kKeyPageUp:
      move_to(window, at_ > page_ ? at_ - page_ : 0);
      break;
    case kKeyPageDown:
      move_to(window, at_ + page_);
      break;
    case kKeyHome:
      move_to(window, 0);
      break;
    case kKeyEnd:
      move_to(window, window.fields.size() - 1);
      break;
    case kKeyRight:
      moving_ = true;
      break;
    case kKeyLeft:
    case kKeyEnter:
      moving_ = false;
      break;
    case U'd':
    case U' ':
      window.fields[at_].shown = !window.fields[at_].shown;
      break;
    case U's':
      window.sort = window.fields[at_].id;
      window.forest = false;
      break;
    case U'a':
    case U'w':
      settings.current = (settings.current + (key == U'a' ? 1 : kWindowCount - 1)) % kWindowCount;
      at_ = 0;
      moving_ = false;
      break;
    case U'q':
    case kKeyEscape:
      return false;
    default:
      break;
  }
  // What is hidden can not be scrolled to.
  settings.window().first_column = settings.window().command_offset = 0;
  return true;
}

}  // namespace

std::unique_ptr<Cover> make_fields_screen() { return std::make_unique<FieldsScreen>(); }

}  // namespace cvtools::top
