// SPDX-License-Identifier: Apache-2.0
#include "base/saturate.hpp"
#include "cgroup/path.hpp"
#include "kernel/cgroup_files.hpp"
#include "kernel/machine.hpp"
#include "kernel/proc_pid_stat.hpp"
#include "snapshot/reader.hpp"
#include "snapshot/sampler.hpp"

namespace cv {
namespace {

using QuotaLimit = LevelLimit<CpuQuota>;

QuotaLimit read_quota_v2(Reader& reader, const std::string& dir) {
  return reader.limit<CpuQuota>(dir + "/cpu.max", parse_cpu_max,
                                [](const CpuQuota& quota) { return quota; });
}

QuotaLimit read_quota_v1(Reader& reader, const std::string& dir) {
  const std::string quota_path = dir + "/cpu.cfs_quota_us";
  const auto quota = read_parsed(reader.root(), quota_path, parse_cfs_quota);
  if (!quota) {
    reader.note(quota.error());
    return {quota.error().absent() ? QuotaLimit::State::kAbsent : QuotaLimit::State::kUnknown, {}};
  }
  if (!*quota) return {QuotaLimit::State::kUnlimited, {}};
  const std::string period_path = dir + "/cpu.cfs_period_us";
  auto period = read_parsed(reader.root(), period_path, parse_cfs_period);
  if (!period) {
    // A quota without its period is half a limit: report that, also when the file is merely
    // missing.
    if (period.error().absent()) period.error().kind = ErrorKind::kMalformed;
    reader.note(period.error());
    return {QuotaLimit::State::kUnknown, {}};
  }
  return {QuotaLimit::State::kLimited, CpuQuota{true, **quota, *period}};
}

// The nearest level that names CPUs: an own cpuset that is empty inherits its parent's.
void read_cpuset(const Target& target, Reader& reader, CpuSample& cpu) {
  const Location* location = target.placement()->find(Controller::kCpuset);
  if (location == nullptr) return;
  const auto names = location->is_v2 ? std::array{"/cpuset.cpus.effective", "/cpuset.cpus"}
                                     : std::array{"/cpuset.effective_cpus", "/cpuset.cpus"};
  for (const std::string& dir : level_dirs(*location)) {
    for (const char* name : names) {
      const auto list = read_parsed(reader.root(), dir + name, CpuList::parse);
      if (!list && list.error().absent()) continue;
      if (!list) {
        reader.note(list.error());
        return;
      }
      if (list->empty()) continue;
      cpu.cpuset = *list;
      cpu.cpuset_dir = dir;
      return;
    }
  }
}

// Online CPUs; where /sys is not mounted, as many as /proc/stat has lines for.
void read_online(Reader& machine, CpuSample& cpu) {
  cpu.online = machine.value("/sys/devices/system/cpu/online", CpuList::parse);
  if (cpu.online && !cpu.online->empty()) return;
  cpu.online.reset();
  if (!cpu.host) cpu.host = machine.value("/proc/stat", parse_proc_stat);
  if (cpu.host && cpu.host->cpu_count != 0)
    if (auto list = CpuList::parse("0-" + std::to_string(cpu.host->cpu_count - 1)))
      cpu.online = *list;
}

// The CPUs that the process may use. Its status file lists those that are offline too.
void read_affinity(const Target& target, Reader& machine, CpuSample& cpu) {
  if (machine.root().live() && !target.reads()) {
    cpu.affinity = machine_affinity(target.options().pid);
    return;
  }
  // A tree, or what is to become one.
  cpu.affinity = machine.value(target.proc_dir() + "/status", parse_affinity);
  if (!cpu.online) read_online(machine, cpu);
  if (cpu.affinity && cpu.online && !target.mounts().lxcfs_cpus)
    cpu.affinity = cpu.affinity->within(*cpu.online);
}

// The quota of each level, and the smallest.
void read_quota(const Target& target, Reader& reader, CpuSample& cpu) {
  cpu.quota_unknown_here = (*target.placement())[Controller::kCpu].hidden;
  const Location* location = target.placement()->find(Controller::kCpu);
  if (location == nullptr || !cpu.levels.empty()) return;
  for (const std::string& dir : level_dirs(*location))
    cpu.levels.push_back(
        {dir, location->is_v2 ? read_quota_v2(reader, dir) : read_quota_v1(reader, dir)});
  cpu.quota = effective_cpu_quota(cpu.levels);
}

CpuCounters read_counters_v2(Reader& reader, const std::string& dir) {
  CpuCounters counters;
  counters.dir = dir;
  counters.inode = reader.root().cgroup_inode(dir);
  counters.stat = reader.keyed(dir + "/cpu.stat", parse_cpu_stat).value_or(CpuStat{});
  if (counters.stat.usage_usec)
    counters.usage_nsec = saturating_mul(*counters.stat.usage_usec, 1000);
  return counters;
}

// `cpu_dir` for throttling, `acct_dir` for usage: two hierarchies, or one.
CpuCounters read_counters_v1(Reader& reader, const std::string& cpu_dir,
                             const std::optional<std::string>& acct_dir) {
  CpuCounters counters;
  counters.dir = acct_dir.value_or(cpu_dir);
  counters.inode = reader.root().cgroup_inode(counters.dir);
  counters.stat = reader.keyed(cpu_dir + "/cpu.stat", parse_cpu_stat).value_or(CpuStat{});
  if (acct_dir) {
    counters.usage_nsec = reader.value(*acct_dir + "/cpuacct.usage", parse_number);
    counters.ticks =
        reader.keyed(*acct_dir + "/cpuacct.stat", parse_cpuacct_stat).value_or(CpuacctStat{});
  }
  return counters;
}

void read_usage(const Target& target, const Location& location, Reader& reader, CpuSample& cpu) {
  const auto boundary = target.scope()->dir(*target.placement(), Controller::kCpu);
  if (!boundary) return;
  const std::size_t shown = shown_level(cpu.levels, boundary, cpu.quota.level);
  const std::size_t binder = cpu.quota.level.value_or(shown);

  const auto counters_of = [&](std::size_t level) {
    const std::string& dir = cpu.levels[level].dir;
    if (location.is_v2) return read_counters_v2(reader, dir);
    // The same cgroup in the cpuacct hierarchy, by its path.
    const Location* acct = target.placement()->find(Controller::kCpuacct);
    std::optional<std::string> acct_dir;
    if (acct != nullptr) {
      const std::string_view own = std::string_view(dir).substr(location.mount_point.size());
      if (const auto below = acct->below_of(path_from(location.mount_root, own)))
        acct_dir = acct->mount_point + *below;
    }
    return read_counters_v1(reader, dir, acct_dir);
  };
  cpu.usage = counters_of(shown);
  cpu.throttle = binder == shown ? cpu.usage : counters_of(binder);
  if (location.is_v2) {
    const auto local = reader.keyed(*boundary + "/cpu.stat.local", parse_cpu_stat);
    if (local) cpu.local_throttled_usec = local->throttled_usec;
  }
}

}  // namespace

void sample_cpu(const Target& target, Snapshot& snapshot) {
  CpuSample& cpu = snapshot.cpu;
  const bool limits = snapshot.has(kSampleLimits);
  Reader machine(target.machine(), snapshot.problems);
  Reader reader(target.cgroup_root(), snapshot.problems);
  const bool container = target.scope()->is_container;

  if (!container && snapshot.has(kSampleCpu))
    // Each CPU's line is of the same instant as that of all.
    cpu.host = machine.value("/proc/stat", [&](std::string_view text) {
      if (snapshot.has(kSamplePerCpu)) snapshot.per_cpu.host = parse_cpu_lines(text);
      return parse_proc_stat(text);
    });
  read_online(machine, cpu);
  if (limits) read_affinity(target, machine, cpu);
  if (!container && !limits) return;

  read_cpuset(target, reader, cpu);
  read_quota(target, reader, cpu);
  const Location* location = target.placement()->find(Controller::kCpu);
  if (location != nullptr && container && snapshot.has(kSampleCpu))
    read_usage(target, *location, reader, cpu);
}

void sample_cpus(const Target& target, Snapshot& snapshot) {
  CpuSample& cpu = snapshot.cpu;
  Reader machine(target.machine(), snapshot.problems);
  Reader reader(target.cgroup_root(), snapshot.problems);
  const bool of_cgroup = !target.options().cgroup.empty();  // then there is no process
  const bool details = snapshot.has(kSampleCpusDetails);

  if (details) cpu.installed = machine.value("/sys/devices/system/cpu/possible", CpuList::parse);
  if ((details || of_cgroup) && !cpu.online) read_online(machine, cpu);
  if ((details || of_cgroup) && !cpu.cpuset) read_cpuset(target, reader, cpu);
  if (!of_cgroup && !cpu.affinity) read_affinity(target, machine, cpu);
  read_quota(target, reader, cpu);
  if (of_cgroup || !cpu.quota.limited()) return;
  const auto real_time = machine.value(target.proc_dir() + "/stat", parse_is_real_time);
  cpu.quota_exempt = real_time.value_or(false);
}

void sample_cpu_time(const Target& target, Snapshot& snapshot) {
  const Placement& placement = *target.placement();
  Reader reader(target.cgroup_root(), snapshot.problems);
  const auto dir = target.scope()->dir(placement, Controller::kCpuacct);
  if (!dir) return;
  if (placement.find(Controller::kCpuacct)->is_v2) {
    snapshot.cpu.usage = read_counters_v2(reader, *dir);
    return;
  }
  CpuCounters counters;
  counters.dir = *dir;
  counters.usage_nsec = reader.value(*dir + "/cpuacct.usage", parse_number);
  snapshot.cpu.usage = std::move(counters);
}

}  // namespace cv
