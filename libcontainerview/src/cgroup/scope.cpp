// SPDX-License-Identifier: Apache-2.0
#include "cgroup/scope.hpp"

#include <algorithm>

#include "cgroup/engine.hpp"
#include "cgroup/path.hpp"

namespace cv {
namespace {

// The controllers that decide, most telling first: where memory is limited is "the" container.
constexpr std::array kDeciding = {Controller::kMemory,  Controller::kCpu,    Controller::kPids,
                                  Controller::kCpuset,  Controller::kIo,     Controller::kCpuacct,
                                  Controller::kHugetlb, Controller::kUnified};

// A scope whose boundary is, per controller, what `below` answers; none if it never answers.
template <typename Below>
std::optional<Scope> boundary_from(const ScopeEvidence& evidence, ScopeRule rule,
                                   std::string_view reason, Below&& below) {
  Scope scope;
  for (const Controller controller : kDeciding) {
    const Location* location = evidence.placement->find(controller);
    if (location == nullptr) continue;
    auto found = below(controller, *location);
    if (!found) continue;
    if (!scope.is_container) scope.path = path_from(location->mount_root, *found);
    scope.is_container = true;
    scope.below[static_cast<std::size_t>(controller)] = std::move(found);
  }
  if (!scope.is_container) return std::nullopt;
  scope.rule = rule;
  scope.reason = reason;
  return scope;
}

// The root of a whole hierarchy, which counts the machine: the real v2 root has no cgroup.events,
// the real v1 root alone has release_agent. A namespace that was made there does not change that.
// Where we may not look, nothing says that it is.
bool is_real_root(const ScopeEvidence& evidence, const Location& location) {
  if (location.mount_root != "/") return false;
  return location.is_v2 ? evidence.has_file(location.mount_point + "/cgroup.events") == false
                        : evidence.has_file(location.mount_point + "/release_agent") == true;
}

bool limits_above_hidden(const ScopeEvidence& evidence) {
  for (const Controller controller : kDeciding)
    if (const Location* location = evidence.placement->find(controller))
      return !is_real_root(evidence, *location);
  return true;
}

// By the namespace's link; without it (old kernels, captured trees) by a root that is not the real
// one.
bool in_own_namespace(const ScopeEvidence& evidence) {
  if (evidence.cgroup_namespace) return *evidence.cgroup_namespace != kInitialCgroupNamespace;
  for (const Controller controller : kDeciding) {
    const Location* location = evidence.placement->find(controller);
    if (location != nullptr && location->mount_root == "/")
      return !is_real_root(evidence, *location);
  }
  return false;
}

std::optional<Scope> by_namespace_root(const ScopeEvidence& evidence) {
  if (!in_own_namespace(evidence)) return std::nullopt;
  constexpr std::string_view kReason = "cgroup namespace root";
  auto scope = boundary_from(
      evidence, ScopeRule::kNamespaceRoot, kReason,
      [&](Controller, const Location& location) -> std::optional<std::string> {
        if (path_only_dotdots(location.mount_root) || is_real_root(evidence, location))
          return std::nullopt;
        return "";
      });
  if (scope) return scope;
  const bool hidden = std::any_of(kControllers.begin(), kControllers.end(), [&](Controller c) {
    const Location* location = evidence.placement->find(c);
    return (*evidence.placement)[c].hidden ||
           (location != nullptr && path_only_dotdots(location->mount_root));
  });
  if (!hidden) return std::nullopt;
  // Known to be in a container, but its cgroup can not be found: its limits are unknown.
  Scope unlocated;
  unlocated.is_container = true;
  unlocated.rule = ScopeRule::kNamespaceRoot;
  unlocated.reason = kReason;
  unlocated.path = "/";
  return unlocated;
}

std::optional<Scope> by_mount_root(const ScopeEvidence& evidence) {
  return boundary_from(evidence, ScopeRule::kMountRoot, "cgroup mount root",
                       [](Controller, const Location& location) {
                         const bool real =
                             location.mount_root != "/" && !path_only_dotdots(location.mount_root);
                         return real ? std::optional(std::string{}) : std::nullopt;
                       });
}

// A login, not a container: `unshare --pid` in a shell must not make the session "the container".
bool is_login(std::string_view path) {
  const std::string_view name = path_last(path);
  return name == "user.slice" || (name.starts_with("user-") && name.ends_with(".slice")) ||
         (name.starts_with("session-") && name.ends_with(".scope"));
}

// The cgroup that PID 1 stands for; none where that is no container's.
std::optional<std::string_view> cgroup_of_pid1(std::string_view path) {
  if (path_last(path) == "init.scope") path = path_parent(path);
  if (path.empty() || path == "/" || is_login(path)) return std::nullopt;
  return path;
}

bool has_own_pid1(const ScopeEvidence& evidence) {
  return evidence.pid_namespace && *evidence.pid_namespace != kInitialPidNamespace && evidence.pid1;
}

std::optional<Scope> by_pid1(const ScopeEvidence& evidence) {
  if (!has_own_pid1(evidence)) return std::nullopt;
  return boundary_from(
      evidence, ScopeRule::kPid1, "cgroup of PID 1",
      [&](Controller controller, const Location& location) -> std::optional<std::string> {
        const CgroupMembership* pid1 = membership_of(*evidence.pid1, controller);
        if (pid1 == nullptr || pid1->is_v2 != location.is_v2) return std::nullopt;
        const auto path = cgroup_of_pid1(pid1->path);
        if (!path) return std::nullopt;
        // Entered from outside (nsenter), we are in a cgroup that our mounts do not show.
        const bool entered = !location.fits;
        if (!entered && !path_below(location.path, *path)) return std::nullopt;
        return location.below_of(*path);
      });
}

std::optional<Scope> by_engine_name(const ScopeEvidence& evidence) {
  return boundary_from(evidence, ScopeRule::kEngineName, "engine's cgroup by name",
                       [](Controller, const Location& location) -> std::optional<std::string> {
                         const auto engine = engine_of_path(location.path);
                         if (!engine) return std::nullopt;
                         return location.below_of(engine->path);
                       });
}

std::optional<Scope> own_cgroup(const ScopeEvidence& evidence, std::string_view reason) {
  return boundary_from(evidence, ScopeRule::kForced, reason,
                       [&](Controller, const Location& location) -> std::optional<std::string> {
                         if (location.below.empty() && is_real_root(evidence, location))
                           return std::nullopt;
                         return location.below;
                       });
}

constexpr std::string_view kOwnIsRoot = "own cgroup is the root: the whole machine";

Scope host(ScopeRule rule, std::string_view reason) {
  Scope scope;
  scope.rule = rule;
  scope.reason = reason;
  return scope;
}

}  // namespace

std::optional<std::string> Scope::dir(const Placement& placement, Controller c) const {
  const Location* location = placement.find(c);
  if (location == nullptr || !(*this)[c]) return std::nullopt;
  return location->mount_point + *(*this)[c];
}

namespace {

Scope first_that_fits(const ScopeEvidence& evidence) {
  if (evidence.request == ScopeRequest::kHost) return host(ScopeRule::kForced, "forced by --host");
  if (evidence.request == ScopeRequest::kContainer)
    return own_cgroup(evidence, "forced by --container")
        .value_or(host(ScopeRule::kForced, kOwnIsRoot));
  if (evidence.cgroup_given)
    return own_cgroup(evidence, "cgroup given").value_or(host(ScopeRule::kForced, kOwnIsRoot));
  for (const auto& rule : {by_namespace_root, by_mount_root, by_pid1, by_engine_name})
    if (auto scope = rule(evidence)) return *scope;
  if (evidence.pid_given)
    if (auto scope = own_cgroup(evidence, "process's own cgroup")) return *scope;
  return host(ScopeRule::kNone, "no container found");
}

}  // namespace

Scope find_scope(const ScopeEvidence& evidence) {
  Scope scope = first_that_fits(evidence);
  scope.limits_above_hidden = scope.is_container && limits_above_hidden(evidence);
  return scope;
}

bool entered_from_outside(const ScopeEvidence& evidence, const ProcCgroup& own) {
  if (!has_own_pid1(evidence)) return false;
  const auto first_component = [](std::string_view path) {
    return path.substr(0, path.find('/', 1));
  };
  bool entered = false;
  for (const Controller controller : kDeciding) {
    const CgroupMembership* ours = membership_of(own, controller);
    const CgroupMembership* its = membership_of(*evidence.pid1, controller);
    if (ours == nullptr || its == nullptr || ours->is_v2 != its->is_v2) continue;
    const auto container = cgroup_of_pid1(its->path);
    if (!container || path_has_dotdot(*container)) continue;
    // Below something that both are in, only a name that an engine gave tells a container from
    // what stands beside it.
    const bool apart =
        engine_of_path(*container) || first_component(ours->path) != first_component(*container);
    if (path_below(ours->path, *container) || path_has_dotdot(ours->path) ||
        engine_of_path(ours->path) || !apart)
      return false;
    entered = true;
  }
  return entered;
}

std::optional<Scope> rebase(const Scope& scope, const Placement& from, const ScopeEvidence& to) {
  Scope moved = scope;
  moved.limits_above_hidden = scope.is_container && limits_above_hidden(to);
  for (const Controller controller : kControllers) {
    auto& below = moved.below[static_cast<std::size_t>(controller)];
    if (!below) continue;
    const Location* there = to.placement->find(controller);
    if (there == nullptr) return std::nullopt;
    below = there->below_of(path_from(from.find(controller)->mount_root, *below));
    if (!below) return std::nullopt;
  }
  return moved;
}

}  // namespace cv
