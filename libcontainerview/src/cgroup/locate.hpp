// SPDX-License-Identifier: Apache-2.0
// Where am I: which directory, for each controller, holds the files of a process's cgroup.
// membership (/proc/PID/cgroup) x mounts (/proc/PID/mountinfo) -> directory. Pure but for one
// question.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/proc_cgroup.hpp"
#include "kernel/proc_mountinfo.hpp"

namespace cv {

// The first six are numbered as in the C ABI (cv_controller).
enum class Controller : std::uint8_t {
  kCpu,
  kCpuacct,
  kMemory,
  kCpuset,
  kIo,
  kPids,
  kHugetlb,
  kUnified,  // no controller: the v2 tree itself, whose pressure files exist beside v1 controllers
             // too
};
inline constexpr std::size_t kControllerCount = 8;
inline constexpr std::array<Controller, kControllerCount> kControllers = {
    Controller::kCpu, Controller::kCpuacct, Controller::kMemory,  Controller::kCpuset,
    Controller::kIo,  Controller::kPids,    Controller::kHugetlb, Controller::kUnified};

struct CgroupMount {
  bool is_v2 = false;
  std::string root;  // path of the cgroup that is mounted, relative to the reader's namespace
  std::string mount_point;
  std::vector<std::string> controllers;  // v1: exact tokens of the super options
};

struct MountTable {
  std::vector<CgroupMount> cgroups;  // those that are not covered by a later mount, in file order
  bool lxcfs_meminfo = false;        // /proc/meminfo is lxcfs's: not the machine's figures
  bool lxcfs_uptime = false;
  bool lxcfs_cpus = false;  // cpu/online numbers the container's CPUs anew, from 0
  bool lxcfs_diskstats = false;
};
MountTable select_mounts(const std::vector<MountLine>& lines);

// A cgroup directory: mount point + path below the mount's root.
struct Location {
  bool is_v2 = false;
  std::string path;  // membership, as /proc/PID/cgroup prints it
  std::string mount_root;
  std::string mount_point;
  std::string below;  // "" (the mount point itself) or "/a/b"
  bool fits = true;   // false: the path lies outside of the mount, this is the best guess

  std::string dir() const { return mount_point + below; }
  // The directory of another cgroup of the same hierarchy; none when the mount does not show it.
  std::optional<std::string> below_of(std::string_view other_path) const;
};

struct Placement {
  struct At {
    std::optional<Location> location;
    // The controller exists, but its cgroup can not be found under the mounts: limits are unknown.
    bool hidden = false;
  };
  std::array<At, kControllerCount> at;

  const At& operator[](Controller c) const { return at[static_cast<std::size_t>(c)]; }
  At& operator[](Controller c) { return at[static_cast<std::size_t>(c)]; }
  const Location* find(Controller c) const {
    const auto& location = (*this)[c].location;
    return location ? &*location : nullptr;
  }
};

struct ControllerNames {
  std::string_view v1, v2;
};
// As /proc/PID/cgroup, mount options and cgroup.controllers name it; empty for kUnified.
ControllerNames names_of(Controller controller);

// The membership that counts for a controller: the v1 line that names it, else the v2 line.
const CgroupMembership* membership_of(const ProcCgroup& membership, Controller controller);

// Whether any of our controllers is in a v1 hierarchy.
bool any_v1(const ProcCgroup& membership);

// What locate() must ask of the file system.
struct DirectoryProbe {
  std::function<bool(const std::string& dir)> exists;
  // cgroup.controllers of a v2 mount; asked only where v1 controllers are mounted beside it.
  std::function<bool(const std::string& dir, std::string_view controller)> has_controller;
};

Placement locate(const ProcCgroup& membership, const MountTable& mounts,
                 const DirectoryProbe& probe);

}  // namespace cv
