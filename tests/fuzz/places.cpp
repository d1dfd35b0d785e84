// SPDX-License-Identifier: Apache-2.0
#include "places.hpp"

#include <functional>

#include "cgroup/locate.hpp"
#include "cgroup/path.hpp"
#include "cgroup/scope.hpp"
#include "require.hpp"

namespace fuzz {
namespace {

using namespace cv;

// Whether a file "exists": some do, and the same ones in each run of an input.
bool exists(std::string_view path) { return std::hash<std::string_view>{}(path) % 3 != 0; }

bool climbs(std::string_view below) {
  return below.ends_with("/..") || below.find("/../") != std::string_view::npos;
}

void check_location(const Location& location, std::string_view text) {
  require(location.mount_point.starts_with('/'), "a mount point is absolute", text);
  require(location.below.empty() || location.below.starts_with('/'), "below is a path", text);
  require(location.dir().starts_with(location.mount_point), "a cgroup is under its mount", text);
  if (location.fits)
    require(path_below(location.path, location.mount_root) == location.below,
            "what fits is below the mount's root", text);
  require(location.below != "/.." && !location.below.starts_with("/../"),
          "nothing leads out of the mount", text);
}

void check_scope(const Scope& scope, const Placement& placement, std::string_view text) {
  require(!scope.reason.empty(), "a scope has its reason", text);
  for (const Controller controller : kControllers) {
    const auto& below = scope[controller];
    if (!below) continue;
    require(scope.is_container, "the host has no boundary", text);
    const Location* location = placement.find(controller);
    require(location != nullptr, "a boundary is in a hierarchy that is mounted", text);
    require(below->empty() || below->starts_with('/'), "a boundary is a path", text);
    if (climbs(location->path)) continue;
    require(!climbs(*below), "no boundary leads out", text);
    if (location->fits && scope.rule != ScopeRule::kPid1)
      require(path_below(location->below, *below).has_value(), "it is an ancestor, or our own",
              text);
  }
}

}  // namespace

void check_places(std::string_view text) {
  const auto part = [rest = text]() mutable {
    const std::size_t end = rest.find('\0');
    const std::string_view piece = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return piece;
  };
  std::function<std::string_view()> next = part;
  const ProcCgroup membership = parse_proc_cgroup(next()).value;
  const MountTable mounts = select_mounts(parse_mountinfo(next()).value);
  const std::string_view pid1 = next();

  const DirectoryProbe probe{exists, [](const std::string& dir, std::string_view controller) {
                               return exists(dir + std::string(controller));
                             }};
  const Placement placement = locate(membership, mounts, probe);
  for (const Controller controller : kControllers)
    if (const Location* location = placement.find(controller)) check_location(*location, text);

  ScopeEvidence evidence;
  evidence.placement = &placement;
  evidence.has_file = exists;
  if (!pid1.empty()) {
    evidence.pid1 = parse_proc_cgroup(pid1).value;
    evidence.pid_namespace = "pid:[4026532888]";
    entered_from_outside(evidence, membership);
  }
  for (const bool own_namespace : {false, true}) {
    evidence.cgroup_namespace =
        own_namespace ? "cgroup:[4026532999]" : std::string(kInitialCgroupNamespace);
    for (const auto request :
         {ScopeRequest::kAuto, ScopeRequest::kHost, ScopeRequest::kContainer}) {
      evidence.request = request;
      evidence.pid_given = own_namespace;
      const Scope scope = find_scope(evidence);
      check_scope(scope, placement, text);
      const auto based = rebase(scope, placement, evidence);
      if (based)
        require(based->is_container == scope.is_container, "rebasing keeps the kind", text);
    }
  }
}

}  // namespace fuzz
