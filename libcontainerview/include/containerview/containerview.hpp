// SPDX-License-Identifier: Apache-2.0
//
// C++20 over containerview.h: objects that free themselves, std::optional where a figure may be
// unknown, std::chrono for times, exceptions for failed calls. Header-only and without logic of its
// own: every answer is the C library's. The exceptions are thrown by this inline code, so none
// crosses the library's boundary.
//
//   containerview::Context context;                                   // this process
//   containerview::Snapshot now = context.sample(CV_SAMPLE_MEMORY);
//   if (auto bytes = now.memory().available_bytes()) ...              // nullopt: unknown
//
// Units, sources and error codes are those of containerview.h. std::string_view results belong to
// the object that they came from (a Snapshot, Explanation or Context) and live as long as it does.
#ifndef CONTAINERVIEW_CONTAINERVIEW_HPP
#define CONTAINERVIEW_CONTAINERVIEW_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "containerview/containerview.h"

namespace containerview {

// How far a figure can be trusted.
enum class Quality { kExact, kEstimated, kHost, kUnavailable };

constexpr std::string_view to_string(Quality quality) {
  switch (quality) {
    case Quality::kExact:
      return "exact";
    case Quality::kEstimated:
      return "estimated";
    case Quality::kHost:
      return "host";
    case Quality::kUnavailable:
      break;
  }
  return "unavailable";
}

// The version of the library that is running.
inline std::string_view version() noexcept { return cv_version(); }

// A call that failed. what() is one line: path, line and reason.
class Error : public std::runtime_error {
 public:
  explicit Error(const cv_error& error)
      : std::runtime_error(error.message[0] != '\0' ? error.message : cv_status_text(error.status)),
        status_(error.status),
        system_errno_(error.sys_errno),
        line_(error.line),
        path_(error.path) {}
  explicit Error(std::int32_t status)
      : std::runtime_error(cv_status_text(status)), status_(status) {}

  std::int32_t status() const noexcept { return status_; }  // cv_status
  int system_errno() const noexcept { return system_errno_; }
  std::uint32_t line() const noexcept { return line_; }  // 1-based; 0: none
  const std::string& path() const noexcept { return path_; }

 private:
  std::int32_t status_ = CV_OK;
  int system_errno_ = 0;
  std::uint32_t line_ = 0;
  std::string path_;
};

namespace detail {

template <typename Raw>
Raw sized() noexcept {
  Raw raw{};
  raw.size = sizeof(Raw);
  return raw;
}

inline void check(std::int32_t status) {
  if (status != CV_OK) throw Error(status);
}
inline void check(std::int32_t status, const cv_error& error) {
  if (status == CV_OK) return;
  cv_error copy = error;
  copy.status = status;
  throw Error(copy);
}

inline std::optional<std::string_view> text(const char* string) {
  if (string == nullptr) return std::nullopt;
  return std::string_view(string);
}

// NULL reads as an empty text.
inline std::string_view view(const char* string) {
  return string != nullptr ? std::string_view(string) : std::string_view();
}

inline std::chrono::system_clock::time_point wall_clock(std::int64_t nsec) {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::nanoseconds(nsec)));
}

}  // namespace detail

// A C struct of figures with its three masks. `bit` is the figure's CV_..., `member` its field.
template <typename RawStruct>
class Figures {
 public:
  using Raw = RawStruct;

  Figures() noexcept : raw_(detail::sized<Raw>()) {}
  explicit Figures(const Raw& raw) noexcept : raw_(raw) {}

  template <typename T>
  std::optional<T> get(T Raw::*member, std::uint64_t bit) const noexcept {
    if ((raw_.valid & bit) == 0) return std::nullopt;
    return raw_.*member;
  }
  Quality quality(std::uint64_t bit) const noexcept {
    if ((raw_.valid & bit) == 0) return Quality::kUnavailable;
    if ((raw_.host & bit) != 0) return Quality::kHost;
    if constexpr (requires(const Raw& raw) { raw.estimated; }) {  // limits are never estimates
      if ((raw_.estimated & bit) != 0) return Quality::kEstimated;
    }
    return Quality::kExact;
  }
  const Raw& raw() const noexcept { return raw_; }
  Raw& raw() noexcept { return raw_; }

 private:
  Raw raw_;
};

// Names one figure: std::optional<its type> NAME() const.
#define CV_FIGURE(name, bit) \
  auto name() const noexcept { return this->get(&Raw::name, bit); }
// The same as a std::chrono duration.
#define CV_DURATION(name, type, field, bit)                    \
  std::optional<type> name() const noexcept {                  \
    if ((this->raw().valid & (bit)) == 0) return std::nullopt; \
    return type(this->raw().field);                            \
  }

class Memory : public Figures<cv_memory> {
 public:
  using Figures::Figures;
  CV_FIGURE(total_bytes, CV_MEMORY_TOTAL)
  CV_FIGURE(used_bytes, CV_MEMORY_USED)
  CV_FIGURE(free_bytes, CV_MEMORY_FREE)
  CV_FIGURE(shared_bytes, CV_MEMORY_SHARED)
  CV_FIGURE(buffers_bytes, CV_MEMORY_BUFFERS)
  CV_FIGURE(cache_bytes, CV_MEMORY_CACHE)
  CV_FIGURE(buff_cache_bytes, CV_MEMORY_BUFF_CACHE)
  CV_FIGURE(available_bytes, CV_MEMORY_AVAILABLE)
  CV_FIGURE(other_bytes, CV_MEMORY_OTHER)
};

class Swap : public Figures<cv_swap> {
 public:
  using Figures::Figures;
  CV_FIGURE(total_bytes, CV_SWAP_TOTAL)
  CV_FIGURE(used_bytes, CV_SWAP_USED)
  CV_FIGURE(free_bytes, CV_SWAP_FREE)
};

class Commit : public Figures<cv_commit> {
 public:
  using Figures::Figures;
  CV_FIGURE(limit_bytes, CV_COMMIT_LIMIT)
  CV_FIGURE(committed_bytes, CV_COMMIT_COMMITTED)
};

class MemoryDetails : public Figures<cv_memory_details> {
 public:
  using Figures::Figures;
  CV_FIGURE(usage_bytes, CV_DETAIL_USAGE)
  CV_FIGURE(working_set_bytes, CV_DETAIL_WORKING_SET)
  CV_FIGURE(reclaimable_bytes, CV_DETAIL_RECLAIMABLE)
  CV_FIGURE(peak_bytes, CV_DETAIL_PEAK)
  CV_FIGURE(low_bytes, CV_DETAIL_LOW)
  CV_FIGURE(min_bytes, CV_DETAIL_MIN)
  CV_FIGURE(high_events, CV_DETAIL_EVENTS_HIGH)
  CV_FIGURE(max_events, CV_DETAIL_EVENTS_MAX)
  CV_FIGURE(oom_events, CV_DETAIL_EVENTS_OOM)
  CV_FIGURE(oom_kills, CV_DETAIL_OOM_KILLS)
  CV_FIGURE(hugetlb_bytes, CV_DETAIL_HUGETLB)
  CV_FIGURE(active_bytes, CV_DETAIL_ACTIVE)
  CV_FIGURE(inactive_bytes, CV_DETAIL_INACTIVE)
  CV_FIGURE(low_total_bytes, CV_DETAIL_LOW_TOTAL)
  CV_FIGURE(low_free_bytes, CV_DETAIL_LOW_FREE)
  CV_FIGURE(high_total_bytes, CV_DETAIL_HIGH_TOTAL)
  CV_FIGURE(high_free_bytes, CV_DETAIL_HIGH_FREE)
};

class CpuCapacity : public Figures<cv_cpu_capacity> {
 public:
  using Figures::Figures;
  CV_FIGURE(effective_cpus, CV_CPU_CAPACITY)
};

class CpuUsage : public Figures<cv_cpu_usage> {
 public:
  using Figures::Figures;
  CV_FIGURE(user_pct, CV_CPU_USER)
  CV_FIGURE(system_pct, CV_CPU_SYSTEM)
  CV_FIGURE(nice_pct, CV_CPU_NICE)
  CV_FIGURE(idle_pct, CV_CPU_IDLE)
  CV_FIGURE(iowait_pct, CV_CPU_IOWAIT)
  CV_FIGURE(irq_pct, CV_CPU_IRQ)
  CV_FIGURE(softirq_pct, CV_CPU_SOFTIRQ)
  CV_FIGURE(steal_pct, CV_CPU_STEAL)
  CV_FIGURE(throttled_pct, CV_CPU_THROTTLED)
  CV_FIGURE(effective_cpus, CV_CPU_EFFECTIVE)
  CV_FIGURE(guest_pct, CV_CPU_GUEST)
};

class CpuRow : public Figures<cv_cpu_row> {
 public:
  using Figures::Figures;
  std::uint32_t cpu() const noexcept { return raw().cpu; }
  CV_FIGURE(user_pct, CV_CPU_ROW_USER)
  CV_FIGURE(system_pct, CV_CPU_ROW_SYSTEM)
  CV_FIGURE(nice_pct, CV_CPU_ROW_NICE)
  CV_FIGURE(idle_pct, CV_CPU_ROW_IDLE)
  CV_FIGURE(iowait_pct, CV_CPU_ROW_IOWAIT)
  CV_FIGURE(irq_pct, CV_CPU_ROW_IRQ)
  CV_FIGURE(softirq_pct, CV_CPU_ROW_SOFTIRQ)
  CV_FIGURE(steal_pct, CV_CPU_ROW_STEAL)
};

class Throttling : public Figures<cv_throttling> {
 public:
  using Figures::Figures;
  CV_FIGURE(periods, CV_THROTTLING_PERIODS)
  CV_FIGURE(throttled_periods, CV_THROTTLING_THROTTLED)
  CV_DURATION(throttled_time, std::chrono::microseconds, throttled_usec, CV_THROTTLING_TIME)
};

class Pressure : public Figures<cv_pressure> {
 public:
  using Figures::Figures;
  CV_FIGURE(some_avg10_pct, CV_PRESSURE_SOME)
  CV_FIGURE(some_avg60_pct, CV_PRESSURE_SOME)
  CV_FIGURE(some_avg300_pct, CV_PRESSURE_SOME)
  CV_FIGURE(full_avg10_pct, CV_PRESSURE_FULL)
  CV_FIGURE(full_avg60_pct, CV_PRESSURE_FULL)
  CV_FIGURE(full_avg300_pct, CV_PRESSURE_FULL)
  CV_DURATION(some_total, std::chrono::microseconds, some_total_usec, CV_PRESSURE_SOME)
  CV_DURATION(full_total, std::chrono::microseconds, full_total_usec, CV_PRESSURE_FULL)
};

class Uptime : public Figures<cv_uptime> {
 public:
  using Figures::Figures;
  CV_DURATION(uptime, std::chrono::nanoseconds, uptime_nsec, CV_UPTIME_UPTIME)
  std::optional<std::chrono::system_clock::time_point> since() const {
    if ((raw().valid & CV_UPTIME_UPTIME) == 0) return std::nullopt;
    return detail::wall_clock(raw().since_realtime_nsec);
  }
};

class Users : public Figures<cv_users> {
 public:
  using Figures::Figures;
  CV_FIGURE(count, CV_USERS_COUNT)
};

class Load : public Figures<cv_load> {
 public:
  using Figures::Figures;
  CV_FIGURE(avg_1m, CV_LOAD_AVG_1M)
  CV_FIGURE(avg_5m, CV_LOAD_AVG_5M)
  CV_FIGURE(avg_15m, CV_LOAD_AVG_15M)
  CV_FIGURE(running, CV_LOAD_RUNNING)
  CV_FIGURE(total, CV_LOAD_TOTAL)
  cv_load_source source() const noexcept { return static_cast<cv_load_source>(raw().source); }
  std::chrono::duration<double> history() const noexcept {
    return std::chrono::duration<double>(raw().history_seconds);
  }
};

class Disk : public Figures<cv_disk> {
 public:
  using Figures::Figures;
  std::string_view name() const { return detail::view(raw().name); }
  std::optional<std::string_view> mapper_name() const { return detail::text(raw().mapper_name); }
  std::optional<std::string_view> persistent_name() const {
    return detail::text(raw().persistent_name);
  }
  std::optional<std::string_view> partition_of() const { return detail::text(raw().partition_of); }
  std::optional<std::string_view> stacked_on() const { return detail::text(raw().stacked_on); }
  cv_disk_source source() const noexcept { return static_cast<cv_disk_source>(raw().source); }
  cv_await_source await_source() const noexcept {
    return static_cast<cv_await_source>(raw().await_source);
  }
  bool used() const noexcept { return raw().used != 0; }
  bool active() const noexcept { return raw().active != 0; }
  CV_FIGURE(major_number, CV_DISK_NUMBER)
  CV_FIGURE(minor_number, CV_DISK_NUMBER)
  CV_FIGURE(tps, CV_DISK_TPS)
  CV_FIGURE(reads_per_sec, CV_DISK_READS)
  CV_FIGURE(writes_per_sec, CV_DISK_WRITES)
  CV_FIGURE(discards_per_sec, CV_DISK_DISCARDS)
  CV_FIGURE(flushes_per_sec, CV_DISK_FLUSHES)
  CV_FIGURE(read_bytes_per_sec, CV_DISK_READ_RATE)
  CV_FIGURE(written_bytes_per_sec, CV_DISK_WRITE_RATE)
  CV_FIGURE(discarded_bytes_per_sec, CV_DISK_DISCARD_RATE)
  CV_FIGURE(read_bytes, CV_DISK_READ_BYTES)
  CV_FIGURE(written_bytes, CV_DISK_WRITTEN_BYTES)
  CV_FIGURE(discarded_bytes, CV_DISK_DISCARDED_BYTES)
  CV_FIGURE(read_merges_per_sec, CV_DISK_READ_MERGES)
  CV_FIGURE(write_merges_per_sec, CV_DISK_WRITE_MERGES)
  CV_FIGURE(discard_merges_per_sec, CV_DISK_DISCARD_MERGES)
  CV_FIGURE(read_merged_pct, CV_DISK_READ_MERGES)
  CV_FIGURE(write_merged_pct, CV_DISK_WRITE_MERGES)
  CV_FIGURE(discard_merged_pct, CV_DISK_DISCARD_MERGES)
  CV_FIGURE(r_await_ms, CV_DISK_R_AWAIT)
  CV_FIGURE(w_await_ms, CV_DISK_W_AWAIT)
  CV_FIGURE(d_await_ms, CV_DISK_D_AWAIT)
  CV_FIGURE(f_await_ms, CV_DISK_F_AWAIT)
  CV_FIGURE(read_size_bytes, CV_DISK_READ_SIZE)
  CV_FIGURE(write_size_bytes, CV_DISK_WRITE_SIZE)
  CV_FIGURE(discard_size_bytes, CV_DISK_DISCARD_SIZE)
  CV_FIGURE(queue_size, CV_DISK_QUEUE)
  CV_FIGURE(util_pct, CV_DISK_UTIL)
  CV_FIGURE(await_ms, CV_DISK_AWAIT)
  CV_FIGURE(size_bytes, CV_DISK_SIZE)
  CV_FIGURE(bytes_per_sec, CV_DISK_RATE)
  CV_FIGURE(merges_per_sec, CV_DISK_MERGES)
};

class DiskLimits : public Figures<cv_disk_limits> {
 public:
  using Figures::Figures;
  CV_FIGURE(read_bytes_per_sec, CV_DISK_LIMIT_READ_RATE)
  CV_FIGURE(written_bytes_per_sec, CV_DISK_LIMIT_WRITE_RATE)
  CV_FIGURE(reads_per_sec, CV_DISK_LIMIT_READS)
  CV_FIGURE(writes_per_sec, CV_DISK_LIMIT_WRITES)
  CV_FIGURE(used_pct, CV_DISK_LIMIT_USED)
  bool known() const noexcept { return raw().known != 0; }
};

class DiskTotals : public Figures<cv_disk_totals> {
 public:
  using Figures::Figures;
  CV_FIGURE(reads, CV_DISK_TOTAL_READS)
  CV_FIGURE(read_merges, CV_DISK_TOTAL_READ_MERGES)
  CV_FIGURE(read_bytes, CV_DISK_TOTAL_READ_BYTES)
  CV_FIGURE(read_msec, CV_DISK_TOTAL_READ_TIME)
  CV_FIGURE(writes, CV_DISK_TOTAL_WRITES)
  CV_FIGURE(write_merges, CV_DISK_TOTAL_WRITE_MERGES)
  CV_FIGURE(written_bytes, CV_DISK_TOTAL_WRITTEN_BYTES)
  CV_FIGURE(write_msec, CV_DISK_TOTAL_WRITE_TIME)
  CV_FIGURE(in_flight, CV_DISK_TOTAL_IN_FLIGHT)
  CV_FIGURE(busy_msec, CV_DISK_TOTAL_BUSY)
  CV_FIGURE(queue_msec, CV_DISK_TOTAL_QUEUE)
};

class Machine : public Figures<cv_machine> {
 public:
  using Figures::Figures;
  std::string_view sysname() const { return detail::view(raw().sysname); }
  std::string_view nodename() const { return detail::view(raw().nodename); }
  std::string_view release() const { return detail::view(raw().release); }
  std::string_view architecture() const { return detail::view(raw().architecture); }
  CV_FIGURE(cpus, CV_MACHINE_CPUS)
};

// A limit and where it is set. `value` is set only when the state is CV_LIMIT_LIMITED.
class Limit {
 public:
  Limit() = default;
  explicit Limit(const cv_limit& raw) noexcept : raw_(raw) {}

  cv_limit_state state() const noexcept { return static_cast<cv_limit_state>(raw_.state); }
  std::optional<std::uint64_t> value() const noexcept {
    return state() == CV_LIMIT_LIMITED ? std::optional(raw_.value) : std::nullopt;
  }
  std::uint64_t raw_value() const noexcept { return raw_.raw; }
  std::optional<std::string_view> source() const { return detail::text(raw_.source); }

 private:
  cv_limit raw_{};
};

class Pids : public Figures<cv_pids> {
 public:
  using Figures::Figures;
  CV_FIGURE(current, CV_PIDS_CURRENT)
  Limit limit() const noexcept { return Limit(raw().limit); }
};

class CpuQuota {
 public:
  CpuQuota() = default;
  explicit CpuQuota(const cv_cpu_quota& raw) noexcept : raw_(raw) {}

  cv_limit_state state() const noexcept { return static_cast<cv_limit_state>(raw_.state); }
  std::optional<double> cpus() const noexcept {
    return state() == CV_LIMIT_LIMITED ? std::optional(raw_.cpus) : std::nullopt;
  }
  std::chrono::microseconds quota() const noexcept {
    return std::chrono::microseconds(raw_.quota_usec);
  }
  std::chrono::microseconds period() const noexcept {
    return std::chrono::microseconds(raw_.period_usec);
  }
  std::optional<std::string_view> source() const { return detail::text(raw_.source); }

 private:
  cv_cpu_quota raw_{};
};

// The caller's effective limits, whatever the scope.
class Limits : public Figures<cv_limits> {
 public:
  using Figures::Figures;
  CpuQuota cpu_quota() const noexcept { return CpuQuota(raw().cpu_quota); }
  Limit memory() const noexcept { return Limit(raw().memory); }
  Limit memory_high() const noexcept { return Limit(raw().memory_high); }
  Limit swap() const noexcept { return Limit(raw().swap); }
  Limit pids() const noexcept { return Limit(raw().pids); }
  std::optional<std::string_view> cpuset_cpus() const {
    return (raw().valid & CV_LIMITS_CPUSET) != 0 ? detail::text(raw().cpuset_cpus) : std::nullopt;
  }
  CV_FIGURE(cpuset_count, CV_LIMITS_CPUSET)
  CV_FIGURE(affinity_count, CV_LIMITS_AFFINITY)
  CV_FIGURE(online_count, CV_LIMITS_ONLINE)
  CV_FIGURE(effective_cpus, CV_LIMITS_EFFECTIVE_CPUS)
  CV_FIGURE(whole_cpus, CV_LIMITS_EFFECTIVE_CPUS)
  CV_FIGURE(runtimes, CV_LIMITS_RUNTIMES)
};

// What the scheduler and the memory management did in an interval.
class Activity : public Figures<cv_activity> {
 public:
  using Figures::Figures;
  CV_FIGURE(running, CV_ACTIVITY_RUNNING)
  CV_FIGURE(blocked, CV_ACTIVITY_BLOCKED)
  CV_FIGURE(context_switches, CV_ACTIVITY_SWITCHES)
  CV_FIGURE(interrupts, CV_ACTIVITY_INTERRUPTS)
  CV_FIGURE(forks, CV_ACTIVITY_FORKS)
  CV_FIGURE(swapped_in_bytes, CV_ACTIVITY_SWAPPED_IN)
  CV_FIGURE(swapped_out_bytes, CV_ACTIVITY_SWAPPED_OUT)
  CV_FIGURE(paged_in_bytes, CV_ACTIVITY_PAGED_IN)
  CV_FIGURE(paged_out_bytes, CV_ACTIVITY_PAGED_OUT)
  CV_FIGURE(allocated_dma_pages, CV_ACTIVITY_ALLOCATED_DMA)
  CV_FIGURE(allocated_dma32_pages, CV_ACTIVITY_ALLOCATED_DMA32)
  CV_FIGURE(allocated_high_pages, CV_ACTIVITY_ALLOCATED_HIGH)
  CV_FIGURE(allocated_movable_pages, CV_ACTIVITY_ALLOCATED_MOVABLE)
  CV_FIGURE(allocated_normal_pages, CV_ACTIVITY_ALLOCATED_NORMAL)
  CV_FIGURE(freed_pages, CV_ACTIVITY_FREED)
  CV_FIGURE(started_realtime_sec, CV_ACTIVITY_STARTED)
  CV_DURATION(elapsed, std::chrono::nanoseconds, elapsed_nsec, CV_ACTIVITY_ELAPSED)
};

class CpuTimes : public Figures<cv_cpu_times> {
 public:
  using Figures::Figures;
  CV_FIGURE(user_usec, CV_CPU_TIME_USER)
  CV_FIGURE(nice_usec, CV_CPU_TIME_NICE)
  CV_FIGURE(system_usec, CV_CPU_TIME_SYSTEM)
  CV_FIGURE(idle_usec, CV_CPU_TIME_IDLE)
  CV_FIGURE(iowait_usec, CV_CPU_TIME_IOWAIT)
  CV_FIGURE(irq_usec, CV_CPU_TIME_IRQ)
  CV_FIGURE(softirq_usec, CV_CPU_TIME_SOFTIRQ)
  CV_FIGURE(steal_usec, CV_CPU_TIME_STEAL)
  CV_FIGURE(guest_usec, CV_CPU_TIME_GUEST)
  CV_FIGURE(guest_nice_usec, CV_CPU_TIME_GUEST_NICE)
};

// How many CPUs a process may use at once.
class Cpus : public Figures<cv_cpus> {
 public:
  using Figures::Figures;
  CV_FIGURE(installed_count, CV_CPUS_INSTALLED)
  CV_FIGURE(online_count, CV_CPUS_ONLINE)
  CV_FIGURE(cpuset_count, CV_CPUS_CPUSET)
  CV_FIGURE(affinity_count, CV_CPUS_AFFINITY)
  CV_FIGURE(usable_cpus, CV_CPUS_USABLE)
  CpuQuota quota() const noexcept { return CpuQuota(raw().quota); }
  bool quota_exempt() const noexcept { return raw().quota_exempt != 0; }
};

#undef CV_FIGURE
#undef CV_DURATION

class Scope {
 public:
  Scope() noexcept : raw_(detail::sized<cv_scope>()) {}
  explicit Scope(const cv_scope& raw) noexcept : raw_(raw) {}

  cv_scope_kind kind() const noexcept { return static_cast<cv_scope_kind>(raw_.kind); }
  cv_cgroup_version cgroup_version() const noexcept {
    return static_cast<cv_cgroup_version>(raw_.cgroup_version);
  }
  std::chrono::system_clock::time_point time() const {
    return detail::wall_clock(raw_.realtime_nsec);
  }
  std::chrono::nanoseconds boot_time() const noexcept {  // the same instant, CLOCK_BOOTTIME
    return std::chrono::nanoseconds(raw_.boottime_nsec);
  }
  std::optional<std::string_view> cgroup() const { return detail::text(raw_.cgroup); }
  std::optional<std::string_view> reason() const { return detail::text(raw_.reason); }
  std::optional<std::string_view> engine() const { return detail::text(raw_.engine); }
  std::optional<std::string_view> id() const { return detail::text(raw_.id); }
  // The target's own directory for a controller; nullopt: the controller is absent.
  std::optional<std::string_view> cgroup_of(cv_controller controller) const {
    return detail::text(raw_.cgroups[controller]);
  }
  int rule() const noexcept { return raw_.rule; }
  bool limits_above_hidden() const noexcept { return raw_.limits_above_hidden != 0; }
  const cv_scope& raw() const noexcept { return raw_; }

 private:
  cv_scope raw_;
};

struct ExplainedInput {
  std::string_view path;
  std::string_view text;
  std::string_view value;
};

// Where a figure comes from.
class Explanation {
 public:
  explicit Explanation(cv_explanation* handle) : handle_(handle) {
    raw_ = detail::sized<cv_explained>();
    detail::check(cv_get_explained(handle_.get(), &raw_));
  }

  std::string_view key() const { return detail::view(raw_.key); }
  std::string_view value() const { return detail::view(raw_.value); }
  std::string_view quality() const { return detail::view(raw_.quality); }
  std::string_view formula() const { return detail::view(raw_.formula); }
  std::optional<double> number() const {
    return raw_.is_number != 0 ? std::optional(raw_.number) : std::nullopt;
  }
  std::optional<std::uint64_t> integer() const {
    return raw_.is_integer != 0 ? std::optional(raw_.integer) : std::nullopt;
  }

  std::size_t input_count() const { return cv_explained_input_count(handle_.get()); }
  ExplainedInput input(std::size_t index) const {
    auto raw = detail::sized<cv_explained_input>();
    detail::check(cv_get_explained_input(handle_.get(), index, &raw));
    return {detail::view(raw.path), detail::view(raw.text), detail::view(raw.value)};
  }
  std::size_t note_count() const { return cv_explained_note_count(handle_.get()); }
  std::string_view note(std::size_t index) const {
    return detail::view(cv_get_explained_note(handle_.get(), index));
  }

 private:
  struct Free {
    void operator()(cv_explanation* handle) const noexcept { cv_explanation_free(handle); }
  };
  std::unique_ptr<cv_explanation, Free> handle_;
  cv_explained raw_{};
};

// A key that Snapshot::explain() knows, and the CV_SAMPLE_* flags that it needs.
struct ExplainKey {
  std::string_view key;
  std::uint32_t sample;
};
inline std::size_t explain_key_count() noexcept { return cv_explain_key_count(); }
inline ExplainKey explain_key(std::size_t index) {
  return {detail::view(cv_explain_key(index)), cv_explain_key_sample(index)};
}

// Kernel counters read at one instant, and the figures that they give. Move-only.
class Snapshot {
 public:
  explicit Snapshot(cv_snapshot* handle) noexcept : handle_(handle) {}

  std::size_t problem_count() const noexcept { return cv_problem_count(handle_.get()); }
  std::string_view problem(std::size_t index) const {
    return detail::view(cv_get_problem(handle_.get(), index));
  }

  Scope scope() const { return Scope(read<cv_scope>(cv_get_scope)); }
  Limits limits() const { return Limits(read<cv_limits>(cv_get_limits)); }
  Memory memory() const { return Memory(read<cv_memory>(cv_get_memory)); }
  Swap swap() const { return Swap(read<cv_swap>(cv_get_swap)); }
  Commit commit() const { return Commit(read<cv_commit>(cv_get_commit)); }
  MemoryDetails memory_details() const {
    return MemoryDetails(read<cv_memory_details>(cv_get_memory_details));
  }
  CpuCapacity cpu_capacity() const {
    return CpuCapacity(read<cv_cpu_capacity>(cv_get_cpu_capacity));
  }
  // nullptr: since the counters began.
  CpuUsage cpu_usage_since(const Snapshot* begin) const {
    auto raw = detail::sized<cv_cpu_usage>();
    detail::check(cv_get_cpu_usage(handle_of(begin), handle_.get(), &raw));
    return CpuUsage(raw);
  }
  CpuUsage cpu_usage_since(const Snapshot& begin) const { return cpu_usage_since(&begin); }
  std::size_t cpu_row_count() const noexcept { return cv_cpu_row_count(handle_.get()); }
  // nullptr: since the counters began.
  CpuRow cpu_row_since(const Snapshot* begin, std::size_t index) const {
    auto raw = detail::sized<cv_cpu_row>();
    detail::check(cv_get_cpu_row(begin != nullptr ? begin->handle_.get() : nullptr, handle_.get(),
                                 index, &raw));
    return CpuRow(raw);
  }
  std::size_t cpu_place_count() const noexcept { return cv_cpu_place_count(handle_.get()); }
  cv_cpu_place cpu_place(std::size_t index) const {
    auto raw = detail::sized<cv_cpu_place>();
    detail::check(cv_get_cpu_place(handle_.get(), index, &raw));
    return raw;
  }
  Throttling throttling() const { return Throttling(read<cv_throttling>(cv_get_throttling)); }
  // nullptr: since the machine, or the container, started.
  Activity activity_since(const Snapshot* begin) const {
    auto raw = detail::sized<cv_activity>();
    detail::check(cv_get_activity(handle_of(begin), handle_.get(), &raw));
    return Activity(raw);
  }
  CpuTimes cpu_times() const { return CpuTimes(read<cv_cpu_times>(cv_get_cpu_times)); }
  Cpus cpus() const { return Cpus(read<cv_cpus>(cv_get_cpus)); }
  Pids pids() const { return Pids(read<cv_pids>(cv_get_pids)); }
  Pressure pressure(cv_resource resource) const {
    auto raw = detail::sized<cv_pressure>();
    detail::check(cv_get_pressure(handle_.get(), resource, &raw));
    return Pressure(raw);
  }
  Uptime uptime() const { return Uptime(read<cv_uptime>(cv_get_uptime)); }
  Users users() const { return Users(read<cv_users>(cv_get_users)); }
  Load load() const { return Load(read<cv_load>(cv_get_load)); }

  Machine machine() const { return Machine(read<cv_machine>(cv_get_machine)); }

  // Disks: `begin` as for cpu_usage_since, `index` below this snapshot's disk_count().
  std::size_t disk_count() const noexcept { return cv_disk_count(handle_.get()); }
  Disk disk_since(const Snapshot* begin, std::size_t index) const {
    auto raw = detail::sized<cv_disk>();
    detail::check(cv_get_disk(handle_of(begin), handle_.get(), index, &raw));
    return Disk(raw);
  }
  Disk disk_group_since(const Snapshot* begin, const std::vector<std::size_t>& indices) const {
    auto raw = detail::sized<cv_disk>();
    detail::check(
        cv_get_disk_group(handle_of(begin), handle_.get(), indices.data(), indices.size(), &raw));
    return Disk(raw);
  }
  DiskLimits disk_limits_since(const Snapshot* begin, std::size_t index) const {
    auto raw = detail::sized<cv_disk_limits>();
    detail::check(cv_get_disk_limits(handle_of(begin), handle_.get(), index, &raw));
    return DiskLimits(raw);
  }
  DiskTotals disk_totals(std::size_t index) const {
    auto raw = detail::sized<cv_disk_totals>();
    detail::check(cv_get_disk_totals(handle_.get(), index, &raw));
    return DiskTotals(raw);
  }

  std::size_t slab_count() const noexcept { return cv_slab_count(handle_.get()); }
  // Its name lives as long as the snapshot.
  cv_slab slab(std::size_t index) const {
    auto raw = detail::sized<cv_slab>();
    detail::check(cv_get_slab(handle_.get(), index, &raw));
    return raw;
  }

  Explanation explain(const std::string& key) const {
    auto error = detail::sized<cv_error>();
    cv_explanation* explanation = nullptr;
    detail::check(cv_explain(handle_.get(), key.c_str(), &explanation, &error), error);
    return Explanation(explanation);
  }

  const cv_snapshot* handle() const noexcept { return handle_.get(); }

 private:
  template <typename Raw>
  Raw read(std::int32_t (*get)(const cv_snapshot*, Raw*) CV_NOEXCEPT) const {
    auto raw = detail::sized<Raw>();
    detail::check(get(handle_.get(), &raw));
    return raw;
  }
  static const cv_snapshot* handle_of(const Snapshot* snapshot) noexcept {
    return snapshot != nullptr ? snapshot->handle_.get() : nullptr;
  }
  struct Free {
    void operator()(cv_snapshot* handle) const noexcept { cv_snapshot_free(handle); }
  };
  std::unique_ptr<cv_snapshot, Free> handle_;
};

// cv_options with owned strings.
struct Options {
  cv_scope_request scope = CV_SCOPE_AUTO;
  std::uint32_t flags = 0;  // CV_OPEN_*
  std::string sysroot;      // empty: this machine
  std::int32_t pid = 0;     // 0: this process
  std::uint32_t cache_used_pct = 0;
  std::string cgroup;      // empty: the target's own
  std::string history;     // where samplers record loads; empty: CV_HISTORY_DIR
  std::string disks;       // directory of devices that user space drives; empty: none
  std::string disk_names;  // type of persistent names; empty: none
};

namespace detail {

// Good as long as `options` is.
inline cv_options raw_options(const Options& options) {
  auto raw = sized<cv_options>();
  raw.scope = options.scope;
  raw.flags = options.flags;
  raw.sysroot = options.sysroot.empty() ? nullptr : options.sysroot.c_str();
  raw.pid = options.pid;
  raw.cache_used_pct = options.cache_used_pct;
  raw.cgroup = options.cgroup.empty() ? nullptr : options.cgroup.c_str();
  raw.history = options.history.empty() ? nullptr : options.history.c_str();
  raw.disks = options.disks.empty() ? nullptr : options.disks.c_str();
  raw.disk_names = options.disk_names.empty() ? nullptr : options.disk_names.c_str();
  return raw;
}

}  // namespace detail

// One thing that was read since the context was opened with CV_OPEN_RECORD_READS.
struct Read {
  cv_read_kind kind;
  int system_errno;  // 0: read; else why not
  std::string_view path;
  std::string_view data;
};

// Where to look: this process, another one, a cgroup, a captured tree. Move-only.
class Context {
 public:
  Context() : Context(Options{}) {}
  explicit Context(const Options& options) {
    const cv_options raw = detail::raw_options(options);
    auto error = detail::sized<cv_error>();
    cv_context* context = nullptr;
    detail::check(cv_open(&raw, &context, &error), error);
    handle_.reset(context);
  }

  // `what` is a sum of CV_SAMPLE_*.
  Snapshot sample(std::uint32_t what) {
    auto error = detail::sized<cv_error>();
    cv_snapshot* snapshot = nullptr;
    detail::check(cv_sample(handle_.get(), what, &snapshot, &error), error);
    return Snapshot(snapshot);
  }

  // The handle, for what is opened upon this context.
  cv_context* handle() noexcept { return handle_.get(); }

  std::size_t read_count() const noexcept { return cv_read_count(handle_.get()); }
  Read read(std::size_t index) const {
    auto raw = detail::sized<cv_read>();
    detail::check(cv_get_read(handle_.get(), index, &raw));
    return {static_cast<cv_read_kind>(raw.kind), raw.sys_errno, detail::view(raw.path),
            std::string_view(raw.data, raw.data_size)};
  }

 private:
  struct Close {
    void operator()(cv_context* handle) const noexcept { cv_close(handle); }
  };
  std::unique_ptr<cv_context, Close> handle_;
};

struct TasksOptions {
  std::uint32_t flags = 0;         // CV_TASKS_*
  std::vector<std::int32_t> pids;  // empty: all
};

// The tasks of a context's scope, from one look to the next. Move-only; the context must outlive
// it.
class Tasks {
 public:
  explicit Tasks(Context& context, const TasksOptions& options = {}) {
    auto raw = detail::sized<cv_tasks_options>();
    raw.flags = options.flags;
    raw.pids = options.pids.data();
    raw.pid_count = static_cast<std::uint32_t>(options.pids.size());
    auto error = detail::sized<cv_error>();
    cv_tasks* tasks = nullptr;
    detail::check(cv_tasks_open(context.handle(), &raw, &tasks, &error), error);
    handle_.reset(tasks);
  }

  // `what` is a sum of CV_TASK_*. What at() gave before is gone.
  void refresh(std::uint32_t what) {
    auto error = detail::sized<cv_error>();
    detail::check(cv_tasks_refresh(handle_.get(), what, &error), error);
  }
  std::chrono::nanoseconds interval() const noexcept {
    return std::chrono::nanoseconds(cv_tasks_interval_nsec(handle_.get()));
  }
  std::int64_t pid_max() const noexcept { return cv_tasks_pid_max(handle_.get()); }
  std::size_t size() const noexcept { return cv_task_count(handle_.get()); }
  const cv_task& at(std::size_t index) const {
    const cv_task* task = cv_get_task(handle_.get(), index);
    if (task == nullptr) throw Error(CV_ERR_INVALID);
    return *task;
  }
  void read(const cv_task& task, std::uint32_t what) {
    detail::check(cv_tasks_read(handle_.get(), &task, what));
  }
  struct CpuTime {
    std::chrono::nanoseconds user, system;
  };
  std::optional<CpuTime> on_cpu(std::uint32_t cpu) const noexcept {
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    if (cv_get_task_cpu(handle_.get(), cpu, &user, &system) != CV_OK) return std::nullopt;
    return CpuTime{std::chrono::nanoseconds(user), std::chrono::nanoseconds(system)};
  }

 private:
  struct Close {
    void operator()(cv_tasks* handle) const noexcept { cv_tasks_close(handle); }
  };
  std::unique_ptr<cv_tasks, Close> handle_;
};

// A container that is being sampled. Texts are good until the next step.
class Sampled : public Figures<cv_sampled> {
 public:
  using Figures::Figures;
  std::optional<double> mean_load() const noexcept {
    return get(&cv_sampled::mean_load, CV_SAMPLED_MEAN);
  }
  std::chrono::duration<double> interval() const noexcept {
    return std::chrono::duration<double>(raw().interval_seconds);
  }
  cv_sampled_method method() const noexcept { return static_cast<cv_sampled_method>(raw().method); }
  std::optional<std::string_view> cgroup() const { return detail::text(raw().cgroup); }
  std::optional<std::string_view> engine() const { return detail::text(raw().engine); }
  std::optional<std::string_view> id() const { return detail::text(raw().id); }
};

struct SampledProcess {
  std::int64_t pid;
  std::string_view command;
  double mean_load;
  double share_pct;
};

// cv_sampler_options with owned strings.
struct SamplerOptions {
  std::uint32_t flags = 0;                 // CV_SAMPLER_*
  std::chrono::milliseconds interval{0};   // 0: the default
  std::chrono::milliseconds subsample{0};  // 0: the default
  std::string history;                     // empty: nothing is recorded
  std::optional<Options> view;
};

// Measures load over time. Move-only.
class Sampler {
 public:
  explicit Sampler(const SamplerOptions& options) {
    auto raw = detail::sized<cv_sampler_options>();
    raw.flags = options.flags;
    raw.interval_msec = static_cast<std::uint32_t>(options.interval.count());
    raw.subsample_msec = static_cast<std::uint32_t>(options.subsample.count());
    raw.history = options.history.empty() ? nullptr : options.history.c_str();
    cv_options view{};
    if (options.view) {
      view = detail::raw_options(*options.view);
      raw.view = &view;
    }
    auto error = detail::sized<cv_error>();
    cv_sampler* sampler = nullptr;
    detail::check(cv_sampler_open(&raw, &sampler, &error), error);
    handle_.reset(sampler);
  }

  // Does what is due; gives the time until there is more.
  std::chrono::nanoseconds step() {
    auto error = detail::sized<cv_error>();
    std::uint64_t wait_nsec = 0;
    detail::check(cv_sampler_step(handle_.get(), &wait_nsec, &error), error);
    return std::chrono::nanoseconds(wait_nsec);
  }

  std::size_t problem_count() const noexcept { return cv_sampler_problem_count(handle_.get()); }
  std::string_view problem(std::size_t index) const {
    return detail::view(cv_sampler_problem(handle_.get(), index));
  }

  std::size_t count() const noexcept { return cv_sampled_count(handle_.get()); }
  Sampled sampled(std::size_t index) const {
    auto raw = detail::sized<cv_sampled>();
    detail::check(cv_get_sampled(handle_.get(), index, &raw));
    return Sampled(raw);
  }
  Load load(std::size_t index) const {
    auto raw = detail::sized<cv_load>();
    detail::check(cv_get_sampled_load(handle_.get(), index, &raw));
    return Load(raw);
  }
  std::size_t process_count(std::size_t index) const {
    return cv_sampled_process_count(handle_.get(), index);
  }
  SampledProcess process(std::size_t index, std::size_t process) const {
    auto raw = detail::sized<cv_sampled_process>();
    detail::check(cv_get_sampled_process(handle_.get(), index, process, &raw));
    return {raw.pid, detail::view(raw.command), raw.mean_load, raw.share_pct};
  }

 private:
  struct Close {
    void operator()(cv_sampler* handle) const noexcept { cv_sampler_close(handle); }
  };
  std::unique_ptr<cv_sampler, Close> handle_;
};

}  // namespace containerview

#endif
