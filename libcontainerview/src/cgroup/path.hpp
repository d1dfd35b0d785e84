// SPDX-License-Identifier: Apache-2.0
// Cgroup paths as the kernel prints them: absolute, components between '/', "/" the root, ".." for
// what lies above the reader's cgroup namespace.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cv {

// The kernel puts ".." first only; what was laid out for us may have it anywhere.
inline bool path_has_dotdot(std::string_view path) {
  return path.ends_with("/..") || path.find("/../") != std::string_view::npos;
}

// What is left of `path` below `root`, whole components only: "" when equal, "/c" for "/a/b/c"
// below "/a/b". None when it does not lie below, or when the remainder climbs ("/..").
inline std::optional<std::string_view> path_below(std::string_view path, std::string_view root) {
  if (root == "/") root = {};
  if (path == "/") path = {};
  if (!path.starts_with(root)) return std::nullopt;
  const std::string_view rest = path.substr(root.size());
  if (!rest.empty() && rest.front() != '/') return std::nullopt;
  if (path_has_dotdot(rest)) return std::nullopt;
  return rest;
}

// "/.." or "/../..": a mount that was made outside of, and above, the reader's cgroup namespace.
inline bool path_only_dotdots(std::string_view path) {
  if (path.size() < 3) return false;
  while (path.starts_with("/..")) path.remove_prefix(3);
  return path.empty();
}

// The path of the cgroup that lies `below` a mount's root: "/a" and "/b" -> "/a/b", "/" and "" ->
// "/". The reverse of path_below().
inline std::string path_from(std::string_view root, std::string_view below) {
  std::string path(root == "/" ? std::string_view{} : root);
  path += below;
  return path.empty() ? "/" : path;
}

inline std::string_view path_last(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// "/a/b" -> "/a", "/a" -> "".
inline std::string_view path_parent(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

}  // namespace cv
