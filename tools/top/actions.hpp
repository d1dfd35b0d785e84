// SPDX-License-Identifier: Apache-2.0
// What keys do, for the keymap: one function a key.
#pragma once

#include "top/session.hpp"

namespace cvtools::top {

// actions_general.cpp
void quit(Turn& turn);
void refresh(Turn& turn);
void show_help(Turn& turn);
void change_delay(Turn& turn);
void kill_task(Turn& turn);
void renice_task(Turn& turn);
void write_rc(Turn& turn);
void toggle_threads(Turn& turn);

// actions_summary.cpp
void toggle_load(Turn& turn);
void cycle_states(Turn& turn);
void cycle_memory(Turn& turn);
void toggle_limits(Turn& turn);
void toggle_cpus(Turn& turn);
void toggle_numa_nodes(Turn& turn);
void expand_numa_node(Turn& turn);
void cycle_abreast(Turn& turn);
void cycle_core_types(Turn& turn);
void toggle_cores(Turn& turn);
void cycle_combined(Turn& turn);
void cycle_summary_unit(Turn& turn);
void toggle_irix(Turn& turn);

// actions_tasks.cpp: which tasks, and in which order
void toggle_cumulative(Turn& turn);
void toggle_forest(Turn& turn);
void fold_children(Turn& turn);
void focus_on_task(Turn& turn);
void sort_by_cpu(Turn& turn);
void sort_by_memory(Turn& turn);
void sort_by_time(Turn& turn);
void sort_by_pid(Turn& turn);
void reverse_order(Turn& turn);
void sort_left(Turn& turn);
void sort_right(Turn& turn);
void set_max_tasks(Turn& turn);
void select_effective_user(Turn& turn);
void select_any_user(Turn& turn);
void add_filter(Turn& turn);
void add_strict_filter(Turn& turn);
void show_filters(Turn& turn);
void locate(Turn& turn);
void locate_next(Turn& turn);

// actions_look.cpp
void manage_fields(Turn& turn);
void map_colours(Turn& turn);
void cycle_task_unit(Turn& turn);
void widen_fields(Turn& turn);
void toggle_blank_zeros(Turn& turn);
void cycle_time_scale(Turn& turn);

// actions_windows.cpp
void toggle_all_windows(Turn& turn);
void choose_window(Turn& turn);
void rename_window(Turn& turn);
void next_window(Turn& turn);
void previous_window(Turn& turn);
void toggle_window(Turn& turn);
void toggle_windows(Turn& turn);
void reset_window(Turn& turn);
void reset_windows(Turn& turn);

// actions_scroll.cpp
void scroll_up(Turn& turn);
void scroll_down(Turn& turn);
void page_up(Turn& turn);
void page_down(Turn& turn);
void scroll_left(Turn& turn);
void scroll_right(Turn& turn);
void scroll_home(Turn& turn);
void scroll_end(Turn& turn);

// actions_details.cpp: the window at the bottom
void show_capabilities(Turn& turn);
void show_cgroups(Turn& turn);
void show_command_line(Turn& turn);
void show_environment(Turn& turn);
void show_namespaces(Turn& turn);
void show_groups(Turn& turn);
void show_messages(Turn& turn);
void turn_details_page(Turn& turn);

// A flag of the current window.
template <bool Window::*kFlag>
void toggle(Turn& turn) {
  turn.window().*kFlag = !(turn.window().*kFlag);
}

// The task in the first row: what keys mean that ask for none.
inline std::size_t first_row(const Turn& turn) { return turn.window().first_row; }

// What was typed as a number, all of it; nothing else.
std::optional<std::int64_t> to_integer(std::string_view typed);

}  // namespace cvtools::top
