// SPDX-License-Identifier: Apache-2.0
#include "top/colours_screen.hpp"

#include <array>

#include "common/formatted.hpp"

namespace cvtools::top {
namespace {

struct Target {
  char letter;
  const char* name;
  int Window::*colour;
};
constexpr std::array kTargets = {Target{'S', "summary", &Window::summary_colour},
                                 Target{'M', "messages and prompts", &Window::message_colour},
                                 Target{'H', "column heads", &Window::header_colour},
                                 Target{'T', "tasks", &Window::task_colour},
                                 Target{'X', "highlights", &Window::sort_colour}};

class ColoursScreen : public Cover {
 public:
  ColoursScreen(Window& window, int colours) : colours_(colours) { begin(window); }

  Frame frame(const Settings& settings, FrameSize size) override;
  bool press(Key key, Turn& turn) override;

 private:
  // Remembers what Escape goes back to, and turns colours on: they shall be seen.
  void begin(Window& window) {
    before_ = window;
    window.colours = true;
  }
  void go_to(Turn& turn, std::size_t window);
  void step(Window& window, int by) const;

  int colours_;
  Window before_;
  std::size_t target_ = 3;
};

Line marked(std::string_view text, Ink ink) {
  Line line;
  line.add(text, ink);
  return line;
}

Frame ColoursScreen::frame(const Settings& settings, FrameSize) {
  const Window& window = settings.window();
  Frame frame;
  std::vector<Line>& lines = frame.lines;
  lines.push_back(marked(formatted("Colours of window {}:{}", settings.current + 1, window.name),
                         Ink::kHeader));
  lines.emplace_back();
  lines.push_back(
      marked("   Tasks:  12 total,   2 running,  10 sleep,   0 stopped", Ink::kSummary));
  lines.push_back(marked("   %Cpu(s): 42.0 us, 11.0 sy,  0.0 ni, 47.0 id", Ink::kSummary));
  lines.push_back(marked("   A message, or a question", Ink::kMessage));
  lines.push_back(marked("     PID USER      PR  NI S  %CPU     TIME+ COMMAND", Ink::kHeader));
  lines.push_back(marked("      42 root      20   0 S   0.0   0:00.31 sleeps", Ink::kTask));
  lines.push_back(marked("      43 root      20   0 R  98.0   1:02.50 runs", Ink::kRunning));
  lines.emplace_back();
  lines.emplace_back().text = formatted("'B' bold is {}, 'z' colours are {}, 'b' highlights are {}",
                                        window.nobold ? "off" : "on", window.colours ? "on" : "off",
                                        window.highlight_bold ? "bold" : "reverse");
  lines.emplace_back();
  for (std::size_t i = 0; i < kTargets.size(); ++i) {
    const int colour = window.*kTargets[i].colour;
    const std::string text = formatted("   {}  {:22}{}", kTargets[i].letter, kTargets[i].name,
                                       colour < 0 ? "none" : std::to_string(colour));
    lines.push_back(marked(text, i == target_ ? Ink::kHeader : Ink::kPlain));
  }
  lines.emplace_back();
  lines.emplace_back().text = "S, M, H, T or X chooses what to colour. The colour:";
  lines.emplace_back().text =
      "   0 black, 1 red, 2 green, 3 yellow, 4 blue, 5 magenta, 6 cyan, 7 white, '@' none;";
  lines.emplace_back().text = formatted("   Up and Down go through all {}.", colours_);
  lines.emplace_back().text =
      "'a' and 'w' keep them and change the window, Enter keeps them and ends; 'q' takes them "
      "back.";
  for (Line& line : lines) line.window = static_cast<std::uint8_t>(settings.current);
  return frame;
}

void ColoursScreen::go_to(Turn& turn, std::size_t window) {
  turn.settings.current = window;
  begin(turn.window());
}

void ColoursScreen::step(Window& window, int by) const {
  int& colour = window.*kTargets[target_].colour;
  const int last = colours_ - 1;
  colour += by;
  if (colour > last) colour = -1;
  if (colour < -1) colour = last;
}

bool ColoursScreen::press(Key key, Turn& turn) {
  Window& window = turn.window();
  for (std::size_t i = 0; i < kTargets.size(); ++i) {
    if (key == static_cast<Key>(kTargets[i].letter)) target_ = i;
  }
  if (key >= U'0' && key <= U'7') {
    window.*kTargets[target_].colour = static_cast<int>(key - U'0');
  }
  const std::size_t current = turn.settings.current;
  switch (key) {
    case U'@':
      window.*kTargets[target_].colour = -1;
      break;
    case kKeyUp:
      step(window, 1);
      break;
    case kKeyDown:
      step(window, -1);
      break;
    case U'B':
      window.nobold = !window.nobold;
      break;
    case U'b':
      window.highlight_bold = !window.highlight_bold;
      break;
    case U'z':
      window.colours = !window.colours;
      break;
    case U'a':
      go_to(turn, (current + 1) % kWindowCount);
      break;
    case U'w':
      go_to(turn, (current + kWindowCount - 1) % kWindowCount);
      break;
    case kKeyEnter:
      return false;
    case U'q':
    case kKeyEscape:
      window = before_;
      return false;
    default:
      break;
  }
  return true;
}

}  // namespace

std::unique_ptr<Cover> make_colours_screen(Window& window, int colours) {
  return std::make_unique<ColoursScreen>(window, colours);
}

}  // namespace cvtools::top
