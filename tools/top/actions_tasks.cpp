// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/formatted.hpp"
#include "top/actions.hpp"
#include "top/arrange.hpp"

namespace cvtools::top {
namespace {

void sort_by(Turn& turn, FieldId field) {
  turn.window().sort = field;
  turn.window().forest = false;
}

// To the next shown field on the left (-1) or on the right (1).
void move_sort(Turn& turn, int step) {
  Window& window = turn.window();
  std::vector<FieldId> shown;
  for (const FieldChoice& choice : window.fields) {
    if (choice.shown) shown.push_back(choice.id);
  }
  if (shown.empty()) return;
  const auto at = std::find(shown.begin(), shown.end(), window.sort);
  if (at == shown.end()) {
    sort_by(turn, shown.front());
  } else if (step < 0 && at != shown.begin()) {
    sort_by(turn, *(at - 1));
  } else if (step > 0 && at + 1 != shown.end()) {
    sort_by(turn, *(at + 1));
  }
}

void select_user(Turn& turn, UserFilter::Kind kind) {
  turn.session.ask({.label = "Which user (blank for all)", .history = 'u'},
                   [kind](Turn& answered, const std::string& typed) {
                     const bool exclude = typed.starts_with('!');
                     UserFilter chosen;
                     if (!typed.empty()) {
                       const std::string_view name =
                           std::string_view(typed).substr(exclude ? 1 : 0);
                       const std::optional<std::uint32_t> uid = answered.shown.uid_of(name);
                       if (!uid) {
                         answered.session.say("Invalid user");
                         return;
                       }
                       chosen = {kind, *uid, exclude};
                     }
                     answered.window().user = chosen;
                     answered.window().first_row = 0;
                   });
}

void ask_for_filter(Turn& turn, bool ignore_case) {
  turn.session.ask(
      {.label = formatted("add filter #{} ({}) as: [!]FLD?VAL", turn.window().filters.size() + 1,
                          ignore_case ? "ignoring case" : "case sensitive"),
       .history = 'o'},
      [ignore_case](Turn& answered, const std::string& typed) {
        if (typed.empty()) return;
        std::vector<Filter>& filters = answered.window().filters;
        const auto same = [&](const Filter& filter) { return filter.text == typed; };
        if (std::any_of(filters.begin(), filters.end(), same)) {
          answered.session.say("duplicate filter was ignored");
          return;
        }
        ParsedFilter parsed = parse_filter(typed, ignore_case);
        if (!parsed.filter) {
          answered.session.say(parsed.error);
          return;
        }
        filters.push_back(std::move(*parsed.filter));
        answered.window().first_row = 0;
      });
}

// Scrolls to the first row from `begin` on that holds the string.
void find_from(Turn& turn, std::size_t begin, const char* another) {
  Window& window = turn.window();
  for (std::size_t row = begin; row < turn.shown.row_count(); ++row) {
    if (turn.shown.text(row).find(window.located) != std::string::npos) {
      window.first_row = row;
      return;
    }
  }
  turn.session.say(formatted("{}\"{}\" not found", another, window.located));
}

}  // namespace

void toggle_cumulative(Turn& turn) {
  toggle<&Window::cumulative>(turn);
  turn.session.say(turn.window().cumulative ? "Cumulative time On" : "Cumulative time Off");
}

void toggle_forest(Turn& turn) {
  toggle<&Window::forest>(turn);
  turn.window().focus_pid = 0;
}

void fold_children(Turn& turn) {
  Window& window = turn.window();
  if (!window.forest || turn.shown.row_count() == 0) return;
  const std::int32_t pid = turn.shown.pid(first_row(turn));
  if (window.collapsed.erase(pid) == 0) window.collapsed.insert(pid);
}

void focus_on_task(Turn& turn) {
  Window& window = turn.window();
  if (window.focus_pid != 0) {
    window.focus_pid = 0;
  } else if (window.forest && turn.shown.row_count() > 0) {
    window.focus_pid = turn.shown.pid(first_row(turn));
    window.first_row = 0;
  }
}

void sort_by_cpu(Turn& turn) { sort_by(turn, FieldId::kCpu); }
void sort_by_memory(Turn& turn) { sort_by(turn, FieldId::kMem); }
void sort_by_time(Turn& turn) { sort_by(turn, FieldId::kTimePlus); }
void sort_by_pid(Turn& turn) { sort_by(turn, FieldId::kPid); }
void reverse_order(Turn& turn) { toggle<&Window::descending>(turn); }
void sort_left(Turn& turn) { move_sort(turn, -1); }
void sort_right(Turn& turn) { move_sort(turn, 1); }

void set_max_tasks(Turn& turn) {
  turn.session.ask({.label = formatted("Maximum tasks = {}, change to (0 is unlimited)",
                                       turn.window().max_tasks),
                    .history = 'n'},
                   [](Turn& answered, const std::string& typed) {
                     if (typed.empty()) return;
                     const std::optional<std::int64_t> most = to_integer(typed);
                     if (!most) {
                       answered.session.say("Unacceptable integer");
                     } else if (*most < 0 || *most > INT32_MAX) {
                       answered.session.say("Invalid maximum");
                     } else {
                       answered.window().max_tasks = static_cast<std::uint32_t>(*most);
                     }
                   });
}

void select_effective_user(Turn& turn) { select_user(turn, UserFilter::Kind::kEffective); }
void select_any_user(Turn& turn) { select_user(turn, UserFilter::Kind::kAny); }
void add_filter(Turn& turn) { ask_for_filter(turn, true); }
void add_strict_filter(Turn& turn) { ask_for_filter(turn, false); }

void show_filters(Turn& turn) {
  std::string all;
  for (const Filter& filter : turn.window().filters) {
    all += (all.empty() ? "'" : " + '") + filter.text + "'";
  }
  turn.session.ask({.label = "<Enter> to resume, filters: " + (all.empty() ? "none" : all)},
                   [](Turn&, const std::string&) {});
}

void locate(Turn& turn) {
  turn.session.ask({.label = "Locate string", .history = 'L'},
                   [](Turn& answered, const std::string& typed) {
                     answered.window().located = typed;
                     if (!typed.empty()) find_from(answered, first_row(answered), "");
                   });
}

void locate_next(Turn& turn) {
  if (turn.window().located.empty()) {
    turn.session.say("Locate next inactive, use \"L\"");
  } else {
    find_from(turn, first_row(turn) + 1, "another ");
  }
}

}  // namespace cvtools::top
