// SPDX-License-Identifier: Apache-2.0
// Which CPUs are one core, which cores one node, and of which kind they are. The machine's own: no
// container has others.
#include <algorithm>
#include <string>
#include <string_view>

#include "kernel/cpu_list.hpp"
#include "snapshot/reader.hpp"
#include "snapshot/sampler.hpp"

namespace cv {
namespace {

std::string cpus(std::string_view file) {
  return std::string("/sys/devices/system/cpu").append(file);
}
std::string nodes(std::string_view file) {
  return std::string("/sys/devices/system/node").append(file);
}

// No machine has more; a list may name any number.
constexpr std::uint32_t kMostCpus = 8192, kMostNodes = 1024;

void find_nodes(Reader& machine, std::vector<CpuPlace>& places) {
  const auto online = machine.value(nodes("/online"), CpuList::parse);
  if (!online || online->count() > kMostNodes) return;
  online->for_each([&](std::uint32_t node) {
    const auto members =
        machine.value(nodes("/node" + std::to_string(node) + "/cpulist"), CpuList::parse);
    if (!members) return;
    for (CpuPlace& place : places)
      if (members->contains(place.cpu)) place.node = node;
  });
}

// The siblings of one thread of a core tell of the others.
void find_cores(Reader& machine, std::vector<CpuPlace>& places) {
  for (CpuPlace& place : places) {
    if (place.core) continue;
    const auto siblings =
        machine.value(cpus("/cpu" + std::to_string(place.cpu) + "/topology/thread_siblings_list"),
                      CpuList::parse);
    if (!siblings || siblings->empty()) continue;
    for (CpuPlace& other : places)
      if (siblings->contains(other.cpu)) other.core = place.cpu;
  }
}

// Intel's hybrid processors tell by their performance counters. On others, as classic top has it,
// of cores of two kinds those with several threads are the fast ones.
void find_types(Reader& machine, std::vector<CpuPlace>& places) {
  const auto fast = machine.value("/sys/devices/cpu_core/cpus", CpuList::parse);
  const auto slow = machine.value("/sys/devices/cpu_atom/cpus", CpuList::parse);
  if (fast && slow) {
    for (CpuPlace& place : places) {
      if (fast->contains(place.cpu)) place.type = CoreType::kPerformance;
      if (slow->contains(place.cpu)) place.type = CoreType::kEfficient;
    }
    return;
  }
  const auto threads = [&](const CpuPlace& of) {
    return std::count_if(places.begin(), places.end(),
                         [&](const CpuPlace& place) { return place.core == of.core; });
  };
  for (CpuPlace& place : places)
    if (place.core) place.type = threads(place) > 1 ? CoreType::kPerformance : CoreType::kEfficient;
  const auto same = [&](const CpuPlace& place) { return place.type == places.front().type; };
  if (std::all_of(places.begin(), places.end(), same))
    for (CpuPlace& place : places) place.type = CoreType::kUnknown;
}

}  // namespace

void sample_cpu_places(const Target& target, Snapshot& snapshot) {
  Reader machine(target.machine(), snapshot.problems);
  const auto online = machine.value(cpus("/online"), CpuList::parse);
  if (!online || online->count() > kMostCpus) return;
  std::vector<CpuPlace>& places = snapshot.cpu_places;
  online->for_each([&](std::uint32_t cpu) { places.emplace_back().cpu = cpu; });
  find_nodes(machine, places);
  find_cores(machine, places);
  find_types(machine, places);
}

}  // namespace cv
