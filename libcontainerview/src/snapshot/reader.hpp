// SPDX-License-Identifier: Apache-2.0
// Reads one kernel file for a figure. What is absent is simply absent; what is there and cannot be
// read or understood becomes a problem, and only the figures of that file are lost.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cgroup/effective.hpp"
#include "cgroup/locate.hpp"
#include "kernel/parsed.hpp"
#include "kernel/sysroot.hpp"

namespace cv {

class Reader {
 public:
  Reader(const Sysroot& root, std::vector<std::string>& problems)
      : root_(root), problems_(problems) {}

  // Whether every machine has the file, so that its absence is a problem too.
  enum class Presence : std::uint8_t { kOptional, kRequired };

  // The parsed value; none when absent or, with a problem noted, unreadable.
  template <typename Parser>
  auto value(const std::string& path, Parser&& parse, Presence presence = Presence::kOptional)
      -> std::optional<typename decltype(parse(std::string_view{}))::value_type> {
    auto parsed = read_parsed(root_, path, parse);
    if (parsed) return std::move(*parsed);
    note(parsed.error(), presence);
    return std::nullopt;
  }

  // Files of many keys: what could be read, a bad line noted; none when the file is absent.
  template <typename T>
  std::optional<T> keyed(const std::string& path, Parsed<T> (*parse)(std::string_view),
                         Presence presence = Presence::kOptional) {
    auto text = root_.read(path);
    if (!text) {
      note(text.error(), presence);
      return std::nullopt;
    }
    Parsed<T> parsed = parse(*text);
    if (parsed.error) {
      parsed.error->path = path;
      note(*parsed.error);
    }
    return std::move(parsed.value);
  }

  // A limit of one level. `parse` gives a struct with `limited`; `convert` makes the value of it.
  template <typename Value, typename Parser, typename Convert>
  LevelLimit<Value> limit(const std::string& path, Parser&& parse, Convert&& convert) {
    using State = typename LevelLimit<Value>::State;
    const auto parsed = read_parsed(root_, path, parse);
    if (parsed) {
      if (!parsed->limited) return {State::kUnlimited, {}};
      return {State::kLimited, convert(*parsed)};
    }
    note(parsed.error());
    return {parsed.error().absent() ? State::kAbsent : State::kUnknown, {}};
  }

  template <typename Parser>
  BytesLimit bytes_limit(const std::string& path, Parser&& parse) {
    return limit<std::uint64_t>(path, parse, [](const FileLimit& file) { return file.value; });
  }

  const Sysroot& root() const { return root_; }

  void note(const Error& error, Presence presence = Presence::kOptional) {
    const bool expected =
        error.absent() ? presence == Presence::kOptional : error.kind == ErrorKind::kUnavailable;
    if (!expected) problems_.push_back(error.message());
  }

 private:
  const Sysroot& root_;
  std::vector<std::string>& problems_;
};

// Directories of a cgroup and its ancestors up to the mount root, the cgroup itself first.
inline std::vector<std::string> level_dirs(const Location& location) {
  std::vector<std::string> dirs;
  std::string below = location.below;
  while (true) {
    dirs.push_back(location.mount_point + below);
    if (below.empty()) return dirs;
    below.resize(below.rfind('/'));
  }
}

}  // namespace cv
