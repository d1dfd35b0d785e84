// SPDX-License-Identifier: Apache-2.0
#include "snapshot/threads.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "kernel/proc_task_files.hpp"

namespace cv {
namespace {

// A number that the kernel writes for a process; 0 stands for one in a foreign PID namespace.
void append_ids(std::string_view text, std::vector<std::uint64_t>& ids) {
  for_each_line(text, [&](std::string_view line, std::uint32_t) {
    const auto id = parse_u64(line);
    if (id && *id != 0) ids.push_back(*id);
    return true;
  });
}

}  // namespace

std::optional<ThreadListing> thread_listing(const Target& target) {
  for (const Controller c : {Controller::kUnified, Controller::kMemory, Controller::kCpu,
                             Controller::kPids, Controller::kCpuacct})
    if (auto dir = target.scope()->dir(*target.placement(), c))
      return ThreadListing{std::move(*dir), target.placement()->find(c)->is_v2};
  return std::nullopt;
}

bool append_ids_of_subtree(const Sysroot& root, const std::string& dir, std::string_view file,
                           std::vector<std::uint64_t>& ids) {
  const auto text = root.read(std::string(dir).append("/").append(file));
  if (text) append_ids(*text, ids);
  const auto directory = root.directory(dir);
  if (!directory || !directory->may_have_directories) return text.has_value();
  if (const auto children = root.list_directories(dir))
    for (const std::string& name : *children)
      (void)append_ids_of_subtree(root, std::string(dir).append("/").append(name), file, ids);
  return text.has_value();
}

std::vector<std::uint64_t> ids_of_proc(const Sysroot& root, const std::string& dir,
                                       std::size_t limit) {
  std::vector<std::uint64_t> ids;
  if (const auto names = root.list_directories(dir, limit))
    for (const std::string& name : *names)
      if (const auto id = parse_u64(name)) ids.push_back(*id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

bool whole_proc_is_ours(const Target& target) {
  return target.options().pid == 0 && target.pid1_in_scope();
}

bool has_our_ids(const Sysroot& root) {
  if (!root.live()) return false;
  const auto text = root.read("/proc/self/status");
  return text && parse_task_status(*text).pid_namespaces == 1;
}

std::string thread_dir(std::uint64_t tid) {
  const std::string id = std::to_string(tid);
  return "/proc/" + id + "/task/" + id;
}

std::optional<PidStat> read_thread_stat(const Sysroot& root, std::uint64_t tid) {
  const auto stat = read_parsed(root, thread_dir(tid) + "/stat", parse_pid_stat);
  return stat ? std::optional(*stat) : std::nullopt;
}

std::int64_t start_nsec(std::uint64_t start_ticks) {
  // Field 22 can be anything in a captured tree: do not let the product overflow.
  const auto tick = static_cast<std::uint64_t>(clock_tick_nsec());
  constexpr std::uint64_t kMaxNsec = std::uint64_t{1} << 62;
  return static_cast<std::int64_t>(std::min(start_ticks, kMaxNsec / tick) * tick);
}

}  // namespace cv
