// SPDX-License-Identifier: Apache-2.0

#include "common/formatted.hpp"
#include "top/actions.hpp"
#include "top/rcfile.hpp"

namespace cvtools::top {
namespace {

// Takes back whatever keeps tasks from being seen.
void show_everything(Window& window) {
  window.show_tasks = true;
  window.show_idle = true;
  window.max_tasks = 0;
  window.combine_cpus = 0;
  window.user = {};
  window.filters.clear();
  window.focus_pid = 0;
  window.collapsed.clear();
  window.first_row = 0;
}

}  // namespace

void toggle_all_windows(Turn& turn) { turn.settings.all_windows = !turn.settings.all_windows; }

void choose_window(Turn& turn) {
  turn.session.ask({.label = "Choose field group (1 - 4)", .history = 0, .one_key = true},
                   [](Turn& answered, const std::string& typed) {
                     const std::optional<std::int64_t> number = to_integer(typed);
                     if (number && *number >= 1 && *number <= std::int64_t{kWindowCount}) {
                       answered.settings.current = static_cast<std::size_t>(*number - 1);
                     }
                   });
}

void rename_window(Turn& turn) {
  turn.session.ask(
      {.label = formatted("Rename window '{}' to (1-3 chars)", turn.window().name), .history = 'G'},
      [](Turn& answered, const std::string& typed) {
        const std::string name = window_name(typed);
        if (!name.empty()) answered.window().name = name;
      });
}

void next_window(Turn& turn) { turn.settings.current = (turn.settings.current + 1) % kWindowCount; }

void previous_window(Turn& turn) {
  turn.settings.current = (turn.settings.current + kWindowCount - 1) % kWindowCount;
}

void toggle_window(Turn& turn) { toggle<&Window::show_tasks>(turn); }

void toggle_windows(Turn& turn) {
  for (Window& window : turn.settings.windows) window.show_tasks = !window.show_tasks;
}

void reset_window(Turn& turn) { show_everything(turn.window()); }

void reset_windows(Turn& turn) {
  for (Window& window : turn.settings.windows) show_everything(window);
}

}  // namespace cvtools::top
