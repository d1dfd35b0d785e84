// SPDX-License-Identifier: Apache-2.0
// Tasks and figures made by hand, for tests of what top makes of them.
#pragma once

#include <deque>
#include <string>

#include "top/frame.hpp"
#include "top/names.hpp"

namespace cvtools::top {

class FakeNames : public NameSource {
 public:
  std::optional<std::string> user(std::uint32_t uid) override {
    if (uid == 0) return "root";
    if (uid == 1000) return "somebody-long";
    return std::nullopt;
  }
  std::optional<std::string> group(std::uint32_t gid) override {
    return gid == 4 ? std::optional<std::string>("adm") : std::nullopt;
  }
  std::optional<std::uint32_t> uid_of(std::string_view name) override {
    return name == "root" ? std::optional<std::uint32_t>(0) : std::nullopt;
  }
};

// A sample of its own tasks.
class FakeSample {
 public:
  FakeSample() {
    sample.scope = containerview::Scope([] {
      cv_scope raw{};
      raw.kind = CV_KIND_CONTAINER;
      raw.realtime_nsec = 1795429838'900000000;  // 2026-11-23 10:30:38.9 UTC
      raw.boottime_nsec = 10'000'000'000'000;
      raw.engine = "docker";
      raw.id = "3f2a1b4c5d6e";
      return raw;
    }());
    sample.uptime.raw().valid = CV_UPTIME_UPTIME;
    sample.uptime.raw().uptime_nsec = 2857'000000000;
    sample.users.raw().valid = CV_USERS_COUNT;
    sample.load.raw().valid = ~std::uint64_t{0};
    sample.load.raw().avg_1m = 1.25;
    sample.cpu.raw().valid = ~std::uint64_t{0};
    sample.cpu.raw().user_pct = 97.6;
    sample.cpu.raw().system_pct = 2.4;
    sample.capacity.raw().valid = CV_CPU_CAPACITY;
    sample.capacity.raw().effective_cpus = 2;
    sample.memory.raw().valid = ~std::uint64_t{0};
    sample.memory.raw().total_bytes = std::uint64_t{256} << 20;
    sample.memory.raw().free_bytes = std::uint64_t{100} << 20;
    sample.memory.raw().used_bytes = std::uint64_t{64} << 20;
    sample.memory.raw().available_bytes = std::uint64_t{192} << 20;
    sample.swap.raw().valid = ~std::uint64_t{0};
    sample.interval_seconds = 2;
  }

  cv_task& add(int pid, int parent, const char* command) {
    cv_task& task = tasks_.emplace_back();
    task.size = sizeof task;
    task.read = unsigned{CV_TASK_STAT} | CV_TASK_OWNER | CV_TASK_STATM;
    task.pid = task.process_pid = pid;
    task.parent_pid = parent;
    task.priority = 20;
    task.thread_count = 1;
    task.state = 'S';
    task.start_nsec = pid * std::int64_t{1'000'000'000};
    task.command = command;
    sample.tasks.push_back(&task);
    ++sample.counts.total;
    ++sample.counts.sleeping;
    return task;
  }

  FieldContext context() { return field_context(settings, settings.window(), sample, names); }
  Frame frame(std::size_t columns = 80, std::size_t rows = 0) {
    FrameOptions options;
    options.size = {columns, rows};
    return build_frame(settings, sample, arrange_windows(settings, sample, names), names, options);
  }

  Sample sample;
  Settings settings = default_settings();
  Names names{std::make_unique<FakeNames>()};

 private:
  std::deque<cv_task> tasks_;
};

}  // namespace cvtools::top
