// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cgroup/path.hpp"
#include "load/integrator.hpp"
#include "snapshot/threads.hpp"

namespace cv {
namespace {

// The freezer is in no snapshot. Engines give a container the same path in each v1 hierarchy.
std::string freezer_dir_of(const Target& target) {
  for (const CgroupMount& mount : target.mounts().cgroups) {
    const auto& names = mount.controllers;
    if (std::find(names.begin(), names.end(), "freezer") == names.end()) continue;
    const auto below = path_below(target.scope()->path, mount.root);
    if (!below) continue;
    std::string dir = mount.mount_point;
    dir += *below;
    if (target.cgroup_root().is_directory(dir)) return dir;
  }
  return {};
}

}  // namespace

LoadPlaces load_places(const Target& target) {
  LoadPlaces places;
  if (const auto listing = thread_listing(target)) {
    places.threads_dir = listing->dir;
    places.is_v2 = listing->is_v2;
  }
  if (const auto dir = target.scope()->dir(*target.placement(), Controller::kCpuacct)) {
    const bool is_v2 = target.placement()->find(Controller::kCpuacct)->is_v2;
    places.usage_file = *dir + (is_v2 ? "/cpu.stat" : "/cpuacct.usage");
  }
  places.freezer_dir = freezer_dir_of(target);
  return places;
}

}  // namespace cv
