// SPDX-License-Identifier: Apache-2.0
// What a user has chosen, and what a toprc keeps of it: four windows and what is common to them.
// Values only; who changes them is keys (actions_*), the options or a toprc.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "top/field_id.hpp"

namespace cvtools::top {

struct FieldChoice {
  FieldId id;
  bool shown;
};

// 't' and 'm'. Off is a flag of its own (show_states, show_memory).
enum class Graph : std::uint8_t { kNumbers, kBars, kBlocks };

// 'o': "[!]FIELD op VALUE", compared with the text that is shown.
struct Filter {
  std::string text;  // as typed, to show and to tell duplicates by
  FieldId field;
  char op;  // '=' contains; '<' and '>' compare
  std::string value;
  bool exclude;      // '!'
  bool ignore_case;  // 'o', not 'O'
};

// 'u' and 'U'.
struct UserFilter {
  enum class Kind : std::uint8_t { kNone, kEffective, kAny } kind = Kind::kNone;
  std::uint32_t uid = 0;
  bool exclude = false;  // '!'
};

struct Window {
  std::string name;  // "Def"; at most three characters
  std::vector<FieldChoice> fields;
  FieldId sort = FieldId::kCpu;

  // Kept in a toprc.
  bool descending = true;        // 'R'
  bool forest = false;           // 'V'
  bool nobold = false;           // 'B'
  bool show_tasks = true;        // '-'
  bool show_idle = true;         // 'i'
  bool cumulative = false;       // 'S'
  bool command_line = false;     // 'c'
  bool highlight_rows = true;    // 'y'
  bool highlight_sort = false;   // 'x'
  bool highlight_bold = true;    // 'b': bold instead of reverse
  bool colours = false;          // 'z'
  bool show_memory = true;       // 'm'
  bool show_states = true;       // 't'
  bool show_load = true;         // 'l'
  bool cpus_in_one = true;       // '1'
  bool justify_numbers = true;   // 'J'
  bool justify_text = false;     // 'j'
  bool scroll_position = false;  // 'C'
  bool numa_nodes = false;       // '2', '3'
  Graph cpu_graph = Graph::kNumbers;
  Graph memory_graph = Graph::kNumbers;
  std::uint32_t max_tasks = 0;  // 'n'; 0: all
  int cpus_abreast = 0;         // '4': beyond the first
  int combine_cpus = 0;         // '!'
  int core_types = 0;           // '5'
  int cores_vs_cpus = 0;        // '^'
  // 'Z': colour numbers of curses, -1 none.
  int summary_colour = 1, message_colour = 1, header_colour = 3, task_colour = -1,
      sort_colour = 1;  // 'x' and 'y'
  std::vector<Filter> filters;

  // Not kept.
  UserFilter user;
  std::size_t first_row = 0;         // scrolling
  std::size_t first_column = 0;      // index into the shown fields
  std::size_t command_offset = 0;    // characters, into the last field that has no width
  int numa_node = -1;                // '3'; -1: all of them, one line each
  std::int32_t focus_pid = 0;        // 'F': only this task and its children; 0: none
  std::set<std::int32_t> collapsed;  // 'v': whose children are folded away
  std::string located;               // 'L': marked where it is shown
};

inline constexpr std::size_t kWindowCount = 4;

// Units of memory: 0 KiB, 1 MiB, ... 5 EiB.
struct Settings {
  std::array<Window, kWindowCount> windows;
  std::size_t current = 0;
  bool all_windows = false;  // 'A'
  bool irix = true;          // 'I'
  double delay_seconds = 3;
  int widen = 0;             // 'X': more columns for fields of fixed width; -1: as wide as needed
  int summary_unit = 1;      // 'E'
  int task_unit = 0;         // 'e'
  bool blank_zeros = false;  // '0'
  int time_scale = 0;        // ^E: 0 as it fits; 1 minutes, 2 hours, ... (Tics_scaled)
  // Ours; not in the file that procps reads.
  bool show_limits = false;    // the line about the container
  bool limits_chosen = false;  // by the user, whether or not; else it depends on where top runs

  // Settings that the program has of its own, not of the user.
  bool secure = false;
  bool threads = false;  // 'H'

  // Lines of the toprc behind those that are understood ('Y' of procps), written back as they were.
  std::string unknown_lines;

  Window& window() { return windows[current]; }
  const Window& window() const { return windows[current]; }
};

// As classic top (the distributions' build) starts without a toprc.
Settings default_settings();

}  // namespace cvtools::top
