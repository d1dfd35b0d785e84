// SPDX-License-Identifier: Apache-2.0
// The C ABI: opens, samples, and copies figures out. Translation only; nothing is computed here.
#include "filler.hpp"
#include "view/cpu.hpp"
#include "view/cpu_rows.hpp"
#include "view/limits.hpp"
#include "view/memory.hpp"
#include "view/origin.hpp"
#include "view/uptime.hpp"

namespace {

using cv::Controller;
using cv::Figure;
using cv::Filler;
using cv::get;
using cv::Quality;

static_assert(static_cast<int>(Controller::kPids) == CV_CONTROLLER_PIDS);
static_assert(unsigned{cv::kSampleMemoryDetails} == unsigned{CV_SAMPLE_MEMORY_DETAILS});
static_assert(unsigned{cv::kSampleCpusDetails} == unsigned{CV_SAMPLE_CPUS_DETAILS});
static_assert(unsigned{cv::kSampleActivity} == unsigned{CV_SAMPLE_ACTIVITY});
static_assert(unsigned{cv::kSampleLimits} == unsigned{CV_SAMPLE_LIMITS});
static_assert(unsigned{cv::kSampleMachine} == unsigned{CV_SAMPLE_MACHINE});
static_assert(unsigned{cv::kSampleDisks} == unsigned{CV_SAMPLE_DISKS});
static_assert(unsigned{cv::kSampleDiskLimits} == unsigned{CV_SAMPLE_DISK_LIMITS});
static_assert(unsigned{cv::kSampleIoPressure} == unsigned{CV_SAMPLE_IO_PRESSURE});

template <typename Effective>
cv_limit limit_of(const Effective& limit, const std::string* source, bool hidden) {
  cv_limit out{};
  out.raw = limit.raw;
  if (hidden || limit.unknown()) {
    out.state = CV_LIMIT_UNKNOWN;
  } else if (!limit.limited()) {
    out.state = CV_LIMIT_UNLIMITED;
  } else {
    out.state = CV_LIMIT_LIMITED;
    out.value = limit.value;
    out.source = source == nullptr ? nullptr : source->c_str();
  }
  return out;
}

template <typename Effective, typename Levels>
const std::string* source_of(const Effective& limit, const Levels& levels) {
  return limit.level ? &levels[*limit.level].dir : nullptr;
}

bool hidden(const cv::Snapshot& snapshot, Controller controller) {
  return (*snapshot.placement)[controller].hidden;
}

std::int32_t cgroup_version(const cv::Placement& placement) {
  bool v1 = false;
  bool v2 = false;
  for (int i = 0; i < CV_CONTROLLER_COUNT; ++i)
    if (const cv::Location* location = placement.find(static_cast<Controller>(i)))
      (location->is_v2 ? v2 : v1) = true;
  return v1 && v2 ? CV_CGROUP_HYBRID : v1 ? CV_CGROUP_V1 : v2 ? CV_CGROUP_V2 : CV_CGROUP_NONE;
}

cv_cpu_quota quota_of(const cv::Snapshot& snapshot) {
  const cv::CpuSample& cpu = snapshot.cpu;
  cv_cpu_quota out{};
  if (cpu.quota_unknown_here || cpu.quota.unknown()) return out;
  out.state = CV_LIMIT_UNLIMITED;
  if (!cpu.quota.limited()) return out;
  out.state = CV_LIMIT_LIMITED;
  out.cpus = cpu.quota.value.cpus();
  out.quota_usec = cpu.quota.value.quota_usec;
  out.period_usec = cpu.quota.value.period_usec;
  out.source = source_of(cpu.quota, cpu.levels)->c_str();
  return out;
}

const cv::Pressure* pressure_of(const cv::PressureSample& sample, std::int32_t resource) {
  const std::optional<cv::Pressure>* pressure = resource == CV_RESOURCE_CPU      ? &sample.cpu
                                                : resource == CV_RESOURCE_MEMORY ? &sample.memory
                                                                                 : &sample.io;
  return *pressure ? &**pressure : nullptr;
}

void remember_strings(cv_snapshot& snapshot) {
  const cv::Snapshot& data = snapshot.data;
  if (data.cpu.cpuset) snapshot.cpuset_text = data.cpu.cpuset->to_string();
  for (const Controller c : {Controller::kMemory, Controller::kUnified, Controller::kCpu})
    if (snapshot.cgroup_dir.empty() && data.scope->is_container)
      if (const auto dir = data.scope->dir(*data.placement, c)) snapshot.cgroup_dir = *dir;
  for (int i = 0; i < CV_CONTROLLER_COUNT; ++i) {
    const cv::Location* location = data.placement->find(static_cast<Controller>(i));
    if (location != nullptr && data.enabled[static_cast<std::size_t>(i)])
      snapshot.own_dirs[i] = location->dir();
  }
}

cv::TargetOptions target_options(const cv_options& options) {
  cv::TargetOptions target;
  target.scope = static_cast<cv::ScopeRequest>(options.scope);
  target.sysroot = options.sysroot == nullptr ? "" : options.sysroot;
  target.cgroup = options.cgroup == nullptr ? "" : options.cgroup;
  target.history_dir = options.history == nullptr ? CV_HISTORY_DIR : options.history;
  target.disks_dir = options.disks == nullptr ? "" : options.disks;
  target.given_disks_only = (options.flags & CV_OPEN_GIVEN_DISKS_ONLY) != 0;
  target.disk_names = options.disk_names == nullptr ? "" : options.disk_names;
  target.pid = options.pid;
  target.record = (options.flags & CV_OPEN_RECORD_READS) != 0;
  target.cache_used_pct = options.cache_used_pct;
  return target;
}

}  // namespace

extern "C" {

const char* cv_version(void) noexcept { return CV_VERSION; }

const char* cv_status_text(int32_t status) noexcept {
  switch (status) {
    case CV_OK:
      return "ok";
    case CV_ERR_INVALID:
      return "invalid argument";
    case CV_ERR_NO_MEMORY:
      return "out of memory";
    case CV_ERR_NOT_FOUND:
      return "not found";
    case CV_ERR_ACCESS:
      return "permission denied";
    case CV_ERR_MALFORMED:
      return "malformed kernel file";
    case CV_ERR_GONE:
      return "gone";
    case CV_ERR_IO:
      return "input/output error";
    case CV_ERR_UNAVAILABLE:
      return "not available here";
    case CV_ERR_NOT_SAMPLED:
      return "not sampled";
    default:
      return "internal error";
  }
}

int32_t cv_open(const cv_options* options, cv_context** context, cv_error* error) noexcept {
  if (options == nullptr || context == nullptr) return cv::report_bad_argument(error);
  *context = nullptr;
  return cv::guarded(error, [&]() -> std::int32_t {
    cv_options full{};
    std::memcpy(&full, options, std::min(options->size, sizeof full));
    if (full.scope < CV_SCOPE_AUTO || full.scope > CV_SCOPE_CONTAINER)
      return cv::report({cv::ErrorKind::kInvalid, 0, {}, 0, "no such scope"}, error);
    if (full.cache_used_pct > 100)
      return cv::report({cv::ErrorKind::kInvalid, 0, {}, 0, "more than 100 per cent of the cache"},
                        error);
    auto target = cv::Target::open(target_options(full));
    if (!target) return cv::report(target.error(), error);
    *context = std::make_unique<cv_context>(cv_context{cv::Sampler(std::move(*target))}).release();
    return CV_OK;
  });
}

void cv_close(cv_context* context) noexcept { delete context; }

int32_t cv_sample(cv_context* context, uint32_t what, cv_snapshot** snapshot,
                  cv_error* error) noexcept {
  if (context == nullptr || snapshot == nullptr || (what & ~std::uint32_t{cv::kSampleAll}) != 0)
    return cv::report_bad_argument(error);
  *snapshot = nullptr;
  return cv::guarded(error, [&]() -> std::int32_t {
    auto sampled = context->sampler.sample(what);
    if (!sampled) return cv::report(sampled.error(), error);
    auto taken = std::make_unique<cv_snapshot>();
    taken->data = std::move(*sampled);
    remember_strings(*taken);
    *snapshot = taken.release();
    return CV_OK;
  });
}

void cv_snapshot_free(cv_snapshot* snapshot) noexcept { delete snapshot; }

size_t cv_problem_count(const cv_snapshot* snapshot) noexcept {
  return snapshot == nullptr ? 0 : snapshot->data.problems.size();
}

const char* cv_get_problem(const cv_snapshot* snapshot, size_t index) noexcept {
  if (snapshot == nullptr || index >= snapshot->data.problems.size()) return nullptr;
  return snapshot->data.problems[index].c_str();
}

int32_t cv_get_scope(const cv_snapshot* snapshot, cv_scope* scope) noexcept {
  return get(snapshot, 0, scope, [&](cv_scope& out) {
    const cv::Snapshot& data = snapshot->data;
    out.kind = data.scope->is_container ? CV_KIND_CONTAINER : CV_KIND_HOST;
    out.cgroup_version = cgroup_version(*data.placement);
    out.realtime_nsec = data.time.realtime_nsec;
    out.boottime_nsec = data.time.boottime_nsec.value_or(0);
    out.rule = static_cast<std::int32_t>(data.scope->rule);
    out.limits_above_hidden = data.scope->limits_above_hidden ? 1 : 0;
    out.reason = data.scope->reason.c_str();
    if (!snapshot->cgroup_dir.empty()) out.cgroup = snapshot->cgroup_dir.c_str();
    if (data.engine) {
      out.engine = data.engine->engine.c_str();
      if (!data.engine->id.empty()) out.id = data.engine->id.c_str();
    }
    for (int i = 0; i < CV_CONTROLLER_COUNT; ++i)
      if (!snapshot->own_dirs[i].empty()) out.cgroups[i] = snapshot->own_dirs[i].c_str();
  });
}

int32_t cv_get_limits(const cv_snapshot* snapshot, cv_limits* limits) noexcept {
  return get(snapshot, CV_SAMPLE_LIMITS, limits, [&](cv_limits& out) {
    const cv::Snapshot& data = snapshot->data;
    const cv::MemorySample& memory = data.memory;
    const cv::CpuSample& cpu = data.cpu;
    const bool memory_hidden = hidden(data, Controller::kMemory);
    out.cpu_quota = quota_of(data);
    out.memory = limit_of(memory.limit, source_of(memory.limit, memory.levels), memory_hidden);
    out.memory_high = limit_of(memory.high, source_of(memory.high, memory.levels), memory_hidden);
    out.swap =
        limit_of(memory.swap_limit, source_of(memory.swap_limit, memory.levels), memory_hidden);
    out.pids = limit_of(data.pids.limit, source_of(data.pids.limit, data.pids.levels),
                        hidden(data, Controller::kPids));
    if (cpu.cpuset) {
      out.valid |= CV_LIMITS_CPUSET;
      out.cpuset_cpus = snapshot->cpuset_text.c_str();
      out.cpuset_count = cpu.cpuset->count();
    }
    if (cpu.affinity) {
      out.valid |= CV_LIMITS_AFFINITY;
      out.affinity_count = cpu.affinity->count();
    }
    if (cpu.online) {
      out.valid |= CV_LIMITS_ONLINE;
      out.online_count = cpu.online->count();
    }
    const auto effective = cv::effective_cpus(cpu);
    const auto whole = cv::whole_cpus(cpu);
    if (effective && whole) {
      out.valid |= CV_LIMITS_EFFECTIVE_CPUS;
      out.effective_cpus = *effective;
      out.whole_cpus = *whole;
      // No cpu controller was handed down to the container: the machine's CPUs.
      if (cv::derive_cpu_capacity(data).quality == Quality::kHost)
        out.host |= CV_LIMITS_EFFECTIVE_CPUS;
    }
    if (const auto runtimes = cv::runtime_cpus(data)) {
      out.valid |= CV_LIMITS_RUNTIMES;
      out.runtimes = {runtimes->java, runtimes->go,    runtimes->dotnet,
                      runtimes->rust, runtimes->nproc, runtimes->automaxprocs};
    }
  });
}

int32_t cv_get_memory(const cv_snapshot* snapshot, cv_memory* memory) noexcept {
  return get(snapshot, CV_SAMPLE_MEMORY, memory, [&](cv_memory& out) {
    const cv::MemoryView view = cv::derive_memory(snapshot->data);
    Filler(out)
        .put(CV_MEMORY_TOTAL, view.total, &cv_memory::total_bytes)
        .put(CV_MEMORY_USED, view.used, &cv_memory::used_bytes)
        .put(CV_MEMORY_FREE, view.free, &cv_memory::free_bytes)
        .put(CV_MEMORY_SHARED, view.shared, &cv_memory::shared_bytes)
        .put(CV_MEMORY_BUFFERS, view.buffers, &cv_memory::buffers_bytes)
        .put(CV_MEMORY_CACHE, view.cache, &cv_memory::cache_bytes)
        .put(CV_MEMORY_BUFF_CACHE, view.buff_cache, &cv_memory::buff_cache_bytes)
        .put(CV_MEMORY_AVAILABLE, view.available, &cv_memory::available_bytes)
        .put(CV_MEMORY_OTHER, view.other, &cv_memory::other_bytes);
  });
}

int32_t cv_get_swap(const cv_snapshot* snapshot, cv_swap* swap) noexcept {
  return get(snapshot, CV_SAMPLE_MEMORY, swap, [&](cv_swap& out) {
    const cv::SwapView view = cv::derive_swap(snapshot->data);
    Filler(out)
        .put(CV_SWAP_TOTAL, view.total, &cv_swap::total_bytes)
        .put(CV_SWAP_USED, view.used, &cv_swap::used_bytes)
        .put(CV_SWAP_FREE, view.free, &cv_swap::free_bytes);
  });
}

int32_t cv_get_commit(const cv_snapshot* snapshot, cv_commit* commit) noexcept {
  return get(snapshot, CV_SAMPLE_MEMORY, commit, [&](cv_commit& out) {
    const cv::CommitView view = cv::derive_commit(snapshot->data);
    Filler(out)
        .put(CV_COMMIT_LIMIT, view.limit, &cv_commit::limit_bytes)
        .put(CV_COMMIT_COMMITTED, view.committed, &cv_commit::committed_bytes);
  });
}

int32_t cv_get_memory_details(const cv_snapshot* snapshot, cv_memory_details* details) noexcept {
  return get(snapshot, CV_SAMPLE_MEMORY, details, [&](cv_memory_details& out) {
    using Out = cv_memory_details;
    const cv::MemoryDetailsView view = cv::derive_memory_details(snapshot->data);
    Filler(out)
        .put(CV_DETAIL_USAGE, view.usage, &Out::usage_bytes)
        .put(CV_DETAIL_WORKING_SET, view.working_set, &Out::working_set_bytes)
        .put(CV_DETAIL_RECLAIMABLE, view.reclaimable, &Out::reclaimable_bytes)
        .put(CV_DETAIL_PEAK, view.peak, &Out::peak_bytes)
        .put(CV_DETAIL_LOW, view.low, &Out::low_bytes)
        .put(CV_DETAIL_MIN, view.min, &Out::min_bytes)
        .put(CV_DETAIL_EVENTS_HIGH, view.high_events, &Out::high_events)
        .put(CV_DETAIL_EVENTS_MAX, view.max_events, &Out::max_events)
        .put(CV_DETAIL_EVENTS_OOM, view.oom_events, &Out::oom_events)
        .put(CV_DETAIL_OOM_KILLS, view.oom_kills, &Out::oom_kills)
        .put(CV_DETAIL_HUGETLB, view.hugetlb, &Out::hugetlb_bytes)
        .put(CV_DETAIL_ACTIVE, view.active, &Out::active_bytes)
        .put(CV_DETAIL_INACTIVE, view.inactive, &Out::inactive_bytes)
        .put(CV_DETAIL_LOW_TOTAL, view.low_total, &Out::low_total_bytes)
        .put(CV_DETAIL_LOW_FREE, view.low_free, &Out::low_free_bytes)
        .put(CV_DETAIL_HIGH_TOTAL, view.high_total, &Out::high_total_bytes)
        .put(CV_DETAIL_HIGH_FREE, view.high_free, &Out::high_free_bytes);
  });
}

int32_t cv_get_cpu_capacity(const cv_snapshot* snapshot, cv_cpu_capacity* capacity) noexcept {
  return get(snapshot, CV_SAMPLE_CPU, capacity, [&](cv_cpu_capacity& out) {
    Filler(out).put(CV_CPU_CAPACITY, cv::derive_cpu_capacity(snapshot->data),
                    &cv_cpu_capacity::effective_cpus);
  });
}

int32_t cv_get_cpu_usage(const cv_snapshot* begin, const cv_snapshot* end,
                         cv_cpu_usage* usage) noexcept {
  if (begin != nullptr && !begin->data.has(CV_SAMPLE_CPU)) return CV_ERR_NOT_SAMPLED;
  const std::uint32_t needs = CV_SAMPLE_CPU | (begin == nullptr ? unsigned{CV_SAMPLE_UPTIME} : 0u);
  return get(end, needs, usage, [&](cv_cpu_usage& out) {
    using Out = cv_cpu_usage;
    const cv::CpuUsageView view = begin != nullptr
                                      ? cv::derive_cpu_usage(begin->data, end->data)
                                      : cv::derive_cpu_usage(cv::origin_of(end->data), end->data);
    Filler(out)
        .put(CV_CPU_USER, view.user, &Out::user_pct)
        .put(CV_CPU_SYSTEM, view.system, &Out::system_pct)
        .put(CV_CPU_NICE, view.nice, &Out::nice_pct)
        .put(CV_CPU_IDLE, view.idle, &Out::idle_pct)
        .put(CV_CPU_IOWAIT, view.iowait, &Out::iowait_pct)
        .put(CV_CPU_IRQ, view.irq, &Out::irq_pct)
        .put(CV_CPU_SOFTIRQ, view.softirq, &Out::softirq_pct)
        .put(CV_CPU_STEAL, view.steal, &Out::steal_pct)
        .put(CV_CPU_THROTTLED, view.throttled, &Out::throttled_pct)
        .put(CV_CPU_EFFECTIVE, view.effective_cpus, &Out::effective_cpus)
        .put(CV_CPU_GUEST, view.guest, &Out::guest_pct);
  });
}

size_t cv_cpu_row_count(const cv_snapshot* snapshot) noexcept {
  return snapshot == nullptr ? 0 : snapshot->data.per_cpu.cpus.size();
}

int32_t cv_get_cpu_row(const cv_snapshot* begin, const cv_snapshot* end, size_t index,
                       cv_cpu_row* row) noexcept {
  if (begin != nullptr && !begin->data.has(CV_SAMPLE_PER_CPU)) return CV_ERR_NOT_SAMPLED;
  return get(end, CV_SAMPLE_PER_CPU, row, [&](cv_cpu_row& out) {
    if (index >= end->data.per_cpu.cpus.size()) return;
    static const cv::Snapshot never;
    const cv::CpuRowView view =
        cv::derive_cpu_row(begin != nullptr ? begin->data : never, end->data, index);
    out.cpu = view.cpu;
    Filler(out)
        .put(CV_CPU_ROW_USER, view.user, &cv_cpu_row::user_pct)
        .put(CV_CPU_ROW_SYSTEM, view.system, &cv_cpu_row::system_pct)
        .put(CV_CPU_ROW_IDLE, view.idle, &cv_cpu_row::idle_pct)
        .put(CV_CPU_ROW_NICE, view.nice, &cv_cpu_row::nice_pct)
        .put(CV_CPU_ROW_IOWAIT, view.iowait, &cv_cpu_row::iowait_pct)
        .put(CV_CPU_ROW_IRQ, view.irq, &cv_cpu_row::irq_pct)
        .put(CV_CPU_ROW_SOFTIRQ, view.softirq, &cv_cpu_row::softirq_pct)
        .put(CV_CPU_ROW_STEAL, view.steal, &cv_cpu_row::steal_pct);
  });
}

size_t cv_cpu_place_count(const cv_snapshot* snapshot) noexcept {
  return snapshot == nullptr ? 0 : snapshot->data.cpu_places.size();
}

int32_t cv_get_cpu_place(const cv_snapshot* snapshot, size_t index, cv_cpu_place* place) noexcept {
  if (index >= cv_cpu_place_count(snapshot)) return CV_ERR_INVALID;
  return get(snapshot, CV_SAMPLE_CPU_PLACES, place, [&](cv_cpu_place& out) {
    const cv::CpuPlace& found = snapshot->data.cpu_places[index];
    out.cpu = found.cpu;
    if (found.node) out.valid |= CV_CPU_PLACE_NODE;
    out.node = found.node.value_or(0);
    if (found.core) out.valid |= CV_CPU_PLACE_CORE;
    out.core = found.core.value_or(0);
    out.core_type = static_cast<std::uint32_t>(found.type);
  });
}

int32_t cv_get_throttling(const cv_snapshot* snapshot, cv_throttling* throttling) noexcept {
  return get(snapshot, CV_SAMPLE_CPU, throttling, [&](cv_throttling& out) {
    const cv::ThrottlingView view = cv::derive_throttling(snapshot->data);
    Filler(out)
        .put(CV_THROTTLING_PERIODS, view.periods, &cv_throttling::periods)
        .put(CV_THROTTLING_THROTTLED, view.throttled_periods, &cv_throttling::throttled_periods)
        .put(CV_THROTTLING_TIME, view.throttled_usec, &cv_throttling::throttled_usec);
  });
}

int32_t cv_get_cpus(const cv_snapshot* snapshot, cv_cpus* cpus) noexcept {
  return get(snapshot, CV_SAMPLE_CPUS, cpus, [&](cv_cpus& out) {
    const cv::CpusView view = cv::derive_cpus(snapshot->data);
    Filler(out)
        .put(CV_CPUS_INSTALLED, view.installed, &cv_cpus::installed_count)
        .put(CV_CPUS_ONLINE, view.online, &cv_cpus::online_count)
        .put(CV_CPUS_CPUSET, view.cpuset, &cv_cpus::cpuset_count)
        .put(CV_CPUS_AFFINITY, view.affinity, &cv_cpus::affinity_count)
        .put(CV_CPUS_USABLE, view.usable, &cv_cpus::usable_cpus);
    out.quota = quota_of(snapshot->data);
    out.quota_exempt = snapshot->data.cpu.quota_exempt ? 1 : 0;
  });
}

int32_t cv_get_pids(const cv_snapshot* snapshot, cv_pids* pids) noexcept {
  return get(snapshot, CV_SAMPLE_PIDS, pids, [&](cv_pids& out) {
    const cv::PidsSample& sample = snapshot->data.pids;
    Filler(out).put(CV_PIDS_CURRENT, Figure<std::uint64_t>::of(sample.current), &cv_pids::current);
    out.limit = limit_of(sample.limit, source_of(sample.limit, sample.levels),
                         hidden(snapshot->data, Controller::kPids));
  });
}

int32_t cv_get_pressure(const cv_snapshot* snapshot, int32_t resource,
                        cv_pressure* pressure) noexcept {
  if (resource < CV_RESOURCE_CPU || resource > CV_RESOURCE_IO) return CV_ERR_INVALID;
  return get(snapshot, CV_SAMPLE_PRESSURE, pressure, [&](cv_pressure& out) {
    const cv::Pressure* sample = pressure_of(snapshot->data.pressure, resource);
    if (sample == nullptr) return;
    if (sample->some) {
      out.valid |= CV_PRESSURE_SOME;
      out.some_avg10_pct = sample->some->avg10_pct;
      out.some_avg60_pct = sample->some->avg60_pct;
      out.some_avg300_pct = sample->some->avg300_pct;
      out.some_total_usec = sample->some->total_usec;
    }
    if (sample->full) {
      out.valid |= CV_PRESSURE_FULL;
      out.full_avg10_pct = sample->full->avg10_pct;
      out.full_avg60_pct = sample->full->avg60_pct;
      out.full_avg300_pct = sample->full->avg300_pct;
      out.full_total_usec = sample->full->total_usec;
    }
  });
}

int32_t cv_get_uptime(const cv_snapshot* snapshot, cv_uptime* uptime) noexcept {
  return get(snapshot, CV_SAMPLE_UPTIME, uptime, [&](cv_uptime& out) {
    const auto age = cv::derive_uptime_nsec(snapshot->data);
    Filler(out).put(CV_UPTIME_UPTIME, age, &cv_uptime::uptime_nsec);
    if (age.value) out.since_realtime_nsec = snapshot->data.time.realtime_nsec - *age.value;
  });
}

int32_t cv_get_users(const cv_snapshot* snapshot, cv_users* users) noexcept {
  return get(snapshot, CV_SAMPLE_USERS, users, [&](cv_users& out) {
    Filler(out).put(CV_USERS_COUNT, Figure<std::uint64_t>::of(snapshot->data.users),
                    &cv_users::count);
  });
}

int32_t cv_get_load(const cv_snapshot* snapshot, cv_load* load) noexcept {
  return get(snapshot, CV_SAMPLE_LOAD, load,
             [&](cv_load& out) { out = cv::load_of(cv::derive_load(snapshot->data)); });
}

int32_t cv_get_machine(const cv_snapshot* snapshot, cv_machine* machine) noexcept {
  return get(snapshot, CV_SAMPLE_MACHINE, machine, [&](cv_machine& out) {
    const cv::MachineSample& sample = snapshot->data.machine;
    out.sysname = sample.name.sysname.c_str();
    out.nodename = sample.name.nodename.c_str();
    out.release = sample.name.release.c_str();
    out.architecture = sample.name.machine.c_str();
    Filler(out).put(CV_MACHINE_CPUS, Figure<std::uint64_t>::of(sample.cpus), &cv_machine::cpus);
  });
}

size_t cv_read_count(const cv_context* context) noexcept {
  if (context == nullptr || !context->sampler.target().reads()) return 0;
  return context->sampler.target().reads()->entries().size();
}

int32_t cv_get_read(const cv_context* context, size_t index, cv_read* out) noexcept {
  if (!cv::usable(out) || index >= cv_read_count(context)) return CV_ERR_INVALID;
  const cv::ReadLog::Entry& entry = context->sampler.target().reads()->entries()[index];
  cv_read full{};
  full.kind = static_cast<std::int32_t>(entry.kind);
  full.sys_errno = entry.sys_errno;
  full.path = entry.path.c_str();
  full.data = entry.data.data();
  full.data_size = entry.data.size();
  return cv::copy_out(full, out);
}

}  // extern "C"
