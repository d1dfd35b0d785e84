// SPDX-License-Identifier: Apache-2.0
#include "view/limits.hpp"

#include <algorithm>
#include <cmath>

namespace cv {
namespace {

// Quotas can be absurd (2^63 microseconds); no machine has more CPUs than this.
constexpr double kMaxCpus = 1e6;

std::uint32_t to_count(double cpus) {
  return static_cast<std::uint32_t>(std::clamp(cpus, 1.0, kMaxCpus));
}

}  // namespace

std::optional<double> effective_cpus(const CpuSample& cpu) {
  if (cpu.quota_unknown_here || cpu.quota.unknown()) return std::nullopt;
  std::optional<double> cpus;
  const auto cap = [&](double value) { cpus = std::min(cpus.value_or(value), value); };
  if (cpu.online) cap(cpu.online->count());
  if (cpu.cpuset) cap(cpu.cpuset->count());
  if (cpu.quota.limited()) cap(cpu.quota.value.cpus());
  return cpus;
}

Figure<double> derive_cpu_capacity(const Snapshot& snapshot) {
  const CpuSample& cpu = snapshot.cpu;
  const auto online =
      cpu.online ? std::optional<double>(cpu.online->count()) : std::optional<double>{};
  if (!snapshot.scope->is_container) return Figure<double>::of(online);
  // A v2 cgroup whose cpu controller was not handed down has no cpu.max, at any level that we see.
  const bool quota_seen = cpu.quota_unknown_here ||
                          std::any_of(cpu.levels.begin(), cpu.levels.end(),
                                      [](const auto& level) { return !level.quota.absent(); });
  if (!quota_seen && !cpu.cpuset) return Figure<double>::of(online, Quality::kHost);
  return Figure<double>::of(effective_cpus(cpu));
}

std::optional<std::uint32_t> whole_cpus(const CpuSample& cpu) {
  auto cpus = effective_cpus(cpu);
  if (!cpus) return std::nullopt;
  if (cpu.affinity && !cpu.affinity->empty()) cpus = std::min<double>(*cpus, cpu.affinity->count());
  return to_count(std::ceil(*cpus));
}

CpusView derive_cpus(const Snapshot& snapshot) {
  const CpuSample& cpu = snapshot.cpu;
  const auto count = [](const std::optional<CpuList>& list) {
    return Figure<std::uint32_t>::of(list && !list->empty() ? std::optional(list->count())
                                                            : std::nullopt);
  };
  CpusView view{
      count(cpu.installed), count(cpu.online), count(cpu.cpuset), count(cpu.affinity), {}};
  // A cgroup that is looked at without a process has no affinity.
  for (const auto& allowed : {view.affinity, view.cpuset, view.online}) {
    if (!allowed.value) continue;
    view.usable = Figure<double>::of(*allowed.value);
    break;
  }
  if (!view.usable.value || cpu.quota_exempt) return view;
  if (cpu.quota.limited())
    *view.usable.value = std::min(*view.usable.value, cpu.quota.value.cpus());
  if (cpu.quota_unknown_here || cpu.quota.unknown()) view.usable.quality = Quality::kEstimated;
  return view;
}

std::optional<RuntimeCpus> runtime_cpus(const Snapshot& snapshot) {
  const CpuSample& cpu = snapshot.cpu;
  if (cpu.quota_unknown_here || cpu.quota.unknown()) return std::nullopt;
  const auto& allowed = cpu.affinity && !cpu.affinity->empty() ? cpu.affinity : cpu.online;
  if (!allowed) return std::nullopt;
  const double threads = allowed->count();
  const auto within = [&](double cpus) { return to_count(std::min(threads, cpus)); };

  RuntimeCpus runtimes;
  const std::uint32_t all = within(threads);
  runtimes = {all, all, all, all, all, all};
  const Location* location = snapshot.placement->find(Controller::kCpu);
  if (location == nullptr) return runtimes;
  if (cpu.quota.limited()) {
    // These look at all ancestors.
    const double quota = cpu.quota.value.cpus();
    runtimes.java = within(std::ceil(quota));
    runtimes.rust = within(std::floor(quota));
    if (location->is_v2) runtimes.nproc = within(std::floor(quota + 0.5));
  }
  const LevelLimit<CpuQuota>& own = cpu.levels.front().quota;
  if (own.limited()) {
    // These look at the process's own cgroup only.
    const double quota = own.value.cpus();
    runtimes.go = within(std::max(2.0, std::ceil(quota)));
    runtimes.dotnet = within(std::ceil(quota));
    // automaxprocs wants v2 at its usual place, and does not look at the affinity.
    if (!location->is_v2 || location->mount_point == "/sys/fs/cgroup")
      runtimes.automaxprocs = to_count(std::floor(quota));
  }
  return runtimes;
}

}  // namespace cv
