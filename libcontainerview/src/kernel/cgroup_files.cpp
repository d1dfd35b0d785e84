// SPDX-License-Identifier: Apache-2.0
#include "kernel/cgroup_files.hpp"

#include <array>

#include "base/text.hpp"

namespace cv {
namespace {

constexpr std::uint64_t kV1Unlimited = 0x7FFFFFFFFFFF0000;
constexpr std::uint64_t kDefaultPeriodUsec = 100'000;

// The file's only line, without blanks around it; none when the file is empty or has more lines.
Result<std::string_view> only_line(std::string_view text) {
  const std::string_view line = trim(text);
  if (line.empty()) return malformed(1, "empty");
  if (line.find('\n') != std::string_view::npos) return malformed(2, "more than one line");
  return line;
}

}  // namespace

Result<FileLimit> parse_max(std::string_view text) {
  return only_line(text).and_then([](std::string_view line) -> Result<FileLimit> {
    if (line == "max") return FileLimit{};
    const auto value = parse_u64(line);
    if (!value) return malformed(1, "neither \"max\" nor a number");
    return FileLimit{true, *value};
  });
}

FileLimit v1_memory_limit(std::uint64_t value) { return {value < kV1Unlimited, value}; }

Result<FileLimit> parse_v1_memory_limit(std::string_view text) {
  return only_line(text).and_then([](std::string_view line) -> Result<FileLimit> {
    if (line == "-1") return FileLimit{};
    const auto value = parse_u64(line);
    if (!value) return malformed(1, "not a number of bytes");
    return v1_memory_limit(*value);
  });
}

Result<std::uint64_t> parse_number(std::string_view text) {
  return only_line(text).and_then([](std::string_view line) -> Result<std::uint64_t> {
    const auto value = parse_u64(line);
    if (!value) return malformed(1, "not a number");
    return *value;
  });
}

Result<CpuQuota> parse_cpu_max(std::string_view text) {
  return only_line(text).and_then([](std::string_view rest) -> Result<CpuQuota> {
    const std::string_view quota_text = next_field(rest);
    const std::string_view period_text = next_field(rest);
    if (!trim(rest).empty()) return malformed(1, "more than two fields");
    CpuQuota quota;
    quota.period_usec = kDefaultPeriodUsec;
    if (!period_text.empty()) {
      const auto period = parse_u64(period_text);
      if (!period) return malformed(1, "period is not a number");
      if (*period == 0) return malformed(1, "period is zero");
      quota.period_usec = *period;
    }
    if (quota_text == "max") return quota;
    const auto value = parse_u64(quota_text);
    if (!value) return malformed(1, "quota is neither \"max\" nor a number");
    if (*value == 0) return malformed(1, "quota is zero");
    quota.limited = true;
    quota.quota_usec = *value;
    return quota;
  });
}

Result<std::optional<std::uint64_t>> parse_cfs_quota(std::string_view text) {
  return only_line(text).and_then(
      [](std::string_view line) -> Result<std::optional<std::uint64_t>> {
        const auto value = parse_i64(line);
        if (!value) return malformed(1, "quota is not a number");
        if (*value < 0) return std::optional<std::uint64_t>{};
        if (*value == 0) return malformed(1, "quota is zero");
        return std::optional(static_cast<std::uint64_t>(*value));
      });
}

Result<std::uint64_t> parse_cfs_period(std::string_view text) {
  return parse_number(text).and_then([](std::uint64_t period) -> Result<std::uint64_t> {
    if (period == 0) return malformed(1, "period is zero");
    return period;
  });
}

std::optional<Error> parse_flat_keyed(std::string_view text, std::span<const KeyedField> fields) {
  std::optional<Error> error;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    const std::string_view key = line.substr(0, line.find(' '));
    for (const KeyedField& field : fields) {
      if (field.key != key) continue;
      *field.value =
          key.size() < line.size() ? parse_u64(trim(line.substr(key.size() + 1))) : std::nullopt;
      if (!*field.value && !error)
        error = malformed(number, "value of " + std::string(key) + " is not a number").value();
      break;
    }
    return true;
  });
  return error;
}

Result<std::vector<std::uint64_t>> parse_numbers(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  for (std::string_view rest = trim(text); !rest.empty(); rest = trim(rest)) {
    const auto number = parse_u64(next_field(rest));
    if (!number) return malformed(1, "not a list of numbers");
    numbers.push_back(*number);
  }
  return numbers;
}

Parsed<CpuStat> parse_cpu_stat(std::string_view text) {
  Parsed<CpuStat> stat;
  CpuStat& value = stat.value;
  std::optional<std::uint64_t> throttled_nsec;
  const std::array fields{
      KeyedField{"usage_usec", &value.usage_usec},
      KeyedField{"user_usec", &value.user_usec},
      KeyedField{"system_usec", &value.system_usec},
      KeyedField{"nice_usec", &value.nice_usec},
      KeyedField{"nr_periods", &value.nr_periods},
      KeyedField{"nr_throttled", &value.nr_throttled},
      KeyedField{"throttled_usec", &value.throttled_usec},
      KeyedField{"throttled_time", &throttled_nsec},
  };
  stat.error = parse_flat_keyed(text, fields);
  if (throttled_nsec) value.throttled_usec = *throttled_nsec / 1000;
  return stat;
}

Parsed<CpuacctStat> parse_cpuacct_stat(std::string_view text) {
  Parsed<CpuacctStat> stat;
  const std::array fields{
      KeyedField{"user", &stat.value.user_ticks},
      KeyedField{"system", &stat.value.system_ticks},
  };
  stat.error = parse_flat_keyed(text, fields);
  return stat;
}

Parsed<MemoryStat> parse_memory_stat_v2(std::string_view text) {
  Parsed<MemoryStat> stat;
  MemoryStat& value = stat.value;
  const std::array fields{
      KeyedField{"file", &value.cache},
      KeyedField{"shmem", &value.shmem},
      KeyedField{"active_file", &value.active_file},
      KeyedField{"inactive_file", &value.inactive_file},
      KeyedField{"active_anon", &value.active_anon},
      KeyedField{"inactive_anon", &value.inactive_anon},
      KeyedField{"file_dirty", &value.dirty},
      KeyedField{"file_writeback", &value.writeback},
      KeyedField{"slab_reclaimable", &value.slab_reclaimable},
      KeyedField{"pswpin", &value.pswpin},
      KeyedField{"pswpout", &value.pswpout},
  };
  stat.error = parse_flat_keyed(text, fields);
  return stat;
}

Parsed<MemoryStat> parse_memory_stat_v1(std::string_view text) {
  Parsed<MemoryStat> stat;
  MemoryStat& value = stat.value;
  const std::array fields{
      KeyedField{"total_cache", &value.cache},
      KeyedField{"total_shmem", &value.shmem},
      KeyedField{"total_active_file", &value.active_file},
      KeyedField{"total_inactive_file", &value.inactive_file},
      KeyedField{"total_active_anon", &value.active_anon},
      KeyedField{"total_inactive_anon", &value.inactive_anon},
      KeyedField{"total_dirty", &value.dirty},
      KeyedField{"total_writeback", &value.writeback},
      KeyedField{"total_swap", &value.swap},
      KeyedField{"hierarchical_memory_limit", &value.hierarchical_memory_limit},
      KeyedField{"hierarchical_memsw_limit", &value.hierarchical_memsw_limit},
  };
  stat.error = parse_flat_keyed(text, fields);
  return stat;
}

Parsed<MemoryEvents> parse_memory_events(std::string_view text) {
  Parsed<MemoryEvents> events;
  const std::array fields{
      KeyedField{"high", &events.value.high},
      KeyedField{"max", &events.value.max},
      KeyedField{"oom", &events.value.oom},
      KeyedField{"oom_kill", &events.value.oom_kill},
  };
  events.error = parse_flat_keyed(text, fields);
  return events;
}

bool has_controller(std::string_view text, std::string_view controller) {
  std::string_view rest = trim(text);
  while (!rest.empty())
    if (next_field(rest) == controller) return true;
  return false;
}

}  // namespace cv
