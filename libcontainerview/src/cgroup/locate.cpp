// SPDX-License-Identifier: Apache-2.0
#include "cgroup/locate.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cgroup/path.hpp"

namespace cv {
namespace {

bool names_controller(const CgroupMount& mount, std::string_view controller) {
  return std::find(mount.controllers.begin(), mount.controllers.end(), controller) !=
         mount.controllers.end();
}

bool under_sys_fs_cgroup(const CgroupMount& mount) {
  return path_below(mount.mount_point, "/sys/fs/cgroup").has_value();
}

// The first mount that `good` accepts, one under /sys/fs/cgroup before all others.
template <typename Good>
const CgroupMount* pick(const std::vector<const CgroupMount*>& mounts, Good&& good) {
  const CgroupMount* first = nullptr;
  for (const CgroupMount* mount : mounts) {
    if (!good(*mount)) continue;
    if (under_sys_fs_cgroup(*mount)) return mount;
    if (first == nullptr) first = mount;
  }
  return first;
}

// For a path that no mount's root contains: drop leading components until what is left exists below
// the mount point (a namespace hides what came before them), but never end on an init.scope, which
// is the manager's own cgroup and not ours.
std::string longest_suffix_that_exists(const CgroupMount& mount, std::string_view path,
                                       const DirectoryProbe& probe) {
  while (!path.empty() && path != "/") {
    if (path_last(path) == "init.scope") break;
    if (probe.exists(mount.mount_point + std::string(path))) return std::string(path);
    const std::size_t slash = path.find('/', 1);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash);
  }
  return {};
}

std::optional<Location> place(const CgroupMembership& membership,
                              const std::vector<const CgroupMount*>& mounts,
                              const DirectoryProbe& probe) {
  const auto below = [&](const CgroupMount& mount) {
    return path_below(membership.path, mount.root);
  };
  Location location;
  location.is_v2 = membership.is_v2;
  location.path = membership.path;
  const CgroupMount* mount =
      pick(mounts, [&](const CgroupMount& m) { return below(m).has_value(); });
  if (mount != nullptr) {
    location.below = *below(*mount);
  } else {
    // A root of nothing but ".." lies above our namespace: where we are below it is not told.
    mount = pick(mounts, [](const CgroupMount& m) { return !path_only_dotdots(m.root); });
    if (mount == nullptr) return std::nullopt;
    location.fits = false;
    if (!path_has_dotdot(membership.path))
      location.below = longest_suffix_that_exists(*mount, membership.path, probe);
  }
  location.mount_root = mount->root;
  location.mount_point = mount->mount_point;
  return location;
}

}  // namespace

ControllerNames names_of(Controller controller) {
  switch (controller) {
    case Controller::kCpu:
      return {"cpu", "cpu"};
    case Controller::kCpuacct:
      return {"cpuacct", "cpu"};
    case Controller::kMemory:
      return {"memory", "memory"};
    case Controller::kCpuset:
      return {"cpuset", "cpuset"};
    case Controller::kIo:
      return {"blkio", "io"};
    case Controller::kPids:
      return {"pids", "pids"};
    case Controller::kHugetlb:
      return {"hugetlb", "hugetlb"};
    case Controller::kUnified:
      break;
  }
  return {};
}

std::optional<std::string> Location::below_of(std::string_view other_path) const {
  const auto rest = path_below(other_path, mount_root);
  if (!rest) return std::nullopt;
  return std::string(*rest);
}

MountTable select_mounts(const std::vector<MountLine>& lines) {
  MountTable table;
  // A host has thousands of mounts and a handful of cgroup ones: look for what covers only those.
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    if (line->fs_type == "fuse.lxcfs") {
      table.lxcfs_meminfo |= line->mount_point == "/proc/meminfo";
      table.lxcfs_uptime |= line->mount_point == "/proc/uptime";
      table.lxcfs_cpus |=
          path_below("/sys/devices/system/cpu/online", line->mount_point).has_value();
      table.lxcfs_diskstats |= line->mount_point == "/proc/diskstats";
      continue;
    }
    const bool is_v2 = line->fs_type == "cgroup2";
    if (!is_v2 && line->fs_type != "cgroup") continue;
    // By a later mount at the same place, or at a directory above it: mounts below a mount are
    // listed after it, so this one is not below the later one but under it.
    const bool covered = std::any_of(line + 1, lines.end(), [&](const MountLine& later) {
      return later.mount_point != "/" && path_below(line->mount_point, later.mount_point);
    });
    if (covered) continue;
    CgroupMount mount{is_v2, unescape_mount(line->root), unescape_mount(line->mount_point), {}};
    while (mount.root.size() > 1 && mount.root.back() == '/') mount.root.pop_back();
    if (!is_v2)
      for_each_item(line->super_options, ',',
                    [&](std::string_view option) { mount.controllers.emplace_back(option); });
    table.cgroups.push_back(std::move(mount));
  }
  return table;
}

const CgroupMembership* membership_of(const ProcCgroup& membership, Controller controller) {
  const CgroupMembership* v1 =
      controller == Controller::kUnified ? nullptr : membership.v1(names_of(controller).v1);
  return v1 != nullptr ? v1 : membership.v2();
}

bool any_v1(const ProcCgroup& membership) {
  return std::any_of(kControllers.begin(), kControllers.end(), [&](Controller c) {
    const CgroupMembership* entry = membership_of(membership, c);
    return entry != nullptr && !entry->is_v2;
  });
}

Placement locate(const ProcCgroup& membership, const MountTable& mounts,
                 const DirectoryProbe& probe) {
  const bool beside_v1 = any_v1(membership);
  Placement placement;
  for (const Controller controller : kControllers) {
    const CgroupMembership* entry = membership_of(membership, controller);
    if (entry == nullptr) continue;
    const ControllerNames names = names_of(controller);
    std::vector<const CgroupMount*> candidates;
    for (const CgroupMount& mount : mounts.cgroups)
      if (mount.is_v2 == entry->is_v2 && (mount.is_v2 || names_controller(mount, names.v1)))
        candidates.push_back(&mount);
    if (candidates.empty()) continue;

    auto location = place(*entry, candidates, probe);
    if (!location) {
      placement[controller].hidden = true;
      continue;
    }
    // Beside v1 hierarchies the v2 tree holds only the controllers that were left to it.
    const bool mixed = beside_v1 && entry->is_v2 && controller != Controller::kUnified;
    if (mixed && !probe.has_controller(location->mount_point, names.v2)) continue;
    placement[controller].location = std::move(location);
  }
  return placement;
}

}  // namespace cv
