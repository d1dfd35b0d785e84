// SPDX-License-Identifier: Apache-2.0
// /proc/PID/mountinfo (proc(5)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernel/parsed.hpp"

namespace cv {

// A mount, still escaped: views into the file's text. Hosts have thousands; few matter here.
struct MountLine {
  std::string_view root;
  std::string_view mount_point;
  std::string_view fs_type;
  std::string_view super_options;
  std::string_view device;  // "254:0"; its major number is 0 where no block device is mounted
};

// "36 35 98:0 /root /mount/point rw,noatime master:1 - cgroup cgroup rw,cpu,cpuacct\n", any number
// of optional fields before the '-'. Lines may be longer than 64 KiB (overlay).
Parsed<std::vector<MountLine>> parse_mountinfo(std::string_view text);

// Undoes \040 (blank), \011 (tab), \012 (line end), \134 (backslash) and any other \OOO.
std::string unescape_mount(std::string_view text);

}  // namespace cv
