// SPDX-License-Identifier: Apache-2.0

#include "common/formatted.hpp"
#include "top/actions.hpp"
#include "top/colours_screen.hpp"
#include "top/fields_screen.hpp"

namespace cvtools::top {
namespace {

constexpr int kTaskUnits = 5;
constexpr int kTimeScales = 7;
constexpr std::int64_t kWidest = 200;

}  // namespace

void manage_fields(Turn& turn) { turn.session.open(make_fields_screen()); }

void map_colours(Turn& turn) {
  if (turn.session.facts().colours == 0) {
    turn.session.say("No colors to map!");
  } else {
    turn.session.open(make_colours_screen(turn.window(), turn.session.facts().colours));
  }
}

void cycle_task_unit(Turn& turn) {
  turn.settings.task_unit = (turn.settings.task_unit + 1) % kTaskUnits;
}

void widen_fields(Turn& turn) {
  turn.session.ask(
      {.label = formatted("width incr is {}, change to (0 default, -1 auto)", turn.settings.widen),
       .history = 'X'},
      [](Turn& answered, const std::string& typed) {
        if (typed.empty()) return;
        const std::optional<std::int64_t> more = to_integer(typed);
        if (more && *more >= -1 && *more <= kWidest) {
          answered.settings.widen = static_cast<int>(*more);
        } else {
          answered.session.say("Unacceptable integer");
        }
      });
}

void toggle_blank_zeros(Turn& turn) { turn.settings.blank_zeros = !turn.settings.blank_zeros; }

void cycle_time_scale(Turn& turn) {
  turn.settings.time_scale = (turn.settings.time_scale + 1) % kTimeScales;
}

}  // namespace cvtools::top
