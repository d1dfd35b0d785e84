// SPDX-License-Identifier: Apache-2.0
#include "kernel/machine.hpp"

#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/saturate.hpp"

namespace cv {

std::optional<MachineMemory> machine_memory() {
  struct sysinfo info {};
  if (sysinfo(&info) != 0) return std::nullopt;
  const auto bytes = [&](unsigned long units) { return saturating_mul(units, info.mem_unit); };
  return MachineMemory{bytes(info.totalram), bytes(info.freeram), bytes(info.totalswap),
                       bytes(info.freeswap)};
}

std::uint64_t machine_page_bytes() { return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)); }

std::optional<CpuList> machine_affinity(std::int32_t pid) {
  // The kernel refuses a mask that is smaller than its own, and tells no size.
  constexpr std::size_t kMostCpus = std::size_t{1} << 20;
  for (std::size_t cpus = CPU_SETSIZE; cpus <= kMostCpus; cpus *= 2) {
    std::vector<cpu_set_t> mask(cpus / CPU_SETSIZE);
    const std::size_t size = mask.size() * sizeof(cpu_set_t);
    if (sched_getaffinity(pid, size, mask.data()) == 0) {
      CpuList list;
      for (std::uint32_t cpu = 0; cpu < cpus; ++cpu)
        if (CPU_ISSET_S(cpu, size, mask.data())) list.append(cpu);
      return list;
    }
    if (errno != EINVAL) return std::nullopt;
  }
  return std::nullopt;
}

MachineName machine_name() {
  utsname name{};
  if (uname(&name) != 0) return {};
  return {name.sysname, name.nodename, name.release, name.machine};
}

}  // namespace cv
