// SPDX-License-Identifier: Apache-2.0
// Which containers there are on a machine: the cgroups that engines named.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cgroup/locate.hpp"
#include "kernel/sysroot.hpp"

namespace cv {

struct FoundContainer {
  std::string dir;
  std::uint64_t inode = 0;  // of dir: which cgroup it is
  std::string engine;       // as EngineCgroup has it, or systemd: a slice
  std::string id;
  bool leaf = false;  // there are no cgroups in it
};

// The hierarchy to look through: v1's cpu where it is mounted, else v2. None: no cgroups here.
std::optional<CgroupMount> container_hierarchy(const Sysroot& root);

// Every cgroup below the mount that an engine named, containers in containers too, and systemd's
// slices outside of them. (Slices of pods are not among them: their containers are.) Of those for
// which unchanged(inode) is true nothing but the inode is told, and nothing is looked for in them.
std::vector<FoundContainer> find_containers(
    const Sysroot& root, const CgroupMount& hierarchy,
    const std::function<bool(std::uint64_t inode)>& unchanged);

}  // namespace cv
