// SPDX-License-Identifier: Apache-2.0
#include "kernel/machine.hpp"

#include <sys/sysinfo.h>

#include "base/saturate.hpp"

namespace cv {

std::optional<MachineMemory> machine_memory() {
  struct sysinfo info {};
  if (sysinfo(&info) != 0) return std::nullopt;
  const auto bytes = [&](unsigned long units) { return saturating_mul(units, info.mem_unit); };
  return MachineMemory{bytes(info.totalram), bytes(info.freeram), bytes(info.totalswap),
                       bytes(info.freeswap)};
}

}  // namespace cv
