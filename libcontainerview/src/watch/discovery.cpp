// SPDX-License-Identifier: Apache-2.0
#include "watch/discovery.hpp"

#include <algorithm>

#include "cgroup/engine.hpp"
#include "cgroup/path.hpp"

namespace cv {
namespace {

// Deeper trees are nobody's containers, and end the recursion in a tree that grows meanwhile.
constexpr int kMaxDepth = 24;

class Search {
 public:
  Search(const Sysroot& root, const CgroupMount& hierarchy,
         const std::function<bool(std::uint64_t)>& unchanged)
      : root_(root), hierarchy_(hierarchy), unchanged_(unchanged) {}

  std::vector<FoundContainer> run() {
    if (const auto top = root_.directory(hierarchy_.mount_point)) walk("", *top, false, 0);
    return std::move(found_);
  }

 private:
  // `below`: the cgroup's path below the mount.
  void walk(const std::string& below, const Sysroot::Directory& directory, bool in_container,
            int depth) {
    if (depth > kMaxDepth || !directory.may_have_directories) return;
    const auto children = root_.child_directories(hierarchy_.mount_point + below);
    if (!children) return;  // gone meanwhile
    for (const auto& [name, inode] : *children) {
      if (unchanged_(inode)) {
        found_.push_back({{}, inode, {}, {}, true});
        continue;
      }
      std::string child = below;
      child.append("/").append(name);
      const auto info = root_.directory(hierarchy_.mount_point + child);
      if (!info) continue;
      const bool container = take(child, name, *info, in_container);
      walk(child, *info, in_container || container, depth + 1);
    }
  }

  // Notes the cgroup if it is a container, and returns whether an engine made it.
  bool take(const std::string& below, const std::string& name, const Sysroot::Directory& info,
            bool in_container) {
    const std::string path = path_from(hierarchy_.root, below);
    auto engine = engine_of_path(path);
    const bool made = engine && engine->path == path;
    const bool slice =
        !made && !in_container && name.ends_with(".slice") && !name.starts_with("kubepods");
    if (slice) engine = EngineCgroup{path, "systemd", name};
    if (!made && !slice) return false;
    found_.push_back({hierarchy_.mount_point + below, info.inode, std::move(engine->engine),
                      std::move(engine->id), !info.may_have_directories});
    return made;
  }

  const Sysroot& root_;
  const CgroupMount& hierarchy_;
  const std::function<bool(std::uint64_t)>& unchanged_;
  std::vector<FoundContainer> found_;
};

}  // namespace

std::optional<CgroupMount> container_hierarchy(const Sysroot& root) {
  const auto text = root.read("/proc/self/mountinfo");
  if (!text) return std::nullopt;
  const MountTable mounts = select_mounts(parse_mountinfo(*text).value);
  std::optional<CgroupMount> chosen;
  for (const CgroupMount& mount : mounts.cgroups) {
    const auto& names = mount.controllers;
    const bool v1_cpu = !mount.is_v2 && std::find(names.begin(), names.end(), "cpu") != names.end();
    if (v1_cpu) return mount;
    if (mount.is_v2 && !chosen) chosen = mount;
  }
  return chosen;
}

std::vector<FoundContainer> find_containers(
    const Sysroot& root, const CgroupMount& hierarchy,
    const std::function<bool(std::uint64_t inode)>& unchanged) {
  return Search(root, hierarchy, unchanged).run();
}

}  // namespace cv
