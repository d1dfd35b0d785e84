// SPDX-License-Identifier: Apache-2.0
#include <ctime>

#include "load/estimate.hpp"
#include "view/explain_keys.hpp"
#include "view/limits.hpp"
#include "view/uptime.hpp"

namespace cv {
namespace {

using Count = Figure<std::uint64_t>;

std::string cpus_text(const std::optional<CpuList>& list) {
  return list ? std::to_string(list->count()) + " (" + list->to_string() + ")" : "unknown";
}

// "2026-11-22T22:10:00Z"
std::string utc_text(std::int64_t realtime_nsec) {
  const std::time_t seconds = realtime_nsec / kNsecPerSec;
  std::tm utc{};
  char text[32] = "unknown";
  if (gmtime_r(&seconds, &utc) != nullptr) std::strftime(text, sizeof text, "%FT%TZ", &utc);
  return text;
}

void quota_inputs(Explainer& out) {
  const CpuSample& cpu = out.snapshot().cpu;
  for (const CpuLevel& level : cpu.levels) {
    const std::string value = level.quota.limited()
                                  ? number_text(level.quota.value.cpus()) + " CPUs"
                              : level.quota.unknown() ? "unknown"
                                                      : "no quota";
    out.input(level.dir + "/cpu.max", value);
    out.input(level.dir + "/cpu.cfs_quota_us", value);
    out.input(level.dir + "/cpu.cfs_period_us", value);
  }
}

std::string quota_text(const CpuSample& cpu) {
  if (cpu.quota_unknown_here || cpu.quota.unknown()) return "unknown";
  if (!cpu.quota.limited()) return "none";
  const CpuQuota& quota = cpu.quota.value;
  return number_text(quota.quota_usec) + " us / " + number_text(quota.period_usec) +
         " us = " + number_text(quota.cpus()) + " set by " + cpu.levels[*cpu.quota.level].dir;
}

void note_doubts(Explainer& out, std::uint32_t doubts) {
  if ((doubts & kDoubtChange) != 0)
    out.note("less certain: the threads do something else now than they did on average");
  if ((doubts & kDoubtEnded) != 0)
    out.note(
        "less certain: threads that have ended did much of it, and how they waited is not "
        "known");
  if ((doubts & kDoubtUninterruptible) != 0)
    out.note("less certain: how long threads have been in uninterruptible sleep is not known");
  if ((doubts & kDoubtStates) != 0)
    out.note("less certain: no schedstat, so threads count by their state now");
}

void explain_average(Explainer& out, Figure<double> LoadView::*average, int minutes) {
  const Snapshot& snapshot = out.snapshot();
  const LoadView view = derive_load(snapshot);
  out.figure(view.*average);
  if (view.source == LoadSource::kHost) {
    out.input("/proc/loadavg", number_text((view.*average).value.value_or(0)));
    out.formula("the kernel's own average over " + std::to_string(minutes) + " min");
    return;
  }
  if (view.source == LoadSource::kSampler) {
    const History& history = *snapshot.load.history;
    out.formula("mean of the load that a sampler recorded in " + snapshot.load.history_path +
                ", damped over " + std::to_string(minutes) + " min and divided by the weight of " +
                number_text(history.head.age_sec) + " s that it rests on");
    out.note(std::to_string(history.samples.size()) + " samples, the last one " +
             number_text(history.samples.empty() ? 0.0 : double{history.samples.back().mean_load}));
    return;
  }
  out.formula(
      "sum over " + std::to_string(snapshot.load.threads.size()) +
      " living threads of runnable time / age, weighted 1 - e^(-age / " + std::to_string(minutes) +
      " min), over the container's own weight; + CPU time of ended threads / the container's "
      "age; + threads in uninterruptible sleep now");
  if (snapshot.load.truncated)
    out.note("of " + std::to_string(snapshot.load.thread_count) +
             " threads an even sample was read, to answer at once");
  out.note("no sampler runs here: an estimate from one look");
  note_doubts(out, view.doubts);
}

}  // namespace

void explain_cpu_quota(Explainer& out) {
  const CpuSample& cpu = out.snapshot().cpu;
  const bool unknown = cpu.quota_unknown_here || cpu.quota.unknown();
  if (!unknown && cpu.quota.limited()) out.figure(Figure<double>::of(cpu.quota.value.cpus()));
  if (!unknown && !cpu.quota.limited()) out.text_figure("unlimited", Quality::kExact);
  quota_inputs(out);
  out.formula("smallest quota / period over the cgroup and its ancestors: " + quota_text(cpu));
  note_limits_above(out);
}

void explain_effective_cpus(Explainer& out) {
  const CpuSample& cpu = out.snapshot().cpu;
  const auto effective = effective_cpus(cpu);
  // As `info` has it: the machine's where no cpu controller was handed down.
  out.figure(Figure<double>::of(effective, derive_cpu_capacity(out.snapshot()).quality));
  quota_inputs(out);
  if (cpu.cpuset) {
    for (const char* name : {"/cpuset.cpus.effective", "/cpuset.effective_cpus", "/cpuset.cpus"})
      out.input(cpu.cpuset_dir + name, cpus_text(cpu.cpuset));
  }
  out.input("/sys/devices/system/cpu/online", cpus_text(cpu.online));
  out.formula("smallest of: quota " + quota_text(cpu) + "; cpuset " +
              (cpu.cpuset ? cpus_text(cpu.cpuset) : std::string("none")) + "; online " +
              cpus_text(cpu.online));
  note_limits_above(out);
}

void explain_whole_cpus(Explainer& out) {
  const CpuSample& cpu = out.snapshot().cpu;
  const auto whole = whole_cpus(cpu);
  out.figure(Count::of(whole ? std::optional<std::uint64_t>(*whole) : std::nullopt,
                       derive_cpu_capacity(out.snapshot()).quality));
  const auto effective = effective_cpus(cpu);
  out.formula("effective_cpus " + (effective ? number_text(*effective) : std::string("unknown")) +
              ", at most the affinity " + cpus_text(cpu.affinity) + ", rounded up, at least 1");
  out.input("/proc/self/status", cpus_text(cpu.affinity), {"Cpus_allowed_list"});
}

void explain_pids_limit(Explainer& out) {
  const PidsSample& pids = out.snapshot().pids;
  const bool unknown =
      (*out.snapshot().placement)[Controller::kPids].hidden || pids.limit.unknown();
  if (!unknown && pids.limit.limited()) out.figure(Count::of(pids.limit.value));
  if (!unknown && !pids.limit.limited()) out.text_figure("unlimited", Quality::kExact);
  for (const PidsLevel& level : pids.levels)
    out.input(level.dir + "/pids.max",
              level.max.limited() ? number_text(level.max.value) : "no limit");
  out.formula(std::string("smallest pids.max over the cgroup and its ancestors") +
              (unknown ? ": unknown, for not all of them can be read" : ""));
  note_limits_above(out);
}

void explain_pids_current(Explainer& out) {
  const PidsSample& pids = out.snapshot().pids;
  out.figure(Count::of(pids.current));
  for (const PidsLevel& level : pids.levels)
    out.input(level.dir + "/pids.current", number_text(pids.current));
  out.formula("processes and threads in the cgroup and below");
}

void explain_uptime(Explainer& out) {
  const Snapshot& snapshot = out.snapshot();
  const auto age = derive_uptime_nsec(snapshot);
  const double now_sec = static_cast<double>(snapshot.time.boottime_nsec.value_or(0)) / 1e9;
  out.figure(Figure<double>{
      age.value ? std::optional(static_cast<double>(*age.value) / 1e9) : std::nullopt,
      age.quality});
  const UptimeSample& uptime = snapshot.uptime;
  if (!snapshot.time.boottime_nsec)
    return out.formula("unknown: the tree has no /proc/uptime to tell its time");
  if (!snapshot.scope->is_container) return out.formula("seconds since boot (CLOCK_BOOTTIME)");
  if (uptime.virtual_uptime_nsec) {
    out.input("/proc/uptime", "");
    return out.formula("/proc/uptime as lxcfs showed it when the tree was captured");
  }
  if (!uptime.start_nsec)
    return out.formula("no process of the container can be seen: seconds since boot");
  if (uptime.from_pid1)
    out.input("/proc/1/stat",
              "field 22: " +
                  number_text(static_cast<std::uint64_t>(*uptime.start_nsec / clock_tick_nsec())) +
                  " ticks since boot");
  out.formula("now " + number_text(now_sec) + " s since boot - start of " +
              (uptime.from_pid1 ? "PID 1 " : "the oldest process ") +
              number_text(static_cast<double>(*uptime.start_nsec) / 1e9) + " s");
}

void explain_since(Explainer& out) {
  const Snapshot& snapshot = out.snapshot();
  const auto age = derive_uptime_nsec(snapshot);
  if (!age.value) return out.formula("unknown, as uptime_seconds is");
  const std::string since = utc_text(snapshot.time.realtime_nsec - *age.value);
  out.text_figure(since, age.quality);
  out.formula("now " + utc_text(snapshot.time.realtime_nsec) + " - uptime_seconds " +
              number_text(static_cast<double>(*age.value) / 1e9) + " = " + since);
}

void explain_users(Explainer& out) {
  out.figure(Count::of(out.snapshot().users));
  out.input("/run/utmp", number_text(out.snapshot().users));
  out.formula("user sessions in /run/systemd/sessions, else records of utmp; none kept: 0");
}

void explain_load_1m(Explainer& out) { explain_average(out, &LoadView::avg_1m, 1); }
void explain_load_5m(Explainer& out) { explain_average(out, &LoadView::avg_5m, 5); }
void explain_load_15m(Explainer& out) { explain_average(out, &LoadView::avg_15m, 15); }

void explain_load_running(Explainer& out) {
  const LoadView view = derive_load(out.snapshot());
  out.figure(view.running);
  out.input("/proc/loadavg", number_text(view.running.value));
  out.formula(view.source == LoadSource::kHost      ? "field 4 of /proc/loadavg"
              : view.source == LoadSource::kSampler ? "threads in state R at the last sample"
                                                    : "threads in state R, the reader's own apart");
}

void explain_load_total(Explainer& out) {
  const LoadView view = derive_load(out.snapshot());
  out.figure(view.total);
  out.input("/proc/loadavg", number_text(view.total.value));
  out.formula(view.source == LoadSource::kHost      ? "field 4 of /proc/loadavg"
              : view.source == LoadSource::kSampler ? "threads of the container at the last sample"
                                                    : "threads of the container, the reader's own "
                                                      "apart");
}

}  // namespace cv
