// SPDX-License-Identifier: Apache-2.0
// What a sampler has recorded of this container, if one runs.
#include "base/text.hpp"
#include "kernel/timens.hpp"
#include "snapshot/reader.hpp"
#include "snapshot/sampler.hpp"

namespace cv {
namespace {

// How far this process's CLOCK_BOOTTIME is ahead of the machine's: samplers may run in another time
// namespace than readers, and none tells the other.
std::int64_t boottime_offset_nsec(const Sysroot& root) {
  const auto offset = read_parsed(root, "/proc/self/timens_offsets", parse_boottime_offset);
  return offset ? *offset : 0;  // absent before Linux 5.6: there is one time only
}

}  // namespace

std::vector<HistoryCgroup> history_cgroups(const Target& target) {
  std::vector<HistoryCgroup> cgroups;
  for (const auto& [controller, hierarchy] : {std::pair{Controller::kUnified, Hierarchy::kV2},
                                              std::pair{Controller::kCpu, Hierarchy::kCpu}}) {
    const Location* location = target.placement()->find(controller);
    const auto dir = target.scope()->dir(*target.placement(), controller);
    if (!dir || (hierarchy == Hierarchy::kV2) != location->is_v2) continue;
    if (const auto inode = target.cgroup_root().inode(*dir))
      cgroups.push_back({{hierarchy, *inode}, *dir});
  }
  return cgroups;
}

std::int64_t machine_boottime_nsec(const Sysroot& root, std::int64_t boottime_nsec) {
  return boottime_nsec - boottime_offset_nsec(root);
}

void sample_history(const Target& target, Snapshot& snapshot) {
  const Sysroot& root = target.machine();
  const std::string& dir = target.options().history_dir;
  // A captured tree knows no now.
  if (dir.empty() || !root.live() || !snapshot.time.boottime_nsec) return;
  for (const auto& [key, cgroup_dir] : history_cgroups(target)) {
    const std::string path = dir + "/" + key.file_name();
    const auto text = root.read_trusted(dir, key.file_name(), kHistoryBytes);
    auto history = text ? read_history(*text) : tl::make_unexpected(text.error());
    if (!history) {
      Error& error = history.error();
      error.path = path;
      const bool usual = error.absent() || error.kind == ErrorKind::kUnavailable;
      if (!usual) snapshot.problems.push_back(error.message());
      continue;
    }
    const auto boot_id = root.read("/proc/sys/kernel/random/boot_id");
    const char* why_not =
        why_not_current(*history, boot_id ? std::string_view(*boot_id) : std::string_view{}, key,
                        machine_boottime_nsec(root, *snapshot.time.boottime_nsec));
    if (why_not == nullptr) {
      snapshot.load.history_path = path;
      snapshot.load.history = std::move(*history);
      return;
    }
    snapshot.problems.push_back(path + ": " + why_not);
  }
}

}  // namespace cv
