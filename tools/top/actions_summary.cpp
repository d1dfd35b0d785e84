// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "common/formatted.hpp"
#include "top/actions.hpp"

namespace cvtools::top {
namespace {

constexpr int kMostAbreast = 7;  // beyond the first
constexpr int kSummaryUnits = 6;

// Numbers, bars, blocks, nothing, and numbers again.
void cycle(Graph& graph, bool& shown) {
  if (!shown) {
    shown = true;
    graph = Graph::kNumbers;
  } else if (graph == Graph::kBlocks) {
    shown = false;
  } else {
    graph = graph == Graph::kNumbers ? Graph::kBars : Graph::kBlocks;
  }
}

// The highest number of a node; where the machine tells none, nothing and the user is told.
std::optional<std::uint32_t> last_node(Turn& turn) {
  std::optional<std::uint32_t> last;
  for (const cv_cpu_place& place : turn.shown.cpu_places())
    if ((place.valid & CV_CPU_PLACE_NODE) != 0) last = std::max(last.value_or(0), place.node);
  if (!last) turn.session.say("sorry, NUMA extensions unavailable");
  return last;
}

bool shows_each_cpu(const Window& window) {
  return window.show_states && !window.cpus_in_one && !window.numa_nodes;
}

}  // namespace

void toggle_load(Turn& turn) { toggle<&Window::show_load>(turn); }
void cycle_states(Turn& turn) { cycle(turn.window().cpu_graph, turn.window().show_states); }
void cycle_memory(Turn& turn) { cycle(turn.window().memory_graph, turn.window().show_memory); }
void toggle_limits(Turn& turn) {
  turn.settings.show_limits = !turn.settings.show_limits;
  turn.settings.limits_chosen = true;
}

void toggle_cpus(Turn& turn) {
  turn.window().numa_nodes = false;
  toggle<&Window::cpus_in_one>(turn);
}

void toggle_numa_nodes(Turn& turn) {
  if (!last_node(turn)) return;
  Window& window = turn.window();
  const bool all_of_them = window.numa_nodes && window.numa_node < 0;
  window.numa_node = -1;
  window.cpus_in_one = true;
  window.numa_nodes = !all_of_them;
}

void expand_numa_node(Turn& turn) {
  const std::optional<std::uint32_t> last = last_node(turn);
  if (!last) return;
  turn.session.ask({.label = formatted("expand which node (0-{})", *last), .history = '3'},
                   [last](Turn& answered, const std::string& typed) {
                     if (typed.empty()) return;
                     const std::optional<std::int64_t> node = to_integer(typed);
                     if (!node || *node < 0 || *node > *last) {
                       answered.session.say("invalid node");
                       return;
                     }
                     answered.window().numa_node = static_cast<int>(*node);
                     answered.window().cpus_in_one = true;
                     answered.window().numa_nodes = true;
                   });
}

void cycle_abreast(Turn& turn) {
  Window& window = turn.window();
  if (window.cpus_in_one) {
    window.cpus_in_one = false;
    window.cpus_abreast = 1;
  } else {
    window.cpus_abreast = window.cpus_abreast >= kMostAbreast ? 0 : window.cpus_abreast + 1;
  }
}

// All with their types, the fast ones, the efficient ones, and all without.
void cycle_core_types(Turn& turn) {
  constexpr int kWays = 4;
  Window& window = turn.window();
  if (!shows_each_cpu(window) || window.combine_cpus != 0) return;
  const auto places = turn.shown.cpu_places();
  const bool told = std::any_of(places.begin(), places.end(), [](const cv_cpu_place& place) {
    return place.core_type != CV_CORE_UNKNOWN;
  });
  if (told) window.core_types = (window.core_types + 1) % kWays;
}

void toggle_cores(Turn& turn) {
  Window& window = turn.window();
  if (!shows_each_cpu(window) || window.combine_cpus != 0) return;
  const auto places = turn.shown.cpu_places();
  const bool has_threads = std::any_of(places.begin(), places.end(), [](const cv_cpu_place& place) {
    return (place.valid & CV_CPU_PLACE_CORE) != 0 && place.core != place.cpu;
  });
  if (!has_threads) {
    turn.session.say("Each cpu is a core of its own");
    return;
  }
  window.cores_vs_cpus = 1 - window.cores_vs_cpus;
}

void cycle_combined(Turn& turn) {
  Window& window = turn.window();
  const auto cpus = static_cast<int>(turn.shown.cpu_count());
  if (cpus == 1) {
    turn.session.say("Only 1 cpu detected");
    return;
  }
  window.cpus_in_one = false;
  const int more = window.combine_cpus == 0 ? 1 : window.combine_cpus * 2;
  window.combine_cpus = cpus != 0 && more >= cpus ? 0 : more;
}

void cycle_summary_unit(Turn& turn) {
  turn.settings.summary_unit = (turn.settings.summary_unit + 1) % kSummaryUnits;
}

void toggle_irix(Turn& turn) {
  turn.settings.irix = !turn.settings.irix;
  turn.session.say(turn.settings.irix ? "Irix mode On" : "Irix mode Off");
}

}  // namespace cvtools::top
