// SPDX-License-Identifier: Apache-2.0
#include "top/limits_line.hpp"

#include "common/formatted.hpp"
#include "common/printable.hpp"
#include "top/format.hpp"

namespace cvtools::top {
namespace {

struct Part {
  std::string text;
  bool alarm = false;
};

constexpr double kMuchThrottled = 5;   // per cent of the periods
constexpr double kLittleMemory = 0.1;  // of the limit

std::string size_text(std::uint64_t bytes) {
  return format_memory(static_cast<double>(bytes), 6, 1, true);  // "256.0m"
}

Part whose(const Sample& sample) {
  constexpr std::size_t kShortId = 12;
  if (sample.scope.kind() == CV_KIND_HOST) return {"host"};
  std::string text(sample.scope.engine().value_or("container"));
  if (const auto id = sample.scope.id())
    text += formatted(" {}", id->size() == 64 ? id->substr(0, kShortId) : *id);
  return {printable(text)};
}

Part cpus(const Sample& sample) {
  const auto cpus = sample.capacity.effective_cpus();
  const auto online = sample.limits.online_count();
  if (!cpus || !online) return {"- CPUs"};
  return {formatted("{:.2f} of {} CPUs", *cpus, *online)};
}

Part throttled(const Sample& sample) {
  const auto pct = sample.cpu.throttled_pct();
  if (!pct) return {"- throttled"};
  return {formatted("{:.1f}% throttled", *pct), *pct > kMuchThrottled};
}

Part limit(const Sample& sample) {
  const containerview::Limit memory = sample.limits.memory();
  if (const auto bytes = memory.value()) return {formatted("{} limit", size_text(*bytes))};
  return {memory.state() == CV_LIMIT_UNLIMITED ? "no memory limit" : "- limit"};
}

Part distance(const Sample& sample) {
  const auto available = sample.memory.available_bytes();
  const auto total = sample.memory.total_bytes();
  if (!available || !total) return {"- to OOM"};
  return {formatted("{} to OOM", size_text(*available)),
          static_cast<double>(*available) < kLittleMemory * static_cast<double>(*total)};
}

Part kills(const Sample& sample) {
  const auto count = sample.memory_details.oom_kills();
  if (!count) return {"- OOM kills"};
  return {formatted("{} OOM kill{}", *count, *count == 1 ? "" : "s"), *count != 0};
}

Part pids(const Sample& sample) {
  const auto current = sample.pids.current();
  const containerview::Limit most = sample.pids.limit();
  if (!current) return {"- pids"};
  if (const auto count = most.value())
    return {formatted("{} of {} pids", *current, *count), *current * 10 >= *count * 9};
  return {formatted("{} pids", *current)};
}

std::string pressure_text(const containerview::Pressure& pressure) {
  const auto pct = pressure.some_avg10_pct();
  return pct ? formatted("{:.1f}", *pct) : "-";
}

Part pressure(const Sample& sample) {
  return {formatted("PSI cpu {} mem {} io {}", pressure_text(sample.cpu_pressure),
                    pressure_text(sample.memory_pressure), pressure_text(sample.io_pressure))};
}

}  // namespace

std::vector<Line> limits_lines(const Sample& sample, std::size_t columns) {
  const Part parts[] = {whose(sample),    cpus(sample),  throttled(sample), limit(sample),
                        distance(sample), kills(sample), pids(sample),      pressure(sample)};
  std::vector<Line> lines;
  for (const Part& part : parts) {
    const bool fits =
        !lines.empty() && display_width(lines.back().text) + 2 + display_width(part.text) < columns;
    if (fits) {
      lines.back().add(", ", Ink::kLimits);
    } else {
      lines.emplace_back().ink = Ink::kLimits;
    }
    lines.back().add(part.text, part.alarm ? Ink::kLimitsAlarm : Ink::kLimits);
  }
  return lines;
}

}  // namespace cvtools::top
