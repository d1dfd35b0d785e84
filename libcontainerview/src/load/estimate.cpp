// SPDX-License-Identifier: Apache-2.0
#include "load/estimate.hpp"

#include <algorithm>
#include <vector>

#include "base/clock.hpp"
#include "base/saturate.hpp"
#include "load/decay.hpp"

namespace cv {
namespace {

// Below this a thread or container is too young for a rate: a tick is 10 ms.
constexpr double kMinAgeSec = 0.01;
// The kernel renews pressure averages every 2 s: before this age they tell nothing.
constexpr double kMinPressureAgeSec = 20;

// One thread, with the share of its life for which it was runnable, for which it waited, and for
// which it was runnable when it was new.
struct Thread {
  double age_sec, runnable, waited;
  bool running;
  double when_new = 0;
};

// For how much of the time somebody waited for a CPU: over the container's life, and damped over
// each window as the load average is.
struct Waiting {
  double life = 0, now = 0;
  std::array<double, 3> window{};

  static std::optional<Waiting> of(const std::optional<PressureLine>& line, double age_sec) {
    if (!line || age_sec < kMinPressureAgeSec) return std::nullopt;
    Waiting waiting;
    waiting.life = std::min(1.0, static_cast<double>(line->total_usec) / 1e6 / age_sec);
    // The kernel's averages rise from 0.
    const auto share = [&](double pct, double tau_sec) {
      return std::min(1.0, pct / 100 / decay_weight(age_sec, tau_sec));
    };
    waiting.now = share(line->avg10_pct, 10);
    waiting.window[0] = share(line->avg60_pct, 60);
    waiting.window[1] = share(line->avg300_pct, 300);
    // None is kept for 15 minutes: the last five as above, the rest as over the life.
    const double recent = std::min(1.0, decay_weight(300, 900) / decay_weight(age_sec, 900));
    waiting.window[2] = waiting.window[1] * recent + waiting.life * (1 - recent);
    return waiting;
  }

  // How much more, or less, there was of it lately; 1 within what the figures can tell.
  double ratio(std::size_t window_index) const {
    const double lately = window[window_index];
    const double off = lately > life ? lately - life : life - lately;
    return life < 0.01 || off < std::max(0.05, 0.1 * life) ? 1 : lately / life;
  }
};

class Estimator {
 public:
  explicit Estimator(const LoadEstimateInput& input);
  LoadEstimate result() const;

 private:
  void find_change();
  double thread_average(const Thread& thread, std::size_t window) const;
  double average(std::size_t window) const;

  std::vector<Thread> threads_;
  double scale_ = 1;             // living threads per thread read
  double age_sec_ = kMinAgeSec;  // of the container
  double ended_ = 0;             // mean load of threads that have ended, without their waiting
  double uninterruptible_ = 0, running_ = 0;  // threads now
  bool changed_ = false;
  std::uint32_t doubts_ = 0;
  std::optional<Waiting> waiting_;
};

Estimator::Estimator(const LoadEstimateInput& input) {
  const LoadSample& sample = *input.sample;
  if (!sample.threads.empty() && sample.truncated)
    scale_ = static_cast<double>(std::max<std::uint64_t>(sample.thread_count, 1)) /
             static_cast<double>(sample.threads.size());
  double on_cpu_sec = 0;
  double oldest_sec = kMinAgeSec;
  threads_.reserve(sample.threads.size());
  for (const ThreadSample& sampled : sample.threads) {
    const double age_sec = std::max(kMinAgeSec, seconds(input.now_nsec - sampled.start_nsec));
    oldest_sec = std::max(oldest_sec, age_sec);
    const bool running = sampled.state == 'R';
    if (running) ++running_;
    if (sampled.state == 'D') ++uninterruptible_;
    on_cpu_sec += seconds(sampled.on_cpu_nsec);
    // Without schedstat only the state is known: it stands for the thread's whole life.
    Thread thread{age_sec, running ? 1.0 : 0.0, 0, running};
    if (sample.has_schedstat) {
      thread.runnable = std::min(1.0, seconds(sampled.runnable_nsec) / age_sec);
      thread.waited = std::min(
          1.0, seconds(saturating_sub(sampled.runnable_nsec, sampled.on_cpu_nsec)) / age_sec);
      // Of all times that it ran one is known: the first. Many wait at once where many are started.
      if (!running && sampled.runs != 0)
        thread.when_new = thread.runnable / static_cast<double>(sampled.runs);
    }
    threads_.push_back(thread);
  }
  age_sec_ = input.age_nsec ? std::max(kMinAgeSec, seconds(*input.age_nsec)) : oldest_sec;
  waiting_ = Waiting::of(input.waiting, age_sec_);
  if (input.usage_nsec && sample.has_schedstat)
    ended_ = std::max(0.0, seconds(*input.usage_nsec) - on_cpu_sec * scale_) / age_sec_;
  if (sample.has_schedstat)
    find_change();
  else
    doubts_ |= kDoubtStates;
  if (uninterruptible_ > 0) doubts_ |= kDoubtUninterruptible;
}

// Whether fewer or more run now than can be by chance if each thread has gone on as on average. A
// thread that runs in one moment of ten tells nothing when it is caught at it.
void Estimator::find_change() {
  double expected = 0;
  double variance = 0;
  for (const Thread& thread : threads_) {
    const double rate = thread.runnable - thread.when_new;
    expected += rate;
    variance += rate * (1 - rate);
  }
  const double off = running_ - expected;
  const double beyond_half = (off < 0 ? -off : off) - 0.5;
  changed_ = beyond_half > 0 && beyond_half * beyond_half > 9 * variance;
  // Somebody has waited all the time until just now: that nobody does at this instant is chance.
  if (off < 0 && waiting_ && waiting_->now > 0.05 && waiting_->now > waiting_->life / 2)
    changed_ = false;
  if (changed_) doubts_ |= kDoubtChange;
}

double Estimator::thread_average(const Thread& thread, std::size_t window) const {
  const double tau = kLoadWindowsSec[window];
  const double age_sec = std::min(thread.age_sec, age_sec_);
  const double all = decay_weight(age_sec, tau);
  // A thread that does the other thing now has done it for as long as its counters allow.
  double average = (thread.runnable - thread.when_new) * all + all -
                   decay_weight((1 - thread.when_new) * age_sec, tau);
  if (changed_)
    average = thread.running ? decay_weight(thread.runnable * age_sec, tau)
                             : all - decay_weight((1 - thread.runnable) * age_sec, tau);
  // Of a thread as old as the container the pressure tells when it was that it waited; what it ran
  // meanwhile goes with that, as far as it did wait.
  if (waiting_ && thread.age_sec > age_sec_ / 2 && thread.runnable > 0) {
    const double together = std::min(1.0, 2 * thread.waited / thread.runnable);
    const double ratio = waiting_->ratio(window);
    if (ratio != 1) average += together * (std::min(1.0, thread.runnable * ratio) * all - average);
  }
  return average;
}

double Estimator::average(std::size_t window) const {
  const double weight = decay_weight(age_sec_, kLoadWindowsSec[window]);
  double living = 0;
  double waited = 0;
  for (const Thread& thread : threads_) {
    living += thread_average(thread, window);
    waited +=
        thread.waited * decay_weight(std::min(thread.age_sec, age_sec_), kLoadWindowsSec[window]);
  }
  // Whenever anybody waited there was one at least, and who does not live any more cannot tell.
  const double ended_waited =
      waiting_ ? std::max(0.0, waiting_->window[window] - waited * scale_ / weight - 0.05) : 0;
  return living * scale_ / weight + ended_ + ended_waited + uninterruptible_ * scale_;
}

LoadEstimate Estimator::result() const {
  LoadEstimate estimate;
  for (std::size_t i = 0; i < estimate.avg.size(); ++i) estimate.avg[i] = average(i);
  estimate.running = round_to_u64(running_ * scale_);
  estimate.doubts = doubts_;
  if (ended_ > std::max(0.05, 0.1 * estimate.avg[0])) estimate.doubts |= kDoubtEnded;
  for (std::size_t i = 0; waiting_ && i < estimate.avg.size(); ++i)
    if (waiting_->ratio(i) != 1) estimate.doubts |= kDoubtChange;
  return estimate;
}

}  // namespace

std::optional<LoadEstimate> estimate_load(const LoadEstimateInput& input) {
  const LoadSample& sample = *input.sample;
  const bool none_readable = sample.threads.empty() && sample.thread_count != 0;
  if (none_readable || (sample.threads.empty() && !input.age_nsec)) return std::nullopt;
  return Estimator(input).result();
}

}  // namespace cv
