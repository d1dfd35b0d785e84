// SPDX-License-Identifier: Apache-2.0
// LoadIntegrator: the mean load of one container over successive intervals, for samplers that run
// all the time. Reads the counters of every thread at the ends of an interval, and the states of
// some in between where counters are not enough (containerview(7), LOAD).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/sysroot.hpp"
#include "load/budget.hpp"
#include "load/interval.hpp"
#include "load/thread_set.hpp"
#include "snapshot/target.hpp"

namespace cv {

enum class LoadMethod : std::uint8_t {
  kUnknown,    // no thread could be read
  kSchedstat,  // counters of runnable time
  kStates,     // thread states alone: no schedstat here, or an interval under 1.9 s
};

// What happened between two steps.
struct LoadInterval {
  std::int64_t interval_usec = 0;
  double mean_load = 0;       // runnable + uninterruptible threads
  double mean_runnable = 0;   // ran or waited for a CPU, throttled included
  std::uint64_t running = 0;  // in state R at the end
  std::uint64_t total = 0;    // threads at the end
  LoadMethod method = LoadMethod::kUnknown;
  // Part of it comes from state samples: threads that ended, uninterruptible sleep.
  bool sampled = false;
  double churn_cpus = 0;  // CPU time of threads that ended, over the interval
};

// Who made the load of the last interval.
struct LoadShare {
  std::uint32_t tid = 0;
  double mean_load = 0;
};

// Where a container's threads and counters are found. Empty: there is none.
struct LoadPlaces {
  std::string threads_dir;  // cgroup whose subtree lists the threads; empty: all of /proc
  bool is_v2 = false;       // of threads_dir: cgroup.threads, else tasks
  std::string usage_file;   // cpuacct.usage (v1) or cpu.stat (v2)
  std::string freezer_dir;  // v1: threads that the freezer holds look uninterruptible
};
// Of the container that `target` is in, from inside or by --pid or --cgroup.
LoadPlaces load_places(const Target& target);

struct LoadOptions {
  // Mean distance of state sub-samples, which are jittered by 40 % either way.
  std::int64_t subsample_nsec = 350'000'000;
  std::uint64_t seed = 1;
};

class LoadIntegrator {
 public:
  // `proc`: where /proc is read, `cgroups`: where cgroup files are. They and `budget`, which all
  // integrators of a process share, must outlive this.
  LoadIntegrator(const Sysroot& proc, const Sysroot& cgroups, LoadPlaces places, LoadBudget& budget,
                 LoadOptions options = {});

  // Ends an interval at `now_nsec` (CLOCK_BOOTTIME) and begins the next. None at the first call,
  // and when no time has passed.
  std::optional<LoadInterval> step(std::int64_t now_nsec);

  // When subsample() is due before the next step; none: not needed in this interval.
  std::optional<std::int64_t> next_subsample() const { return next_subsample_nsec_; }
  void subsample(std::int64_t now_nsec);

  // Threads with a part in the last interval, by tid. Those that ended are not among them.
  std::vector<LoadShare> shares() const;

  // At the last step: the runnable time of the threads that lived, since each was born, and the
  // CPU time of the container.
  std::uint64_t runnable_nsec() const;
  std::optional<std::uint64_t> usage_nsec() const { return usage_nsec_; }

  // The container is gone: its threads could not be listed at the last step.
  bool gone() const { return gone_; }

 private:
  // What threads were seen doing that ended inside the interval.
  struct Ended {
    double runnable_sec = 0, uninterruptible_sec = 0;
    double runnable_hits = 0, uninterruptible_hits = 0;
  };
  // One look at the states of threads.
  struct Look {
    double half_sec = 0;                               // of the time since the look before
    std::optional<std::vector<std::uint64_t>> frozen;  // listed when first asked for
  };

  // The end of an interval; its length is 0 before the first.
  struct End {
    explicit End(double sec) : length_sec(sec), sum(sec) {}
    double length_sec;
    IntervalSum sum;
    std::optional<std::uint64_t> used_nsec;  // CPU time of all threads, by the usage counter
    bool idle = false, by_states = false;
    bool any_read = false, any_counter = false, slept = false;
    double left_out = 0;  // mean running threads whose states were not looked at
    std::uint64_t running = 0;
  };

  std::optional<LoadInterval> end_interval(Look& look, End& end);
  void end_for_all(Look& look, End& end);
  void end_for(WatchedThread& thread, Look& look, End& end, bool reading);
  bool must_see(const WatchedThread& thread, const std::optional<Schedstat>& counters, bool ran,
                End& end) const;
  Look begin_look(std::int64_t now_nsec);
  void update_members(const Look& look);
  bool see(WatchedThread& thread, Look& look, bool anew, const std::optional<Schedstat>& counters);
  bool is_frozen(std::uint32_t tid, Look& look) const;
  void add_ended(IntervalSum& sum, double length_sec) const;
  void note_ended(WatchedThread& thread, const Look& look);
  std::vector<std::uint64_t> list();
  std::optional<std::uint64_t> read_usage();
  std::optional<Schedstat> read_counters(WatchedThread& thread);
  std::optional<PidStat> read_stat(WatchedThread& thread);
  void decide_watch(const IntervalMeans& means, bool slept, bool usage_unknown);
  void plan_subsample(std::int64_t now_nsec, std::int64_t cost_nsec);

  const Sysroot* proc_;
  const Sysroot* cgroups_;
  LoadPlaces places_;
  LoadBudget* budget_;
  LoadOptions options_;
  ThreadSet set_;
  Ended ended_;
  std::optional<std::int64_t> begin_nsec_;
  std::int64_t looked_nsec_ = 0;
  HeldFile usage_file_;
  std::optional<std::uint64_t> usage_nsec_;  // at the begin
  std::optional<std::int64_t> next_subsample_nsec_;
  std::uint64_t random_;
  double cpu_carry_sec_ = 0;
  std::uint16_t subsamples_ = 0;  // in this interval
  std::uint8_t unlisted_ = 0;     // steps since the threads were listed
  std::uint8_t turn_ = 0;
  bool has_counters_ = true;
  bool gone_ = false;
  bool members_changed_ = false;
  // For how many more intervals to look at states in between: of what comes and goes, of what
  // sleeps. A new container is busy with its start.
  std::uint8_t watch_churn_ = 2, watch_sleep_ = 2;
};

}  // namespace cv
