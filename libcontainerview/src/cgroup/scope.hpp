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
  // The mount's root is not the machine's: what limits are above it, a pod's say, is not told.
  bool limits_above_hidden = false;

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
  // Whether there is such a file: cgroup.events, release_agent. None: that can not be told.
  std::function<std::optional<bool>(const std::string& path)> has_file;
};

// Texts of /proc/PID/ns/cgroup and ns/pid outside of every container: the inodes are fixed in
// include/linux/proc_ns.h.
inline constexpr std::string_view kInitialCgroupNamespace = "cgroup:[4026531835]";
inline constexpr std::string_view kInitialPidNamespace = "pid:[4026531836]";

Scope find_scope(const ScopeEvidence& evidence);

// Whether a process that is in these cgroups came from outside into its PID namespace, as nsenter
// does: it looks at PID 1's container, but its own cgroups are elsewhere on the machine. Not so for
// a container beside PID 1's in a pod. Needs of the evidence the PID namespace and PID 1.
bool entered_from_outside(const ScopeEvidence& evidence, const ProcCgroup& own);

// The boundary that `scope` has in `from`, where other mounts show the same process's cgroups:
// those of `to`. None if they do not show it.
std::optional<Scope> rebase(const Scope& scope, const Placement& from, const ScopeEvidence& to);

}  // namespace cv
