// SPDX-License-Identifier: Apache-2.0
// The C ABI of the load sampler. Translation only.
#include <algorithm>
#include <map>

#include "filler.hpp"
#include "handles.hpp"
#include "kernel/proc_pid_stat.hpp"
#include "snapshot/threads.hpp"
#include "view/uptime.hpp"
#include "watch/load_watch.hpp"

struct cv_sampler {
  std::unique_ptr<cv::LoadWatch> watch;
  struct Process {
    std::uint64_t pid;
    std::string command;
    double load;
  };
  // Of the container that was last asked about, since the last step.
  std::optional<std::size_t> container;
  std::vector<Process> processes;
};

namespace {

constexpr std::int64_t kNsecPerMsec = 1'000'000;

const cv::WatchedContainer* container_at(const cv_sampler* sampler, std::size_t index) {
  if (sampler == nullptr || index >= sampler->watch->containers().size()) return nullptr;
  return sampler->watch->containers()[index].get();
}

cv::Result<cv::WatchOptions> watch_options(const cv_sampler_options& options) {
  const auto invalid = [](const char* why) { return cv::fail(cv::ErrorKind::kInvalid, {}, why); };
  cv::WatchOptions watch;
  watch.all = (options.flags & CV_SAMPLER_ALL) != 0;
  watch.directory_each = (options.flags & CV_SAMPLER_DIRECTORIES) != 0;
  if (options.interval_msec != 0) watch.interval_nsec = options.interval_msec * kNsecPerMsec;
  if (options.subsample_msec != 0) watch.subsample_nsec = options.subsample_msec * kNsecPerMsec;
  if (options.history != nullptr) watch.history_dir = options.history;
  if (watch.interval_nsec < 2 * cv::kNsecPerSec) return invalid("an interval is 2 s or longer");
  if (watch.subsample_nsec < 200 * kNsecPerMsec || watch.subsample_nsec > 500 * kNsecPerMsec)
    return invalid("sub-samples are 200 to 500 ms apart");
  if (options.view == nullptr) return watch;
  if (watch.all) return invalid("a view and all containers exclude each other");
  if (options.view->sysroot != nullptr && std::string_view(options.view->sysroot) != "/")
    return invalid("only the running machine can be sampled");
  cv_options view{};
  std::memcpy(&view, options.view, std::min(options.view->size, sizeof view));
  if (view.scope < CV_SCOPE_AUTO || view.scope > CV_SCOPE_CONTAINER)
    return invalid("no such scope");
  watch.view.scope = static_cast<cv::ScopeRequest>(view.scope);
  watch.view.pid = view.pid;
  watch.view.cgroup = view.cgroup == nullptr ? "" : view.cgroup;
  return watch;
}

// Shares are of threads: those of a process belong together.
std::vector<cv_sampler::Process> processes_of(const cv::Sysroot& proc,
                                              const cv::WatchedContainer& container) {
  std::map<std::uint64_t, double> loads;
  for (const cv::LoadShare& share : container.integrator().shares()) {
    const auto status =
        cv::read_parsed(proc, cv::thread_dir(share.tid) + "/status", cv::parse_process_of);
    if (status) loads[*status] += share.mean_load;
  }
  std::vector<cv_sampler::Process> processes;
  for (const auto& [pid, load] : loads) {
    auto command = proc.read("/proc/" + std::to_string(pid) + "/comm");
    if (!command) continue;  // ended meanwhile
    if (command->ends_with('\n')) command->pop_back();
    processes.push_back({pid, std::move(*command), load});
  }
  std::stable_sort(processes.begin(), processes.end(),
                   [](const auto& a, const auto& b) { return a.load > b.load; });
  return processes;
}

}  // namespace

extern "C" {

int32_t cv_sampler_open(const cv_sampler_options* options, cv_sampler** sampler,
                        cv_error* error) noexcept {
  if (options == nullptr || sampler == nullptr) return cv::report_bad_argument(error);
  *sampler = nullptr;
  return cv::guarded(error, [&]() -> std::int32_t {
    cv_sampler_options full{};
    std::memcpy(&full, options, std::min(options->size, sizeof full));
    const auto translated = watch_options(full);
    if (!translated) return cv::report(translated.error(), error);
    auto watch = cv::LoadWatch::open(*translated);
    if (!watch) return cv::report(watch.error(), error);
    auto made = std::make_unique<cv_sampler>();
    made->watch = std::move(*watch);
    *sampler = made.release();
    return CV_OK;
  });
}

void cv_sampler_close(cv_sampler* sampler) noexcept { delete sampler; }

int32_t cv_sampler_step(cv_sampler* sampler, uint64_t* wait_nsec, cv_error* error) noexcept {
  if (sampler == nullptr || wait_nsec == nullptr) return cv::report_bad_argument(error);
  return cv::guarded(error, [&]() -> std::int32_t {
    sampler->container.reset();
    *wait_nsec = static_cast<std::uint64_t>(sampler->watch->step());
    return CV_OK;
  });
}

size_t cv_sampler_problem_count(const cv_sampler* sampler) noexcept {
  return sampler == nullptr ? 0 : sampler->watch->problems().size();
}

const char* cv_sampler_problem(const cv_sampler* sampler, size_t index) noexcept {
  if (index >= cv_sampler_problem_count(sampler)) return nullptr;
  return sampler->watch->problems()[index].c_str();
}

size_t cv_sampled_count(const cv_sampler* sampler) noexcept {
  return sampler == nullptr ? 0 : sampler->watch->containers().size();
}

int32_t cv_get_sampled(const cv_sampler* sampler, size_t index, cv_sampled* out) noexcept {
  const cv::WatchedContainer* container = container_at(sampler, index);
  if (container == nullptr || !cv::usable(out)) return CV_ERR_INVALID;
  const auto text = [](const std::string& string) {
    return string.empty() ? nullptr : string.c_str();
  };
  cv_sampled full{};
  full.cgroup = text(container->found().dir);
  full.engine = text(container->found().engine);
  full.id = text(container->found().id);
  if (const auto& interval = container->interval()) {
    full.interval_seconds = static_cast<double>(interval->interval_usec) / 1e6;
    const bool states = interval->method == cv::LoadMethod::kStates;
    if (interval->method != cv::LoadMethod::kUnknown) {
      full.valid = CV_SAMPLED_MEAN;
      if (states || interval->sampled) full.estimated = CV_SAMPLED_MEAN;
      full.mean_load = interval->mean_load;
      full.method = states ? CV_SAMPLED_BY_STATES : CV_SAMPLED_BY_COUNTERS;
    }
  }
  return cv::copy_out(full, out);
}

int32_t cv_get_sampled_load(const cv_sampler* sampler, size_t index, cv_load* load) noexcept {
  const cv::WatchedContainer* container = container_at(sampler, index);
  if (container == nullptr || !cv::usable(load)) return CV_ERR_INVALID;
  return cv::guarded(nullptr, [&] { return cv::copy_out(cv::load_of(container->load()), load); });
}

size_t cv_sampled_process_count(cv_sampler* sampler, size_t index) noexcept {
  const cv::WatchedContainer* container = container_at(sampler, index);
  if (container == nullptr) return 0;
  if (sampler->container != index) {
    const auto read = cv::guarded(nullptr, [&]() -> std::int32_t {
      sampler->processes = processes_of(sampler->watch->proc(), *container);
      sampler->container = index;
      return CV_OK;
    });
    if (read != CV_OK) return 0;
  }
  return sampler->processes.size();
}

int32_t cv_get_sampled_process(cv_sampler* sampler, size_t index, size_t process,
                               cv_sampled_process* out) noexcept {
  if (!cv::usable(out) || process >= cv_sampled_process_count(sampler, index))
    return CV_ERR_INVALID;
  const auto& interval = container_at(sampler, index)->interval();
  const double whole = interval ? interval->mean_load : 0;
  const cv_sampler::Process& from = sampler->processes[process];
  cv_sampled_process full{};
  full.pid = static_cast<std::int64_t>(from.pid);
  full.command = from.command.c_str();
  full.mean_load = from.load;
  full.share_pct = whole > 0 ? std::min(100.0, 100 * from.load / whole) : 0;
  return cv::copy_out(full, out);
}

}  // extern "C"
