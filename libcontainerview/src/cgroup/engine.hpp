// SPDX-License-Identifier: Apache-2.0
// Which engine made a cgroup, told by its name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/proc_mountinfo.hpp"

namespace cv {

struct EngineCgroup {
  std::string path;  // the cgroup that the engine made: an ancestor of, or equal to, the path asked
  std::string engine;  // docker, podman, containerd, cri-o, kubernetes, lxc, nspawn
  std::string id;      // the engine's id or name
};

// The deepest ancestor of `path` that an engine made: docker-HEX.scope, /docker/HEX, libpod-HEX,
// cri-containerd-HEX.scope, crio-HEX.scope, kubepods.../pod.../ID, lxc.payload.NAME, lxc/NAME,
// machine.slice/NAME.scope.
std::optional<EngineCgroup> engine_of_path(std::string_view path);

// What the engine's own bind mounts over /etc/hostname, /etc/hosts, /etc/resolv.conf or
// /run/.containerenv tell, where a cgroup namespace hides the name:
// .../docker/containers/ID/hostname,
// .../overlay-containers/ID/userdata/hostname, .../sandboxes/ID/hostname,
// /kubelet/pods/UID/etc-hosts.
std::optional<EngineCgroup> engine_of_mounts(const std::vector<MountLine>& lines);

// At least 12 hexadecimal digits, as engines print (64) or shorten (12) ids.
bool is_container_id(std::string_view text);

}  // namespace cv
