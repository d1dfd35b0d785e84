// SPDX-License-Identifier: Apache-2.0
#include "containerviewd/daemon.hpp"

#include <malloc.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <set>
#include <string>

#include "common/formatted.hpp"
#include "containerview/containerview.hpp"
#include "containerviewd/notify.hpp"
#include "containerviewd/options.hpp"
#include "containerviewd/resident.hpp"

namespace cvtools {
namespace {

// Blocked before anything else, so that one that comes early is not lost: they are only ever taken
// out of wait().
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    sigprocmask(SIG_BLOCK, &set_, &before_);
  }
  ~Signals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Sleeps; true: it is time to end.
  bool wait(std::chrono::nanoseconds time) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    timespec rest{};
    rest.tv_sec = seconds.count();
    rest.tv_nsec = (time - seconds).count();
    return sigtimedwait(&set_, nullptr, &rest) > 0;  // else the time is up, or it was interrupted
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

// As many files as we may: those held open save the most time where there are many threads.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Each trouble once, not each time that it is met; again when it comes back.
class Troubles {
 public:
  void tell(Environment& environment, const containerview::Sampler& sampler) {
    std::set<std::string, std::less<>> now;
    for (std::size_t i = 0; i < sampler.problem_count(); ++i) {
      const std::string_view problem = sampler.problem(i);
      if (!told_.contains(problem)) complain(environment, problem);
      now.emplace(problem);
    }
    // Retries come once a minute, steps without one in between: forget only what was retried well.
    if (now.empty() && ++quiet_steps_ > kForgetAfter) told_.clear();
    if (!now.empty()) quiet_steps_ = 0;
    told_.merge(now);
  }

 private:
  static constexpr int kForgetAfter = 1000;
  std::set<std::string, std::less<>> told_;
  int quiet_steps_ = 0;
};

// Steps between two times that code is released which only the start, or a new container, needed.
constexpr std::uint64_t kReleaseEvery = 60;

containerview::SamplerOptions sampler_options(const DaemonOptions& options) {
  containerview::SamplerOptions sampler;
  if (options.all) sampler.flags |= CV_SAMPLER_ALL;
  if (options.per_container) sampler.flags |= CV_SAMPLER_DIRECTORIES;
  sampler.interval = options.interval;
  sampler.subsample = options.subsample;
  sampler.history = options.view.history.empty() ? CV_HISTORY_DIR : options.view.history;
  if (options.all) return sampler;
  containerview::Options view;
  view.pid = options.view.pid;
  view.cgroup = options.view.cgroup;
  sampler.view = view;
  return sampler;
}

}  // namespace

int run_containerviewd(Environment& environment) {
  int status = 0;
  const std::optional<DaemonOptions> options = parse_daemon_options(environment, status);
  if (!options) return status;
  const Signals signals;
  raise_file_limit();
  mallopt(M_TRIM_THRESHOLD, 64 * 1024);  // what a look needed is given back after it
  containerview::Sampler sampler(sampler_options(*options));
  Troubles troubles;
  for (std::uint64_t steps = 0;; ++steps) {
    const std::chrono::nanoseconds wait = sampler.step();
    troubles.tell(environment, sampler);
    if (steps == 0) {
      const std::string what = formatted("READY=1\nSTATUS=sampling {} container{}", sampler.count(),
                                         sampler.count() == 1 ? "" : "s");
      if (!notify(environment.notify_socket, what))
        complain(environment, "the service manager could not be told that we are ready");
    }
    if (steps % kReleaseEvery == 0) release_code();
    if (signals.wait(wait)) break;
  }
  return 0;
}

}  // namespace cvtools
