// SPDX-License-Identifier: Apache-2.0
// Which cgroup is "the container": the boundary. Five rules, the first that gives one wins
// (containerview(7), SCOPE).
#pragma once

#include <array>
#include <optional>
#include <string>

#include "cgroup/locate.hpp"

namespace cv {

enum class ScopeRequest : std::uint8_t { kAuto, kHost, kContainer };

enum class ScopeRule : std::uint8_t {
  kForced = 0,
  kNamespaceRoot = 1,  // own cgroup namespace: its root
  kMountRoot = 2,      // the cgroup mount shows only this cgroup
  kPid1 = 3,           // own PID namespace: the cgroup of its PID 1
  kEngineName = 4,     // an ancestor whose name an engine gave
  kNone = 5,           // the host
};

struct Scope {
  bool is_container = false;
  ScopeRule rule = ScopeRule::kNone;
  std::string reason;
  // Per controller, the path below Location::mount_point of the boundary; none: no such controller
  // at the boundary, or not visible.
  std::array<std::optional<std::string>, kControllerCount> below;
  std::string path;  // of the boundary, as /proc/PID/cgroup prints it (memory's on v1)

  const std::optional<std::string>& operator[](Controller c) const {
    return below[static_cast<std::size_t>(c)];
  }
  // The boundary's directory; none as above.
  std::optional<std::string> dir(const Placement& placement, Controller c) const;
};

// What the rules look at.
struct ScopeEvidence {
  ScopeRequest request = ScopeRequest::kAuto;
  bool pid_given = false;     // its own cgroup is the last resort, not the host
  bool cgroup_given = false;  // that cgroup is the boundary
  const Placement* placement = nullptr;
  std::optional<std::string> cgroup_namespace;  // text of ns/cgroup, "cgroup:[4026531835]"
  std::optional<std::string> pid_namespace;     // text of ns/pid
  std::optional<ProcCgroup> pid1;               // membership of PID 1, where it may be read
  // Whether there is such a file: cgroup.events, release_agent.
  std::function<bool(const std::string& path)> has_file;
};

// Text of /proc/PID/ns/cgroup.
bool is_initial_cgroup_namespace(std::string_view link);

Scope find_scope(const ScopeEvidence& evidence);

}  // namespace cv
