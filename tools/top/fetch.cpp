// SPDX-License-Identifier: Apache-2.0
#include "top/fetch.hpp"

#include <algorithm>

#include "common/repeat.hpp"

namespace cvtools::top {
namespace {

using containerview::Snapshot;

constexpr std::uint32_t kKernelThread = 0x0020'0000;  // PF_KTHREAD
// The load of a container without a sampler is an estimate that looks at every thread, and the
// kernel's own moves every 5 s: read no more often than that.
constexpr std::chrono::seconds kLoadEvery{5};
constexpr std::uint32_t kEachFrame =
    unsigned{CV_SAMPLE_MEMORY} | CV_SAMPLE_CPU | CV_SAMPLE_UPTIME | CV_SAMPLE_IO_PRESSURE;
constexpr std::uint32_t kNowAndThen = unsigned{CV_SAMPLE_LOAD} | CV_SAMPLE_USERS;
constexpr std::uint32_t kForLimits =
    unsigned{CV_SAMPLE_LIMITS} | CV_SAMPLE_PIDS | CV_SAMPLE_PRESSURE | CV_SAMPLE_MEMORY_DETAILS;

std::uint32_t files_of_window(const Window& window, bool every_row) {
  std::uint32_t files = 0;
  if (!window.forest) files |= files_of(window.sort, window.command_line);
  for (const Filter& filter : window.filters) files |= files_of(filter.field, window.command_line);
  if (window.user.kind == UserFilter::Kind::kEffective) files |= CV_TASK_OWNER;
  if (window.user.kind == UserFilter::Kind::kAny) files |= CV_TASK_STATUS;
  for (const FieldChoice& field : window.fields) {
    // Differences need a look in every frame, also of rows that may be seen in the next only.
    const bool difference = field.id == FieldId::kWait;
    if (field.shown && (every_row || difference)) files |= files_of(field.id, window.command_line);
  }
  return files;
}

// Shown, sorted by or filtered by.
bool asks_for(const Window& window, FieldId id) {
  const auto is_shown = [&](const FieldChoice& field) { return field.shown && field.id == id; };
  const auto is_filtered = [&](const Filter& filter) { return filter.field == id; };
  return window.sort == id || std::any_of(window.fields.begin(), window.fields.end(), is_shown) ||
         std::any_of(window.filters.begin(), window.filters.end(), is_filtered);
}

TaskCounts count(const std::vector<const cv_task*>& tasks) {
  TaskCounts counts;
  counts.total = tasks.size();
  for (const cv_task* task : tasks) {
    switch (task->state) {
      case 'R':
        ++counts.running;
        break;
      case 'D':
        ++counts.uninterruptible;
        break;
      case 'T':
      case 't':
        ++counts.stopped;
        break;
      case 'Z':
        ++counts.zombie;
        break;
      default:
        ++counts.sleeping;
    }
  }
  return counts;
}

}  // namespace

FetchPlan plan_fetch(const Settings& settings, bool every_row) {
  FetchPlan plan;
  plan.threads = settings.threads;
  plan.limits = settings.show_limits;
  for (const Window& window : settings.windows) {
    const bool visible = settings.all_windows ? window.show_tasks : &window == &settings.window();
    if (!visible) continue;
    plan.task_files |= files_of_window(window, every_row);
    plan.cpu_places |= asks_for(window, FieldId::kNu);
    plan.identity |= asks_for(window, FieldId::kDocker) || asks_for(window, FieldId::kLxc);
  }
  const Window& shown = settings.window();
  plan.per_cpu = shown.show_states && (!shown.cpus_in_one || shown.numa_nodes);
  plan.cpu_places |=
      plan.per_cpu && (shown.numa_nodes || shown.core_types != 0 || shown.cores_vs_cpus != 0);
  if (plan.per_cpu) plan.task_files |= CV_TASK_THREAD_CPUS;
  return plan;
}

struct Fetcher::State {
  State(const containerview::Options& where, FetchOptions asked)
      : context(where), options(std::move(asked)), is_tree(!where.sysroot.empty()) {}

  void open_tasks(bool threads) {
    containerview::TasksOptions wanted;
    if (threads) wanted.flags |= CV_TASKS_THREADS;
    if (options.all) wanted.flags |= CV_TASKS_ALL;
    wanted.pids = options.pids;
    tasks.emplace(context, wanted);
    by_thread = threads;
  }
  bool stands_still();
  // In a captured tree: shares are then those since the counters began, as iostat shows them.
  bool no_time_passed() const {
    return is_tree && now->scope().boot_time() == before->scope().boot_time();
  }
  void look(const FetchPlan& plan);
  void fill_figures(const FetchPlan& plan);
  void fill_tasks();
  void fill_limits();
  void fill_cpus();
  std::span<const cv_cpu_place> find_cpu_places();

  containerview::Context context;
  FetchOptions options;
  bool is_tree;
  std::optional<containerview::Tasks> tasks;
  bool by_thread = false;
  std::optional<Snapshot> before, now;
  std::optional<std::vector<cv_cpu_place>> cpu_places;
  std::uint32_t sampled = 0;  // CV_SAMPLE_* that `now` holds
  std::optional<std::chrono::nanoseconds> load_time;
  bool ticks = false;
  Sample sample;
};

Fetcher::Fetcher(const containerview::Options& where, FetchOptions options)
    : state_(std::make_unique<State>(where, std::move(options))) {}
Fetcher::~Fetcher() = default;

// Shares are differences: what was not looked at in the frame before needs an interval of its own.
const Sample& Fetcher::fetch(const FetchPlan& plan) {
  constexpr std::chrono::milliseconds kFirstInterval{200};
  const bool counts_cpus = (state_->sampled & CV_SAMPLE_PER_CPU) != 0;
  if (!state_->now || (plan.per_cpu && !counts_cpus)) {
    FetchPlan counters = plan;  // all else would be read again at once
    counters.task_files &= unsigned{CV_TASK_WAIT} | CV_TASK_IO | CV_TASK_THREAD_CPUS;
    state_->look(counters);
    if (!state_->stands_still()) sleep_for(kFirstInterval);
  }
  state_->look(plan);
  state_->fill_figures(plan);
  state_->fill_tasks();
  return state_->sample;
}

// In a captured tree no time passes; in that of a machine which is mounted elsewhere it does.
bool Fetcher::State::stands_still() {
  constexpr std::chrono::milliseconds kTwoTicks{20};
  if (!is_tree) return false;
  sleep_for(kTwoTicks);
  return context.sample(0).scope().boot_time() == now->scope().boot_time();
}

void Fetcher::State::look(const FetchPlan& plan) {
  if (!tasks || plan.threads != by_thread) open_tasks(plan.threads);
  sampled = kEachFrame;
  if (plan.per_cpu) sampled |= CV_SAMPLE_PER_CPU;
  if (plan.limits) sampled |= kForLimits;
  if (plan.identity) sampled |= CV_SAMPLE_LIMITS;
  // The first look is there for its counters alone.
  constexpr std::chrono::seconds kEarly{1};
  const bool load_due =
      now && (!load_time || now->scope().boot_time() - *load_time >= kLoadEvery - kEarly);
  if (load_due) sampled |= kNowAndThen;
  before = std::move(now);
  now.emplace(context.sample(sampled));
  if (load_due) load_time = now->scope().boot_time();
  tasks->refresh(plan.task_files);
}

void Fetcher::State::fill_tasks() {
  sample.tasks.clear();
  sample.tasks.reserve(tasks->size());
  for (std::size_t i = 0; i < tasks->size(); ++i) {
    const cv_task& task = tasks->at(i);
    if (!options.hide_kernel_tasks || (task.kernel_flags & kKernelThread) == 0)
      sample.tasks.push_back(&task);
  }
  sample.counts = count(sample.tasks);
  sample.pid_max = tasks->pid_max();
  sample.interval_seconds = std::chrono::duration<double>(tasks->interval()).count();
}

void Fetcher::State::fill_figures(const FetchPlan& plan) {
  sample.scope = now->scope();
  sample.uptime = now->uptime();
  if ((sampled & CV_SAMPLE_USERS) != 0) sample.users = now->users();
  if ((sampled & CV_SAMPLE_LOAD) != 0) sample.load = now->load();
  sample.cpu = now->cpu_usage_since(no_time_passed() ? nullptr : &*before);
  sample.capacity = now->cpu_capacity();
  sample.memory = now->memory();
  sample.swap = now->swap();
  sample.restricted = !sample.memory.total_bytes();
  ticks = sample.cpu.iowait_pct() && sample.scope.kind() == CV_KIND_CONTAINER;
  sample.limits_known = plan.limits;
  if (plan.limits) fill_limits();
  sample.cpus.clear();
  if (plan.per_cpu) fill_cpus();
  sample.cpu_places = {};
  if (plan.cpu_places) sample.cpu_places = find_cpu_places();
}

void Fetcher::State::fill_limits() {
  sample.limits = now->limits();
  sample.pids = now->pids();
  sample.memory_details = now->memory_details();
  sample.cpu_pressure = now->pressure(CV_RESOURCE_CPU);
  sample.memory_pressure = now->pressure(CV_RESOURCE_MEMORY);
  sample.io_pressure = now->pressure(CV_RESOURCE_IO);
}

// Where the kernel does not count by CPU, by what the tasks did that ran there last.
void Fetcher::State::fill_cpus() {
  const Snapshot* begin = no_time_passed() ? nullptr : &*before;
  for (std::size_t i = 0; i < now->cpu_row_count(); ++i) {
    containerview::CpuRow row = now->cpu_row_since(begin, i);
    const auto time = row.user_pct() ? std::nullopt : tasks->on_cpu(row.cpu());
    const double interval = std::chrono::duration<double>(tasks->interval()).count();
    if (time && interval > 0) {
      cv_cpu_row& raw = row.raw();
      raw.user_pct = std::chrono::duration<double>(time->user).count() / interval * 100;
      raw.system_pct = std::chrono::duration<double>(time->system).count() / interval * 100;
      // Ticks are coarse, and a task may have come from another CPU.
      const double excess = std::max(100.0, raw.user_pct + raw.system_pct) / 100;
      raw.user_pct /= excess;
      raw.system_pct /= excess;
      raw.idle_pct = 100 - raw.user_pct - raw.system_pct;
      constexpr std::uint64_t kTold =
          unsigned{CV_CPU_ROW_USER} | CV_CPU_ROW_SYSTEM | CV_CPU_ROW_IDLE;
      raw.valid |= kTold;
      raw.estimated |= kTold;
    }
    sample.cpus.push_back(row);
  }
}

std::span<const cv_cpu_place> Fetcher::State::find_cpu_places() {
  if (!cpu_places) {
    const Snapshot found = context.sample(CV_SAMPLE_CPU_PLACES);
    cpu_places.emplace();
    for (std::size_t i = 0; i < found.cpu_place_count(); ++i)
      cpu_places->push_back(found.cpu_place(i));
  }
  return *cpu_places;
}

std::span<const cv_cpu_place> Fetcher::cpu_places() { return state_->find_cpu_places(); }

void Fetcher::complete(std::span<const cv_task* const> rows, std::uint32_t files) {
  for (const cv_task* task : rows) state_->tasks->read(*task, files);
}

bool Fetcher::in_container() const {
  return state_->context.sample(0).scope().kind() == CV_KIND_CONTAINER;
}

bool Fetcher::needs_ticks() const { return state_->ticks; }
void Fetcher::tick() { (void)state_->context.sample(CV_SAMPLE_IO_PRESSURE); }

std::vector<std::string> Fetcher::problems() const {
  std::vector<std::string> problems;
  for (std::size_t i = 0; state_->now && i < state_->now->problem_count(); ++i)
    problems.emplace_back(state_->now->problem(i));
  return problems;
}

}  // namespace cvtools::top
