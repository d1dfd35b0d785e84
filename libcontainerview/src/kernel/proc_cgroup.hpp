// SPDX-License-Identifier: Apache-2.0
// /proc/PID/cgroup (cgroups(7)): in which cgroup of each hierarchy a process is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernel/parsed.hpp"

namespace cv {

struct CgroupMembership {
  std::vector<std::string> controllers;  // "cpu", "cpuacct", "name=systemd"; none for v2
  std::string path;    // relative to the reader's cgroup namespace root; not escaped
  bool is_v2 = false;  // the "0::" line

  bool has(std::string_view controller) const;
};

struct ProcCgroup {
  std::vector<CgroupMembership> entries;

  // The v1 line that names the controller; null if none does.
  const CgroupMembership* v1(std::string_view controller) const;
  const CgroupMembership* v2() const;
};

// "4:memory:/docker/ID\n1:name=systemd:/\n0::/user.slice\n". A path may hold ':', blanks and tabs,
// and ends with " (deleted)" when the cgroup is gone. A trailing '/' is dropped.
Parsed<ProcCgroup> parse_proc_cgroup(std::string_view text);

}  // namespace cv
