// SPDX-License-Identifier: Apache-2.0
#include "load/integrator.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/clock.hpp"
#include "kernel/cgroup_files.hpp"
#include "load/interval.hpp"
#include "snapshot/threads.hpp"

namespace cv {
namespace {

// Waiting is credited when it ends: in a shorter interval the counters tell more of the one before.
// (Who asks for 2 s wakes up a little early or late.)
constexpr double kShortestByCountersSec = 1.9;
// Of a CPU, or of a thread: less than this is not looked into.
constexpr double kLittle = 0.02;
// Intervals for which the states are watched after the last reason to.
constexpr std::uint8_t kWatchChurn = 3, kWatchSleep = 12;
// Between two times that the threads are listed where nobody has come or gone by the CPU time: one
// that sleeps can be moved in or out from outside without having run.
constexpr std::uint8_t kListEvery = 12;
// Of two readings of one clock, of which one is in microseconds.
constexpr double kSameCpuSec = 2e-6;
// The states of threads that hardly run are read in turn, as long as all that are left out make no
// more than this of a running thread.
constexpr std::uint32_t kTurns = 4;
constexpr double kLeftOut = 0.1;
// A thread that has lived this long will, for the most part, live to the end of this interval too.
constexpr std::uint8_t kSettled = 12;

// What a file says that is read again and again.
template <typename Parse>
auto parse_again(const UniqueFd& file, Parse&& parse) {
  std::array<char, 1024> buffer;
  const auto text = read_again(file, buffer);
  using Value = typename decltype(parse(std::string_view()))::value_type;
  if (!text) return std::optional<Value>();
  auto value = parse(*text);
  return value ? std::optional<Value>(std::move(*value)) : std::nullopt;
}

// Of cpuacct.usage, or of cpu.stat, which begins with it.
std::optional<std::uint64_t> parse_usage_nsec(std::string_view text) {
  if (const auto number = parse_number(text)) return *number;
  const auto usec = parse_cpu_stat(text).value.usage_usec;
  return usec ? std::optional(*usec * 1000) : std::nullopt;
}

bool is_frozen_cgroup(const Sysroot& root, const std::string& dir) {
  const auto state = root.read(dir + "/freezer.state");
  return state && !state->starts_with("THAWED");
}

void append_frozen(const Sysroot& root, const std::string& dir, std::vector<std::uint64_t>& ids) {
  if (is_frozen_cgroup(root, dir)) {
    (void)append_ids_of_subtree(root, dir, "tasks", ids);
    return;
  }
  const auto directory = root.directory(dir);
  if (!directory || !directory->may_have_directories) return;
  if (const auto children = root.list_directories(dir))
    for (const std::string& name : *children)
      append_frozen(root, std::string(dir).append("/").append(name), ids);
}

}  // namespace

LoadIntegrator::LoadIntegrator(const Sysroot& proc, const Sysroot& cgroups, LoadPlaces places,
                               LoadBudget& budget, LoadOptions options)
    : proc_(&proc),
      cgroups_(&cgroups),
      places_(std::move(places)),
      budget_(&budget),
      options_(options),
      set_(budget),
      random_(options.seed | 1) {}

std::optional<LoadInterval> LoadIntegrator::step(std::int64_t now_nsec) {
  const bool first = !begin_nsec_;
  if (!first && now_nsec <= *begin_nsec_) return std::nullopt;
  set_.let_go_of_excess();
  if (budget_->too_many_held()) usage_file_.let_go();
  const auto usage = read_usage();
  End end(first ? 0 : seconds(now_nsec - *begin_nsec_));
  end.by_states = !has_counters_ || (!first && end.length_sec < kShortestByCountersSec);
  if (usage && usage_nsec_ && *usage >= *usage_nsec_) end.used_nsec = *usage - *usage_nsec_;
  // Where nobody ran no counter moved, and nobody came or went.
  end.idle = !first && end.used_nsec == 0 && has_counters_ && !set_.unreadable();
  usage_nsec_ = usage;
  Look look = begin_look(now_nsec);
  auto interval = end_interval(look, end);
  begin_nsec_ = now_nsec;
  ++turn_;
  plan_subsample(now_nsec, 0);
  return interval;
}

// Closes the interval for every thread, and begins the next. None if there was no interval yet.
std::optional<LoadInterval> LoadIntegrator::end_interval(Look& look, End& end) {
  end_for_all(look, end);
  set_.drop_lost([&](WatchedThread& thread) { note_ended(thread, look); });
  add_ended(end.sum, end.length_sec);
  end.slept = end.slept || ended_.uninterruptible_sec > 0;
  ended_ = {};
  subsamples_ = 0;
  if (end.any_read) has_counters_ = end.any_counter;
  if (set_.threads().empty()) has_counters_ = true;
  if (end.length_sec == 0) return std::nullopt;

  const IntervalMeans means = end.sum.means(end.used_nsec, cpu_carry_sec_);
  cpu_carry_sec_ = end.by_states ? 0 : means.cpu_carry_sec;
  decide_watch(means, end.slept, !end.used_nsec);
  LoadInterval interval;
  interval.interval_usec = static_cast<std::int64_t>(end.length_sec * 1e6);
  interval.mean_runnable = means.runnable;
  interval.mean_load = means.runnable + means.uninterruptible;
  interval.running = end.running;
  interval.total = set_.threads().size();
  interval.method = set_.unreadable() ? LoadMethod::kUnknown
                    : end.by_states   ? LoadMethod::kStates
                                      : LoadMethod::kSchedstat;
  interval.sampled = means.others + means.uninterruptible > kLittle;
  interval.churn_cpus = end.by_states ? 0 : means.churn_cpus;
  return interval;
}

// Reads threads until their CPU time is all that the container used: then the others did not run,
// so their counters are what they were, and nobody came or went, for that takes CPU time too. Those
// that ran before are the ones to begin with. (What a thread gets while we read shows as too much
// here, and is taken off in the next interval.)
void LoadIntegrator::end_for_all(Look& look, End& end) {
  for (WatchedThread& thread : set_.threads()) thread.closed = false;
  const auto end_for_those = [&](bool of_all, bool reading) {
    for (WatchedThread& thread : set_.threads())
      if (!thread.closed && (of_all || thread.ran)) end_for(thread, look, end, reading);
  };
  const auto all_accounted = [&] {
    return end.sum.unaccounted_sec(*end.used_nsec, cpu_carry_sec_) <= kSameCpuSec;
  };
  bool listing = !end.used_nsec || end.by_states || set_.unreadable() || ++unlisted_ >= kListEvery;
  if (!listing && !end.idle) {
    end_for_those(false, true);
    if (!all_accounted()) end_for_those(true, true);
    listing = !all_accounted();
  }
  if (listing) update_members(look);
  end_for_those(true, listing && !end.idle);
}

// Closes the interval for one thread; `reading`: its counters may have moved.
void LoadIntegrator::end_for(WatchedThread& thread, Look& look, End& end, bool reading) {
  const bool known = thread.state != '?';
  const auto counters = known && !reading ? std::optional(thread.at_begin) : read_counters(thread);
  const bool ran = !known || !counters || !(*counters == thread.at_begin);
  const bool assumed = thread.assumed;
  thread.closed = true;
  thread.assumed = assumed || ran;
  if (!see(thread, look, must_see(thread, counters, ran, end), counters)) return;
  if (reading || !known) end.any_read = true;
  if (counters && counters->on_cpu_nsec != 0) end.any_counter = true;
  if (ran && thread.uninterruptible_sec > 0) end.slept = true;
  // Only who runs changes its state: it was so throughout, and for half of the interval before, in
  // which it fell asleep unseen.
  if (!ran && assumed && thread.state == 'D')
    thread.uninterruptible_sec = static_cast<float>(1.5 * end.length_sec);
  if (thread.state == 'R') ++end.running;
  if (end.length_sec != 0) {
    const double runnable =
        end.by_states || !counters
            ? end.sum.add_seen(thread.runnable_sec)
            : end.sum.add_living(thread.at_begin, *counters, thread.runnable_sec);
    const double asleep = end.sum.add_uninterruptible(thread.uninterruptible_sec);
    thread.last_mean = static_cast<float>(runnable + asleep);
  }
  thread.begin_interval(counters.value_or(Schedstat{}), ran);
}

// Whether the state at the end of the interval is to be read. It costs twice what counters do, so a
// thread that hardly runs, as before, and has not been seen to sleep uninterruptibly lately, is
// taken to sleep as before most of the time.
bool LoadIntegrator::must_see(const WatchedThread& thread, const std::optional<Schedstat>& counters,
                              bool ran, End& end) const {
  if (!counters || end.by_states || thread.state == 'D') return true;
  if (!ran) return thread.assumed;
  if (!thread.ran || watch_sleep_ != 0 || thread.state == 'R') return true;
  const std::uint64_t before = thread.at_begin.on_cpu_nsec + thread.at_begin.run_delay_nsec;
  const std::uint64_t now = counters->on_cpu_nsec + counters->run_delay_nsec;
  const double share = seconds(static_cast<std::int64_t>(now - before)) / end.length_sec;
  if ((thread.tid + turn_) % kTurns == 0 || share < 0 || share > kLittle) return true;
  end.left_out += share;
  return end.left_out > kLeftOut;
}

void LoadIntegrator::subsample(std::int64_t now_nsec) {
  if (!begin_nsec_ || now_nsec <= looked_nsec_) return;
  const std::int64_t started = clock_thread_cpu_nsec();
  Look look = begin_look(now_nsec);
  update_members(look);
  ++subsamples_;
  for (WatchedThread& thread : set_.threads()) {
    // Threads that come and go, or may sleep; the rest is taken to be as it was when last seen.
    const bool watched = thread.ran && (watch_sleep_ != 0 || thread.intervals < kSettled);
    const bool fresh = thread.state == '?';
    if (see(thread, look, watched || !has_counters_ || thread.state == 'D',
            fresh ? read_counters(thread) : std::nullopt))
      thread.count_hit();
  }
  set_.drop_lost([&](WatchedThread& thread) { note_ended(thread, look); });
  next_subsample_nsec_.reset();
  plan_subsample(now_nsec, clock_thread_cpu_nsec() - started);
}

LoadIntegrator::Look LoadIntegrator::begin_look(std::int64_t now_nsec) {
  Look look;
  if (begin_nsec_) look.half_sec = seconds(now_nsec - looked_nsec_) / 2;
  looked_nsec_ = now_nsec;
  return look;
}

// Finds out which threads there are now.
void LoadIntegrator::update_members(const Look& look) {
  unlisted_ = 0;
  const auto ended = [&](WatchedThread& thread) { note_ended(thread, look); };
  if (set_.update(list(), ended)) members_changed_ = true;
}

// Notes what the thread does now; `anew`: its state is to be read. False if there is no such thread
// any more.
bool LoadIntegrator::see(WatchedThread& thread, Look& look, bool anew,
                         const std::optional<Schedstat>& counters) {
  const bool fresh = thread.state == '?';
  char state = thread.state;
  if (fresh || anew) {
    const auto stat = thread.lost ? std::nullopt : read_stat(thread);
    if (!stat) {
      thread.lost = true;
      return false;
    }
    state = stat->state;
    thread.assumed = false;
    if (state == 'D' && is_frozen(thread.tid, look)) state = 'S';
    // What was born inside the interval has counted from 0 in it; what was there before it, or came
    // in from elsewhere, counts from now on.
    const bool born_inside = begin_nsec_ && start_nsec(*stat) + clock_tick_nsec() > *begin_nsec_;
    if (fresh && !born_inside) thread.at_begin = counters.value_or(Schedstat{});
  }
  thread.pass(look.half_sec, state);
  return true;
}

// The v1 freezer's threads look uninterruptible.
bool LoadIntegrator::is_frozen(std::uint32_t tid, Look& look) const {
  if (places_.freezer_dir.empty()) return false;
  if (!look.frozen) {
    look.frozen.emplace();
    append_frozen(*cgroups_, places_.freezer_dir, *look.frozen);
    std::sort(look.frozen->begin(), look.frozen->end());
  }
  return std::binary_search(look.frozen->begin(), look.frozen->end(), tid);
}

// Of those that ended each sub-sample stands for an equal part of the interval. (Its own ends do
// not count: who is there at the end has counters, so none that ended can be seen there.)
void LoadIntegrator::add_ended(IntervalSum& sum, double length_sec) const {
  if (subsamples_ == 0) {
    sum.add_seen(ended_.runnable_sec);
    sum.add_uninterruptible(ended_.uninterruptible_sec);
    return;
  }
  const double each_sec = length_sec / subsamples_;
  sum.add_seen(ended_.runnable_hits * each_sec);
  sum.add_uninterruptible(ended_.uninterruptible_hits * each_sec);
}

void LoadIntegrator::note_ended(WatchedThread& thread, const Look& look) {
  ended_.runnable_hits += thread.runnable_hits;
  ended_.uninterruptible_hits += thread.uninterruptible_hits;
  thread.pass(look.half_sec, 'X');
  ended_.runnable_sec += thread.runnable_sec;
  ended_.uninterruptible_sec += thread.uninterruptible_sec;
}

std::vector<std::uint64_t> LoadIntegrator::list() {
  std::vector<std::uint64_t> ids;
  if (places_.threads_dir.empty()) {
    for (const std::uint64_t pid : ids_of_proc(*proc_, "/proc"))
      for (const std::uint64_t tid : ids_of_proc(*proc_, "/proc/" + std::to_string(pid) + "/task"))
        ids.push_back(tid);
    gone_ = ids.empty();
  } else {
    gone_ = !append_ids_of_subtree(*cgroups_, places_.threads_dir,
                                   places_.is_v2 ? "cgroup.threads" : "tasks", ids);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  // The reader itself always runs, and is not part of the load that it reports.
  if (proc_->live()) std::erase(ids, static_cast<std::uint64_t>(getpid()));
  return ids;
}

std::optional<std::uint64_t> LoadIntegrator::read_usage() {
  if (usage_file_) return parse_again(usage_file_.file(), parse_usage_nsec);
  if (places_.usage_file.empty()) return std::nullopt;
  auto file = cgroups_->open_file(places_.usage_file);
  if (!file) return std::nullopt;
  const auto usage = parse_again(*file, parse_usage_nsec);
  if (usage) usage_file_.hold(*budget_, std::move(*file));
  return usage;
}

// A file that is held open never tells of another thread with the same id: it cannot be read any
// more once its own has ended. Held are those of threads that stay, and whose state is asked for.
std::optional<Schedstat> LoadIntegrator::read_counters(WatchedThread& thread) {
  if (thread.schedstat) {
    const auto counters = parse_again(thread.schedstat.file(), parse_schedstat);
    if (!counters) thread.lost = true;
    return counters;
  }
  // Of a thread, not of its process, in /proc/TID too.
  auto file = proc_->open_file("/proc/" + std::to_string(thread.tid) + "/schedstat");
  if (!file) return std::nullopt;
  const auto counters = parse_again(*file, parse_schedstat);
  if (counters && thread.intervals != 0) thread.schedstat.hold(*budget_, std::move(*file));
  return counters;
}

std::optional<PidStat> LoadIntegrator::read_stat(WatchedThread& thread) {
  if (thread.stat) return parse_again(thread.stat.file(), parse_pid_stat);
  auto file = proc_->open_file(thread_dir(thread.tid) + "/stat");
  if (!file) return std::nullopt;
  const auto stat = parse_again(*file, parse_pid_stat);
  if (stat && thread.schedstat && thread.intervals >= 2)
    thread.stat.hold(*budget_, std::move(*file));
  return stat;
}

void LoadIntegrator::decide_watch(const IntervalMeans& means, bool slept, bool usage_unknown) {
  const bool churn = means.others > kLittle || (usage_unknown && members_changed_);
  if (churn)
    watch_churn_ = kWatchChurn;
  else if (watch_churn_ != 0)
    --watch_churn_;
  if (slept)
    watch_sleep_ = kWatchSleep;
  else if (watch_sleep_ != 0)
    --watch_sleep_;
  members_changed_ = false;
}

void LoadIntegrator::plan_subsample(std::int64_t now_nsec, std::int64_t cost_nsec) {
  const std::int64_t rest = budget_->charge(now_nsec, cost_nsec);
  if (watch_churn_ == 0 && watch_sleep_ == 0 && has_counters_) {
    next_subsample_nsec_.reset();
    return;
  }
  // They go on across the ends of intervals, so that these are no special moments.
  if (next_subsample_nsec_) return;
  random_ ^= random_ << 13;  // xorshift64
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  const double jitter = 0.6 + 0.8 * static_cast<double>(random_ >> 11) / 9007199254740992.0;
  const auto pause =
      static_cast<std::int64_t>(static_cast<double>(options_.subsample_nsec) * jitter);
  next_subsample_nsec_ = now_nsec + std::max(pause, rest);
}

std::uint64_t LoadIntegrator::runnable_nsec() const {
  std::uint64_t sum = 0;
  for (const WatchedThread& thread : set_.threads())
    sum += thread.at_begin.on_cpu_nsec + thread.at_begin.run_delay_nsec;
  return sum;
}

std::vector<LoadShare> LoadIntegrator::shares() const {
  std::vector<LoadShare> shares;
  for (const WatchedThread& thread : set_.threads())
    if (thread.last_mean > 0) shares.push_back({thread.tid, thread.last_mean});
  return shares;
}

}  // namespace cv
