// SPDX-License-Identifier: Apache-2.0
#include "top/keymap.hpp"

#include <algorithm>
#include <array>

#include "top/actions.hpp"

namespace cvtools::top {
namespace {

using enum KeyGroup;
using enum KeyNeeds;
constexpr bool kSecure = true;  // refused in secure mode
constexpr bool kAlways = false;

// A key without a help of its own is explained by the label of another.
// clang-format off
constexpr std::array kKeys = std::to_array<KeySpec>({
  {U'h', kBasic, kNothing, kAlways, show_help, "h ?", "this help"},
  {U'?', kBasic, kNothing, kAlways, show_help, nullptr, nullptr},
  {U'q', kBasic, kNothing, kAlways, quit, "q", "quit"},
  {U' ', kBasic, kNothing, kAlways, refresh, "Space Enter", "refresh now"},
  {kKeyEnter, kBasic, kNothing, kAlways, refresh, nullptr, nullptr},
  {U'd', kBasic, kNothing, kSecure, change_delay, "d s", "delay between frames"},
  {U's', kBasic, kNothing, kSecure, change_delay, nullptr, nullptr},
  {U'k', kBasic, kShownTasks, kSecure, kill_task, "k", "signal a task"},
  {U'r', kBasic, kShownTasks, kSecure, renice_task, "r", "renice a task"},
  {U'W', kBasic, kNothing, kAlways, write_rc, "W", "save these settings"},

  {U'l', kSummary, kNothing, kAlways, toggle_load, "l", "load and uptime"},
  {U't', kSummary, kNothing, kAlways, cycle_states, "t", "tasks, CPU: bars, off"},
  {U'm', kSummary, kNothing, kAlways, cycle_memory, "m", "memory: bars, off"},
  {U'p', kSummary, kNothing, kAlways, toggle_limits, "p", "the container's limits"},
  {U'1', kSummary, kNothing, kAlways, toggle_cpus, "1", "a line for each CPU"},
  {U'2', kSummary, kNothing, kAlways, toggle_numa_nodes, "2", "NUMA nodes"},
  {U'3', kSummary, kNothing, kAlways, expand_numa_node, "3", "CPUs of one node"},
  {U'4', kSummary, kNothing, kAlways, cycle_abreast, "4", "CPUs 2 to 8 abreast"},
  {U'!', kSummary, kNothing, kAlways, cycle_combined, "!", "CPUs 2, 3, 5 ... a line"},
  {U'5', kSummary, kNothing, kAlways, cycle_core_types, "5", "types of cores"},
  {U'^', kSummary, kNothing, kAlways, toggle_cores, "^", "cores or threads"},
  {U'E', kSummary, kNothing, kAlways, cycle_summary_unit, "E", "unit of memory"},
  {U'I', kSummary, kNothing, kAlways, toggle_irix, "I", "100 % is one CPU or all"},

  {U'u', kTasks, kShownTasks, kAlways, select_effective_user, "u", "of an effective user"},
  {U'U', kTasks, kShownTasks, kAlways, select_any_user, "U", "of any user"},
  {U'o', kTasks, kShownTasks, kAlways, add_filter, "o", "filter, as %CPU>1"},
  {U'O', kTasks, kShownTasks, kAlways, add_strict_filter, "O", "filter, minding case"},
  {ctrl('o'), kTasks, kShownTasks, kAlways, show_filters, "^O", "show the filters"},
  {U'=', kTasks, kNothing, kAlways, reset_window, "=", "all tasks again"},
  {U'n', kTasks, kShownTasks, kAlways, set_max_tasks, "n #", "at most so many"},
  {U'#', kTasks, kShownTasks, kAlways, set_max_tasks, nullptr, nullptr},
  {U'i', kTasks, kShownTasks, kAlways, toggle<&Window::show_idle>, "i", "idle ones or not"},
  {U'H', kTasks, kNothing, kAlways, toggle_threads, "H", "threads or processes"},
  {U'L', kTasks, kShownTasks, kAlways, locate, "L", "locate a string"},
  {U'&', kTasks, kShownTasks, kAlways, locate_next, "&", "locate it again"},
  {U'<', kTasks, kShownTasks, kAlways, sort_left, "< >", "sort field left, right"},
  {U'>', kTasks, kShownTasks, kAlways, sort_right, nullptr, nullptr},
  {U'P', kTasks, kShownTasks, kAlways, sort_by_cpu, "P M T N", "by CPU, MEM, TIME, PID"},
  {U'M', kTasks, kShownTasks, kAlways, sort_by_memory, nullptr, nullptr},
  {U'T', kTasks, kShownTasks, kAlways, sort_by_time, nullptr, nullptr},
  {U'N', kTasks, kShownTasks, kAlways, sort_by_pid, nullptr, nullptr},
  {U'R', kTasks, kShownTasks, kAlways, reverse_order, "R", "reverse the order"},
  {U'V', kTasks, kShownTasks, kAlways, toggle_forest, "V", "forest"},
  {U'v', kTasks, kShownTasks, kAlways, fold_children, "v", "fold first row's children"},
  {U'F', kTasks, kShownTasks, kAlways, focus_on_task, "F", "first row's tree only"},
  {U'S', kTasks, kShownTasks, kAlways, toggle_cumulative, "S", "add dead children's time"},

  {U'f', kLook, kNothing, kAlways, manage_fields, "f", "choose, order fields"},
  {U'c', kLook, kShownTasks, kAlways, toggle<&Window::command_line>, "c", "command line or name"},
  {U'e', kLook, kNothing, kAlways, cycle_task_unit, "e", "unit of memory"},
  {U'0', kLook, kNothing, kAlways, toggle_blank_zeros, "0", "zeros or blanks"},
  {ctrl('e'), kLook, kNothing, kAlways, cycle_time_scale, "^E", "larger units of time"},
  {U'X', kLook, kNothing, kAlways, widen_fields, "X", "wider columns"},
  {U'J', kLook, kShownTasks, kAlways, toggle<&Window::justify_numbers>, "J", "numbers right or left"},
  {U'j', kLook, kShownTasks, kAlways, toggle<&Window::justify_text>, "j", "words right or left"},
  {U'x', kLook, kShownTasks, kAlways, toggle<&Window::highlight_sort>, "x", "mark the sort field"},
  {U'y', kLook, kShownTasks, kAlways, toggle<&Window::highlight_rows>, "y", "mark running tasks"},
  {U'b', kLook, kShownTasks, kAlways, toggle<&Window::highlight_bold>, "b", "mark bold or reverse"},
  {U'B', kLook, kNothing, kAlways, toggle<&Window::nobold>, "B", "no bold anywhere"},
  {U'z', kLook, kNothing, kAlways, toggle<&Window::colours>, "z", "colours on or off"},
  {U'Z', kLook, kNothing, kAlways, map_colours, "Z", "choose colours"},

  {kKeyUp, kScroll, kShownTasks, kAlways, scroll_up, "Up Down", "by a task (Alt+k, j)"},
  {kKeyDown, kScroll, kShownTasks, kAlways, scroll_down, nullptr, nullptr},
  {kKeyLeft, kScroll, kShownTasks, kAlways, scroll_left, "Left Right", "by a field (Alt+h, l)"},
  {kKeyRight, kScroll, kShownTasks, kAlways, scroll_right, nullptr, nullptr},
  {kKeyPageUp, kScroll, kShownTasks, kAlways, page_up, "PgUp PgDn", "by a page"},
  {kKeyPageDown, kScroll, kShownTasks, kAlways, page_down, nullptr, nullptr},
  {kKeyHome, kScroll, kShownTasks, kAlways, scroll_home, "Home End", "to the first, the last"},
  {kKeyEnd, kScroll, kShownTasks, kAlways, scroll_end, nullptr, nullptr},
  {U'C', kScroll, kShownTasks, kAlways, toggle<&Window::scroll_position>, "C", "show the position"},

  {U'A', kWindows, kNothing, kAlways, toggle_all_windows, "A", "all four or one"},
  {U'g', kWindows, kNothing, kAlways, choose_window, "g", "choose one"},
  {U'a', kWindows, kAllWindows, kAlways, next_window, "a w", "next, previous (1)"},
  {U'w', kWindows, kAllWindows, kAlways, previous_window, nullptr, nullptr},
  {U'G', kWindows, kAllWindows, kAlways, rename_window, "G", "rename (1)"},
  {U'-', kWindows, kAllWindows, kAlways, toggle_window, "- _", "hide this, all (1)"},
  {U'_', kWindows, kAllWindows, kAlways, toggle_windows, nullptr, nullptr},
  {U'+', kWindows, kAllWindows, kAlways, reset_windows, "+", "all tasks in all (1)"},

  {ctrl('a'), kDetails, kShownTasks, kAlways, show_capabilities, "^A", "capabilities"},
  {ctrl('g'), kDetails, kShownTasks, kAlways, show_cgroups, "^G", "control groups"},
  {ctrl('k'), kDetails, kShownTasks, kAlways, show_command_line, "^K", "command line"},
  {ctrl('n'), kDetails, kShownTasks, kAlways, show_environment, "^N", "environment"},
  {ctrl('p'), kDetails, kShownTasks, kAlways, show_namespaces, "^P", "namespaces"},
  {ctrl('u'), kDetails, kShownTasks, kAlways, show_groups, "^U", "supplementary groups"},
  {ctrl('l'), kDetails, kNothing, kAlways, show_messages, "^L", "the last messages"},
  {U'\t', kDetails, kNothing, kAlways, turn_details_page, "Tab", "next page of it"},
});
// clang-format on

}  // namespace

std::span<const KeySpec> keymap() { return kKeys; }

const KeySpec* find_key(Key key) {
  const auto found = std::find_if(kKeys.begin(), kKeys.end(),
                                  [key](const KeySpec& spec) { return spec.key == key; });
  return found == kKeys.end() ? nullptr : &*found;
}

const char* title(KeyGroup group) {
  switch (group) {
    case kBasic:
      return "Basics";
    case kSummary:
      return "Summary";
    case kTasks:
      return "Which tasks, in which order";
    case kLook:
      return "How they look";
    case kScroll:
      return "Scrolling";
    case kWindows:
      return "Four windows";
    case kDetails:
      return "More about the first row";
  }
  return "";
}

}  // namespace cvtools::top
