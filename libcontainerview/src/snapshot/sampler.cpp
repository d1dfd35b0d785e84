// SPDX-License-Identifier: Apache-2.0
#include "snapshot/sampler.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "kernel/proc_mountinfo.hpp"
#include "kernel/proc_stat.hpp"
#include "kernel/users.hpp"
#include "snapshot/reader.hpp"

namespace cv {
namespace {

// A captured tree stands still: its own /proc/uptime and boot time tell when it was. A live machine
// that is mounted elsewhere (/host) ticks there just as here.
Instant time_of(const Sysroot& root) {
  Instant now = clock_now();
  if (root.live()) return now;
  now.boottime_nsec.reset();
  const auto uptime = read_parsed(root, "/proc/uptime", parse_proc_uptime);
  const auto stat = read_parsed(root, "/proc/stat", parse_proc_stat);
  if (!uptime) return now;
  now.boottime_nsec = static_cast<std::int64_t>(*uptime * 1e9);
  constexpr double kMostSec = 9e9;  // as parse_proc_uptime: of both together too
  if (stat && stat->btime_sec && static_cast<double>(*stat->btime_sec) + *uptime < kMostSec)
    now.realtime_nsec =
        static_cast<std::int64_t>(*stat->btime_sec) * kNsecPerSec + *now.boottime_nsec;
  return now;
}

// "docker", "podman", ... and the id: by the cgroup's name, the engine's mounts, or systemd's word.
std::optional<EngineCgroup> identify_engine(const Target& target) {
  const Scope& scope = *target.scope();
  if (!scope.is_container) return std::nullopt;
  for (const Controller c : kControllers) {
    const Location* location = target.placement()->find(c);
    if (location == nullptr) continue;
    for (const std::string& path : {location->path, location->mount_root, scope.path})
      if (auto engine = engine_of_path(path)) return engine;
  }
  if (auto text = target.machine().read(target.proc_dir() + "/mountinfo"))
    if (auto engine = engine_of_mounts(parse_mountinfo(*text).value)) return engine;
  // The first is from systemd as the container's init, the other from nspawn for any init.
  for (const std::string_view path : {"/run/systemd/container", "/run/host/container-manager"}) {
    const auto text = target.process_root().read(path);
    if (!text) continue;
    const std::string_view name = trim(*text);
    return EngineCgroup{{}, std::string(name == "systemd-nspawn" ? "nspawn" : name), {}};
  }
  return std::nullopt;
}

}  // namespace

Result<Snapshot> Sampler::sample(std::uint32_t what) {
  Result<Snapshot> result;
  Snapshot& snapshot = *result;  // filled in place: it is a page of the stack
  // A load estimate needs the container's age.
  if ((what & kSampleLoad) != 0) what |= kSampleUptime;
  if ((what & kSampleMemoryDetails) != 0) what |= kSampleMemory;
  if ((what & kSamplePressure) != 0) what |= kSampleIoPressure;
  if ((what & kSampleCpusDetails) != 0) what |= kSampleCpus;
  // Swapping is told by the memory's counters, and "since the start" needs the age.
  if ((what & kSampleActivity) != 0) what |= kSampleMemory | kSampleUptime;
  if ((what & kSamplePerCpu) != 0) what |= kSampleCpu;
  if ((what & kSampleDiskLimits) != 0) what |= kSampleDisks;
  snapshot.what = what;
  snapshot.cache_used_pct = target_.options().cache_used_pct;
  snapshot.time = time_of(target_.machine());
  if (auto refreshed = target_.refresh(snapshot.problems); !refreshed)
    return tl::make_unexpected(std::move(refreshed.error()));
  snapshot.placement = target_.placement();
  snapshot.scope = target_.scope();
  snapshot.reads = target_.reads();
  // A container's paging is its I/O, and its waiting for it is its pressure.
  if ((what & kSampleActivity) != 0 && target_.scope()->is_container)
    what = snapshot.what |= kSampleDisks | kSampleIoPressure;

  if ((what & (kSampleMemory | kSampleLimits)) != 0) sample_memory(target_, snapshot);
  if ((what & (kSampleCpu | kSampleLimits)) != 0)
    sample_cpu(target_, snapshot);
  else if ((what & kSampleLoad) != 0)
    sample_cpu_time(target_, snapshot);
  if ((what & kSamplePerCpu) != 0) sample_per_cpu(target_, snapshot);
  if ((what & kSampleCpuPlaces) != 0) sample_cpu_places(target_, snapshot);
  if ((what & kSampleCpus) != 0) sample_cpus(target_, snapshot);
  if ((what & (kSamplePids | kSampleLimits)) != 0) sample_pids(target_, snapshot);
  if ((what & (kSamplePressure | kSampleIoPressure)) != 0) sample_pressure(target_, snapshot);
  if ((what & kSampleUptime) != 0) sample_uptime(target_, snapshot);
  if ((what & kSampleUsers) != 0) sample_users(target_, snapshot);
  if ((what & kSampleLoad) != 0) sample_load(target_, snapshot);
  if ((what & kSampleDisks) != 0) sample_disks(target_, snapshot);
  if ((what & kSampleMachine) != 0) sample_machine(target_, snapshot);
  if ((what & kSampleActivity) != 0) sample_activity(target_, snapshot);
  if ((what & kSampleSlabs) != 0) sample_slabs(target_, snapshot);
  if ((what & kSampleLimits) != 0) snapshot.engine = identify_engine(target_);
  snapshot.enabled = target_.controllers((what & kSampleLimits) != 0);

  // The same file may have been in the way of several figures.
  auto& problems = snapshot.problems;
  auto end = problems.end();
  for (auto at = problems.begin(); at != end; ++at)
    end = std::remove(at + 1, end, std::string(*at));
  problems.erase(end, problems.end());
  return result;
}

void sample_pids(const Target& target, Snapshot& snapshot) {
  const Location* location = target.placement()->find(Controller::kPids);
  if (location == nullptr) return;
  if (!target.scope()->is_container && !snapshot.has(kSampleLimits)) return;
  Reader reader(target.cgroup_root(), snapshot.problems);
  PidsSample& pids = snapshot.pids;
  for (const std::string& dir : level_dirs(*location))
    pids.levels.push_back({dir, reader.bytes_limit(dir + "/pids.max", parse_max)});
  pids.limit = effective_pids_limit(pids.levels);
  const auto boundary = target.scope()->dir(*target.placement(), Controller::kPids);
  const std::size_t shown = shown_level(pids.levels, boundary, pids.limit.level);
  pids.current = reader.value(pids.levels[shown].dir + "/pids.current", parse_number);
}

void sample_pressure(const Target& target, Snapshot& snapshot) {
  // io.pressure alone is for a container's share of iowait; the machine's is in /proc/stat.
  if (!target.scope()->is_container && !snapshot.has(kSamplePressure)) return;
  Reader reader(target.cgroup_root(), snapshot.problems);
  PressureSample& pressure = snapshot.pressure;
  std::string directory = "/proc/pressure";
  std::string suffix;
  if (target.scope()->is_container) {
    const auto dir = target.scope()->dir(*target.placement(), Controller::kUnified);
    if (!dir) return;
    directory = *dir;
    suffix = ".pressure";
  }
  if (snapshot.has(kSamplePressure)) {
    pressure.cpu = reader.value(directory + "/cpu" + suffix, parse_pressure);
    pressure.memory = reader.value(directory + "/memory" + suffix, parse_pressure);
  }
  pressure.io = reader.value(directory + "/io" + suffix, parse_pressure);
}

void sample_cpu_pressure(const Target& target, Snapshot& snapshot) {
  const auto dir = target.scope()->dir(*target.placement(), Controller::kUnified);
  if (!dir) return;
  Reader reader(target.cgroup_root(), snapshot.problems);
  snapshot.pressure.cpu = reader.value(*dir + "/cpu.pressure", parse_pressure);
}

void sample_users(const Target& target, Snapshot& snapshot) {
  const Sysroot& root = target.process_root();
  constexpr std::string_view kSessions = "/run/systemd/sessions";
  // The directory may be a hostile container's: it must not keep us busy.
  constexpr std::size_t kMostSessions = 10'000;
  constexpr std::size_t kMostBytes = 65'536;
  std::uint64_t users = 0;
  if (const auto sessions = root.list(kSessions, kMostSessions + 1)) {
    if (sessions->size() > kMostSessions) {
      snapshot.problems.push_back(std::string(kSessions) + ": too many sessions to count");
      return;
    }
    for (const std::string& name : *sessions) {
      if (name.ends_with(".ref")) continue;  // a pipe that keeps the session alive
      const auto text = root.read(std::string(kSessions) + "/" + name, kMostBytes);
      if (text && is_user_session(*text)) ++users;
    }
    snapshot.users = users;
    return;
  }
  for (const std::string_view path : {"/run/utmp", "/var/run/utmp"}) {
    const auto records = root.read(path);
    if (!records) {
      if (records.error().absent()) continue;
      snapshot.problems.push_back(records.error().message());
      return;
    }
    snapshot.users = count_utmp_users(*records);
    return;
  }
  snapshot.users = 0;  // no login records are kept here, so nobody has logged in
}

// The names are those of the reader's own UTS namespace. A captured tree tells all but the
// architecture.
void sample_machine(const Target& target, Snapshot& snapshot) {
  const Sysroot& root = target.machine();
  MachineSample& machine = snapshot.machine;
  machine.name = machine_name();
  if (!root.live()) {
    const auto text = [&](std::string_view name) {
      const auto read = root.read(std::string("/proc/sys/kernel/").append(name));
      return read ? std::string(trim(*read)) : std::string("unknown");
    };
    machine.name.sysname = "Linux";
    machine.name.nodename = text("hostname");
    machine.name.release = text("osrelease");
  }
  // They only stand in for the container's own, where those are unknown: not worth a file.
  if (target.scope()->is_container && snapshot.cpu.online) {
    machine.cpus = snapshot.cpu.online->count();
    return;
  }
  Reader reader(root, snapshot.problems);
  if (const auto present = reader.value("/sys/devices/system/cpu/present", CpuList::parse))
    machine.cpus = present->count();
  else if (const auto stat = reader.value("/proc/stat", parse_proc_stat))
    machine.cpus = stat->cpu_count;
}

void sample_slabs(const Target& target, Snapshot& snapshot) {
  Reader reader(target.machine(), snapshot.problems);
  if (auto slabs = reader.keyed("/proc/slabinfo", parse_slabinfo, Reader::Presence::kRequired))
    snapshot.slabs = std::move(*slabs);
}

}  // namespace cv
