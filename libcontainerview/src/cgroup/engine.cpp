// SPDX-License-Identifier: Apache-2.0
#include "cgroup/engine.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace cv {
namespace {

constexpr std::string_view kScope = ".scope";

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return text;
}

struct Prefix {
  std::string_view prefix, engine;
};
constexpr std::array kIdPrefixes = {
    Prefix{"docker-", "docker"},
    Prefix{"libpod-", "podman"},
    Prefix{"cri-containerd-", "containerd"},
    Prefix{"crio-", "cri-o"},
};

// "docker-HEX.scope", "libpod-HEX".
std::optional<EngineCgroup> by_prefixed_id(std::string_view name) {
  name = without_suffix(name, kScope);
  for (const auto& [prefix, engine] : kIdPrefixes)
    if (name.starts_with(prefix) && is_container_id(name.substr(prefix.size())))
      return EngineCgroup{{}, std::string(engine), std::string(name.substr(prefix.size()))};
  return std::nullopt;
}

// systemd writes "a-b" as "a\x2db" in the name of a unit.
std::string unescape_unit(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    unsigned byte = 0;
    if (name.starts_with("\\x") && name.size() >= 4 &&
        std::from_chars(name.data() + 2, name.data() + 4, byte, 16).ptr == name.data() + 4) {
      text += static_cast<char>(byte);
      name.remove_prefix(4);
    } else {
      text += name.front();
      name.remove_prefix(1);
    }
  }
  return text;
}

// A pod's own cgroup: "pod12ab..." below "kubepods...", or "kubepods-burstable-pod12ab_....slice".
bool is_pod(std::string_view name, bool below_kubepods) {
  if (!below_kubepods) return false;
  return name.starts_with("pod") ||
         (name.starts_with("kubepods") && name.find("-pod") != name.npos);
}

// What the names before this one say about it.
struct Parents {
  std::string_view name;  // the one above
  bool in_pod = false;    // the one above is a pod
  bool below_kubepods = false;
};

std::optional<EngineCgroup> match(std::string_view name, const Parents& parents) {
  if (auto found = by_prefixed_id(name)) return found;
  if (parents.in_pod) {
    std::string_view id = without_suffix(name, kScope);
    std::string_view engine = "kubernetes";
    for (const auto& [prefix, prefix_engine] : kIdPrefixes)
      if (id.starts_with(prefix)) {
        id.remove_prefix(prefix.size());
        engine = prefix_engine;
      }
    return EngineCgroup{{}, std::string(engine), std::string(id)};
  }
  if (parents.name == "docker" && is_container_id(name))
    return EngineCgroup{{}, "docker", std::string(name)};
  constexpr std::string_view kPayload = "lxc.payload";
  if (name.starts_with(kPayload) && name.size() > kPayload.size() + 1 &&
      name[kPayload.size()] == '.')
    return EngineCgroup{{}, "lxc", std::string(name.substr(kPayload.size() + 1))};
  if (parents.name == kPayload || parents.name == "lxc")
    return EngineCgroup{{}, "lxc", std::string(name)};
  constexpr std::string_view kNspawnUnit = "systemd-nspawn@";
  if (parents.name == "machine.slice" && name.starts_with(kNspawnUnit) &&
      name.ends_with(".service")) {
    name.remove_prefix(kNspawnUnit.size());
    return EngineCgroup{{}, "nspawn", std::string(without_suffix(name, ".service"))};
  }
  if (parents.name == "machine.slice" && name.ends_with(kScope)) {
    std::string_view id = without_suffix(name, kScope);
    if (id.starts_with("machine-")) id.remove_prefix(8);
    return EngineCgroup{{}, "nspawn", unescape_unit(id)};
  }
  return std::nullopt;
}

}  // namespace

bool is_container_id(std::string_view text) {
  constexpr std::size_t kShortId = 12;
  return text.size() >= kShortId && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<EngineCgroup> engine_of_path(std::string_view path) {
  std::optional<EngineCgroup> deepest;
  Parents parents;
  for_each_item(path, '/', [&](std::string_view name) {
    if (name.empty()) return;
    // What is left of "machine-.scope" names nothing.
    if (auto found = match(name, parents); found && !found->id.empty()) {
      deepest = std::move(found);
      const auto end = static_cast<std::size_t>(name.data() + name.size() - path.data());
      deepest->path = path.substr(0, end);
    }
    parents.in_pod = is_pod(name, parents.below_kubepods);
    parents.below_kubepods |= name.starts_with("kubepods");
    parents.name = name;
  });
  return deepest;
}

std::optional<EngineCgroup> engine_of_mounts(const std::vector<MountLine>& lines) {
  constexpr std::array kEngineFiles{"/etc/hostname", "/etc/hosts", "/etc/resolv.conf",
                                    "/run/.containerenv"};
  for (const MountLine& line : lines) {
    if (std::find(kEngineFiles.begin(), kEngineFiles.end(), line.mount_point) == kEngineFiles.end())
      continue;
    std::optional<EngineCgroup> found;
    std::string_view parent;
    for_each_item(line.root, '/', [&](std::string_view name) {
      if (name.empty()) return;
      if (is_container_id(name)) {
        if (parent.ends_with("-containers")) found = EngineCgroup{{}, "podman", std::string(name)};
        if (parent == "containers") found = EngineCgroup{{}, "docker", std::string(name)};
        if (parent == "sandboxes") found = EngineCgroup{{}, "containerd", std::string(name)};
      }
      if (parent == "pods" && line.root.find("/kubelet/") != std::string_view::npos)
        found = EngineCgroup{{}, "kubernetes", std::string(name)};
      parent = name;
    });
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace cv
