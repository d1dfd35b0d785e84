// SPDX-License-Identifier: Apache-2.0
#include "load/estimate.hpp"

#include <algorithm>

#include "base/saturate.hpp"
#include "load/decay.hpp"

namespace cv {
namespace {

// Below this a thread or container is too young for a rate: a tick is 10 ms.
constexpr double kMinAgeSec = 0.01;

double seconds(std::int64_t nsec) { return static_cast<double>(nsec) / 1e9; }

// How much of a window of length tau has been seen after `age`.
double weight(double age_sec, double tau_sec) { return 1 - exp_decay(age_sec / tau_sec); }

struct Rates {
  // Load of all threads that began `age` ago, for each thread.
  struct Thread {
    double age_sec, runnable;
  };
  std::vector<Thread> threads;
  double ended = 0;            // mean load of threads that have ended
  double uninterruptible = 0;  // now
  double scale = 1;            // living threads per thread read
  double age_sec = kMinAgeSec;

  double average(double tau_sec) const {
    double living = 0;
    for (const Thread& thread : threads)
      living += thread.runnable * weight(std::min(thread.age_sec, age_sec), tau_sec);
    return (living * scale) / weight(age_sec, tau_sec) + ended + uninterruptible * scale;
  }
};

}  // namespace

std::optional<LoadEstimate> estimate_load(const LoadEstimateInput& input) {
  const LoadSample& sample = *input.sample;
  const bool none_readable = sample.threads.empty() && sample.thread_count != 0;
  if (none_readable || (sample.threads.empty() && !input.age_nsec)) return std::nullopt;
  Rates rates;
  if (!sample.threads.empty() && sample.truncated)
    rates.scale = static_cast<double>(std::max<std::uint64_t>(sample.thread_count, 1)) /
                  static_cast<double>(sample.threads.size());

  double on_cpu_sec = 0;
  double running = 0;
  double oldest_sec = kMinAgeSec;
  for (const ThreadSample& thread : sample.threads) {
    const double age_sec = std::max(kMinAgeSec, seconds(input.now_nsec - thread.start_nsec));
    oldest_sec = std::max(oldest_sec, age_sec);
    if (thread.state == 'R') ++running;
    if (thread.state == 'D') ++rates.uninterruptible;
    // Without schedstat only the state is known: it stands for the thread's whole life.
    const double runnable = sample.has_schedstat
                                ? static_cast<double>(thread.runnable_nsec) / 1e9 / age_sec
                                : (thread.state == 'R' ? 1.0 : 0.0);
    on_cpu_sec += static_cast<double>(thread.on_cpu_nsec) / 1e9;
    rates.threads.push_back({age_sec, std::min(runnable, 1.0)});
  }
  rates.age_sec = input.age_nsec ? std::max(kMinAgeSec, seconds(*input.age_nsec)) : oldest_sec;
  if (input.usage_nsec && sample.has_schedstat) {
    const double usage_sec = static_cast<double>(*input.usage_nsec) / 1e9;
    rates.ended = std::max(0.0, usage_sec - on_cpu_sec * rates.scale) / rates.age_sec;
  }
  return LoadEstimate{rates.average(60), rates.average(300), rates.average(900),
                      round_to_u64(running * rates.scale)};
}

}  // namespace cv
