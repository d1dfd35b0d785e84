// SPDX-License-Identifier: Apache-2.0
// What each CPU did: the machine's counters on the host, cpuacct's on v1. v2 does not count by CPU.
#include "kernel/cgroup_files.hpp"
#include "snapshot/reader.hpp"
#include "snapshot/sampler.hpp"

namespace cv {

void sample_per_cpu(const Target& target, Snapshot& snapshot) {
  PerCpuSample& out = snapshot.per_cpu;
  if (!target.scope()->is_container) {
    for (const CpuLine& line : out.host) out.cpus.push_back(line.cpu);
    return;
  }
  const std::optional<CpuList>& cpuset = snapshot.cpu.cpuset;
  if (snapshot.cpu.online)
    snapshot.cpu.online->for_each([&](std::uint32_t cpu) {
      if (!cpuset || cpuset->contains(cpu)) out.cpus.push_back(cpu);
    });
  const Location* location = target.placement()->find(Controller::kCpuacct);
  if (location == nullptr || location->is_v2) return;
  const auto dir = target.scope()->dir(*target.placement(), Controller::kCpuacct);
  if (!dir) return;
  out.dir = *dir;
  Reader reader(target.cgroup_root(), snapshot.problems);
  out.user_nsec = reader.value(*dir + "/cpuacct.usage_percpu_user", parse_numbers);
  out.system_nsec = reader.value(*dir + "/cpuacct.usage_percpu_sys", parse_numbers);
}

}  // namespace cv
