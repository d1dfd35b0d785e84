// SPDX-License-Identifier: Apache-2.0
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

// The container's share of a node is not known.
void toggle_numa_nodes(Turn& turn) { turn.session.say("sorry, NUMA extensions unavailable"); }
void expand_numa_node(Turn& turn) { toggle_numa_nodes(turn); }

void cycle_abreast(Turn& turn) {
  Window& window = turn.window();
  if (window.cpus_in_one) {
    window.cpus_in_one = false;
    window.cpus_abreast = 1;
  } else {
    window.cpus_abreast = window.cpus_abreast >= kMostAbreast ? 0 : window.cpus_abreast + 1;
  }
}

void cycle_core_types(Turn& turn) { turn.session.say("sorry, types of cores are not told apart"); }
void toggle_cores(Turn& turn) { turn.session.say("sorry, cores and threads are not told apart"); }

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
