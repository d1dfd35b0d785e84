// SPDX-License-Identifier: Apache-2.0
// Which number of a toprc is which setting. The order is that in which they are written.
#pragma once

#include <climits>
#include <cstdint>
#include <type_traits>

#include "top/settings.hpp"

namespace cvtools::top {

struct FlagBit {
  std::uint32_t bit;
  bool Window::*member;
};
inline constexpr FlagBit kFlagBits[] = {
    {0x000002, &Window::forest},         {0x000004, &Window::descending},
    {0x000008, &Window::nobold},         {0x000010, &Window::show_tasks},
    {0x000020, &Window::show_idle},      {0x000040, &Window::cumulative},
    {0x000080, &Window::command_line},   {0x000100, &Window::highlight_rows},
    {0x000200, &Window::highlight_sort}, {0x000400, &Window::highlight_bold},
    {0x000800, &Window::colours},        {0x001000, &Window::show_memory},
    {0x002000, &Window::show_states},    {0x004000, &Window::show_load},
    {0x008000, &Window::cpus_in_one},    {0x020000, &Window::justify_numbers},
    {0x040000, &Window::justify_text},   {0x080000, &Window::scroll_position},
    {0x400000, &Window::numa_nodes},
};

inline std::uint32_t flags_of(const Window& window) {
  std::uint32_t flags = 0;
  for (const FlagBit& flag : kFlagBits)
    if (window.*flag.member) flags |= flag.bit;
  return flags;
}
inline void set_flags(std::uint32_t flags, Window& window) {
  for (const FlagBit& flag : kFlagBits) window.*flag.member = (flags & flag.bit) != 0;
}

struct WindowKey {
  const char* name;
  int (*get)(const Window& window);
  void (*put)(Window& window, int value);
  bool begins_line = false;
};
// A member as it is, within bounds: what else the file may hold would be taken at its word.
template <auto kMember, int kLeast, int kMost>
constexpr WindowKey window_key(const char* name, bool begins_line = false) {
  return {name, [](const Window& window) { return static_cast<int>(window.*kMember); },
          [](Window& window, int value) {
            using Member = std::remove_reference_t<decltype(window.*kMember)>;
            if (value >= kLeast && value <= kMost) window.*kMember = static_cast<Member>(value);
          },
          begins_line};
}
inline constexpr WindowKey kWindowKeys[] = {
    window_key<&Window::max_tasks, 0, INT_MAX>("maxtasks"),
    window_key<&Window::cpu_graph, 0, 2>("graph_cpus"),
    window_key<&Window::memory_graph, 0, 2>("graph_mems"),
    window_key<&Window::cpus_abreast, 0, 8>("double_up"),
    window_key<&Window::combine_cpus, 0, 1 << 16>("combine_cpus"),
    window_key<&Window::summary_colour, -1, 255>("summclr", true),
    window_key<&Window::message_colour, -1, 255>("msgsclr"),
    window_key<&Window::header_colour, -1, 255>("headclr"),
    window_key<&Window::task_colour, -1, 255>("taskclr"),
    window_key<&Window::sort_colour, -1, 255>("task_xy"),
    window_key<&Window::core_types, 0, 3>("core_types"),
    window_key<&Window::cores_vs_cpus, 0, 1>("cores_vs_cpus"),
};

struct SettingsKey {
  const char* name;
  int (*get)(const Settings& settings);
  void (*put)(Settings& settings, int value);
};
template <auto kMember, int kLeast, int kMost>
constexpr SettingsKey settings_key(const char* name) {
  return {name, [](const Settings& settings) { return static_cast<int>(settings.*kMember); },
          [](Settings& settings, int value) {
            using Member = std::remove_reference_t<decltype(settings.*kMember)>;
            if (value >= kLeast && value <= kMost) settings.*kMember = static_cast<Member>(value);
          }};
}
inline constexpr SettingsKey kSettingsKeys[] = {
    settings_key<&Settings::widen, -1, 512>("Fixed_widest"),
    settings_key<&Settings::summary_unit, 0, 5>("Summ_mscale"),
    settings_key<&Settings::task_unit, 0, 4>("Task_mscale"),
    settings_key<&Settings::blank_zeros, 0, 1>("Zero_suppress"),
    settings_key<&Settings::time_scale, 0, 6>("Tics_scaled"),
};

}  // namespace cvtools::top
