// SPDX-License-Identifier: Apache-2.0
// Runs the library's load integrator over cgroups that it is told of, without a daemon around it:
// one JSON line per cgroup and interval, until its standard input ends.
//
//   load_probe INTERVAL_MS SUBSAMPLE_MS {NAME THREADS_DIR USAGE_FILE FREEZER_DIR}...
//
// An empty FREEZER_DIR ("") is none. THREADS_DIR with a cgroup.threads is taken for v2.
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "load/decay.hpp"
#include "load/integrator.hpp"

namespace {

using cv::LoadIntegrator;

struct Watched {
  std::string name;
  std::unique_ptr<LoadIntegrator> integrator;
  cv::LoadAverages averages;
};

std::int64_t now_nsec() { return cv::clock_now().boottime_nsec.value_or(0); }

void report(Watched& watched, const cv::LoadInterval& interval, std::int64_t end_nsec) {
  const double length_sec = static_cast<double>(interval.interval_usec) / 1e6;
  watched.averages = cv::advance(watched.averages, interval.mean_load, length_sec);
  std::printf(
      "{\"name\": \"%s\", \"end\": %.6f, \"seconds\": %.6f, \"mean\": %.5f, \"runnable\": %.5f, "
      "\"running\": %llu, \"total\": %llu, \"method\": %d, \"sampled\": %s, \"churn\": %.4f, "
      "\"avg\": [%.4f, %.4f, %.4f], \"age\": %.3f}\n",
      watched.name.c_str(), static_cast<double>(end_nsec) / 1e9, length_sec, interval.mean_load,
      interval.mean_runnable, static_cast<unsigned long long>(interval.running),
      static_cast<unsigned long long>(interval.total), static_cast<int>(interval.method),
      interval.sampled ? "true" : "false", interval.churn_cpus, watched.averages.avg[0],
      watched.averages.avg[1], watched.averages.avg[2], watched.averages.age_sec);
}

// Waits until `until_nsec`; false when there is something to read or the end of standard input.
bool wait_until(std::int64_t until_nsec) {
  pollfd input{0, POLLIN, 0};
  const std::int64_t left_ms = (until_nsec - now_nsec()) / 1'000'000;
  return poll(&input, 1, static_cast<int>(std::max<std::int64_t>(0, left_ms + 1))) == 0;
}

void run(std::vector<Watched>& all, std::int64_t interval_nsec) {
  std::int64_t next_step = now_nsec();
  while (true) {
    std::int64_t due = next_step;
    for (const Watched& watched : all)
      due = std::min(due, watched.integrator->next_subsample().value_or(due));
    if (!wait_until(due)) return;
    const bool step = now_nsec() >= next_step;
    for (Watched& watched : all) {
      const std::int64_t now = now_nsec();
      if (step) {
        if (const auto interval = watched.integrator->step(now)) report(watched, *interval, now);
      } else if (watched.integrator->next_subsample().value_or(INT64_MAX) <= now) {
        watched.integrator->subsample(now);
      }
    }
    if (!step) continue;
    std::fflush(stdout);
    next_step += interval_nsec;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() < 7 || arguments.size() % 4 != 3) return 2;
  const std::int64_t interval_nsec = std::atoll(arguments[1]) * 1'000'000;
  cv::LoadOptions options;
  options.subsample_nsec = std::atoll(arguments[2]) * 1'000'000;

  const auto root = cv::Sysroot::open("/");
  if (!root) return 1;
  cv::LoadBudget budget;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0)
    budget.set_file_limit(cv::held_file_limit(files.rlim_cur, std::nullopt));
  std::vector<Watched> all;
  for (std::size_t i = 3; i < arguments.size(); i += 4) {
    cv::LoadPlaces places;
    places.threads_dir = arguments[i + 1];
    places.is_v2 = root->has_file(places.threads_dir + "/cgroup.threads");
    places.usage_file = arguments[i + 2];
    places.freezer_dir = arguments[i + 3];
    options.seed = i;
    all.push_back({arguments[i],
                   std::make_unique<LoadIntegrator>(*root, *root, places, budget, options),
                   {}});
  }
  run(all, interval_nsec);
  return 0;
}
