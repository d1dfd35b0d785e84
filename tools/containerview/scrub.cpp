// SPDX-License-Identifier: Apache-2.0
#include "containerview/scrub.hpp"

#include <utmp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "common/formatted.hpp"

namespace cvtools {
namespace {

constexpr std::size_t kShortestId = 12;  // an engine's short id

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t hex_run(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_hex) -
                                  text.begin());
}

// Length of a UUID at the front of `text` (8-4-4-4-12, '-' or systemd's '_' between), or 0.
std::size_t uuid_at(std::string_view text) {
  constexpr std::array<std::size_t, 5> kGroups = {8, 4, 4, 4, 12};
  std::size_t at = 0;
  for (const std::size_t group : kGroups) {
    if (at > 0) {
      if (at >= text.size() || (text[at] != '-' && text[at] != '_')) return 0;
      ++at;
    }
    if (hex_run(text.substr(at, group)) != group) return 0;
    at += group;
  }
  return at < text.size() && is_hex(text[at]) ? 0 : at;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool in_proc(std::string_view path) { return path.starts_with("/proc/"); }

// visit(line) for each line; gives them back with what stood between.
template <typename Visit>
std::string each_line(std::string_view text, Visit&& visit) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    result += visit(text.substr(0, end));
    if (end == std::string_view::npos) break;
    result += '\n';
    text.remove_prefix(end + 1);
  }
  return result;
}

// "42 (some name) S 1 ...": names may hold spaces and parentheses.
std::string task_stat(std::string_view data) {
  const std::size_t open = data.find('(');
  const std::size_t close = data.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::string(data);
  }
  return formatted("{}(task){}", data.substr(0, open), data.substr(close + 1));
}

std::string task_status(std::string_view data) {
  return each_line(data, [](std::string_view line) {
    return line.starts_with("Name:") ? std::string("Name:\ttask") : std::string(line);
  });
}

// KEY=VALUE lines: only the values of `kept` stay.
std::string key_values(std::string_view data, std::initializer_list<std::string_view> kept) {
  return each_line(data, [&](std::string_view line) {
    const std::size_t equals = line.find('=');
    const std::string_view key = line.substr(0, equals);
    const bool keep = equals == std::string_view::npos
                          ? line.starts_with('#') || line.empty()
                          : std::find(kept.begin(), kept.end(), key) != kept.end();
    if (keep) return std::string(line);
    return equals == std::string_view::npos ? std::string("x") : std::string(key) + "=x";
  });
}

// Who was logged in, and from where, goes; that somebody was stays.
std::string utmp_records(std::string_view data) {
  std::string result(data);
  for (std::size_t at = 0; at < result.size(); at += sizeof(utmp)) {
    utmp record{};
    if (result.size() - at < sizeof record) {  // cut off, and counted by nobody
      std::fill(result.begin() + static_cast<long>(at), result.end(), '\0');
      break;
    }
    std::memcpy(&record, result.data() + at, sizeof record);
    const bool named = record.ut_user[0] != '\0';
    std::memset(record.ut_line, 0, sizeof record.ut_line);
    std::memset(record.ut_user, 0, sizeof record.ut_user);
    std::memset(record.ut_host, 0, sizeof record.ut_host);
    std::memset(record.ut_addr_v6, 0, sizeof record.ut_addr_v6);
    if (named) record.ut_user[0] = 'x';
    std::memcpy(result.data() + at, &record, sizeof record);
  }
  return result;
}

std::vector<std::string_view> split_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t end = line.find(' ');
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

// Mounts that figures are found by. All others only say how the machine is set up.
bool is_mount_of_interest(std::string_view type) {
  return type == "cgroup" || type == "cgroup2" || type == "proc" || type == "sysfs" ||
         type == "fuse.lxcfs";
}

bool is_telling_mount_point(std::string_view point) {
  return point != "/" && point != "/proc" && point != "/sys" && !point.starts_with("/proc/") &&
         !point.starts_with("/sys/");
}

// Files that engines mount over those of the image. Where they come from tells which engine it was:
// /var/lib/docker/containers/ID/hostname becomes /x/x/x/containers/ID/x.
bool is_engine_file(std::string_view point) {
  return point == "/etc/hostname" || point == "/etc/hosts" || point == "/etc/resolv.conf" ||
         point == "/run/.containerenv";
}

std::string engine_root(std::string_view root) {
  std::string result;
  while (!root.empty()) {
    root.remove_prefix(1);  // '/'
    const std::string_view name = root.substr(0, root.find('/'));
    const bool is_word =
        name.ends_with("containers") || name == "sandboxes" || name == "kubelet" || name == "pods";
    const bool is_id =
        hex_run(name) == name.size() ? name.size() >= kShortestId : uuid_at(name) == name.size();
    result += '/';
    result += is_word || (is_id && !name.empty()) ? name : "x";
    root.remove_prefix(name.size());
  }
  return result;
}

}  // namespace

std::string Scrubber::contents(std::string_view path, std::string_view data) {
  const std::string_view name = base_name(path);
  if (in_proc(path) && name == "mountinfo") return mountinfo(data);
  // Not ids(): the masks of a status file are long hexadecimal numbers too.
  if (in_proc(path) && name == "status") return task_status(data);
  if (in_proc(path) && name == "stat" && path != "/proc/stat") return task_stat(data);
  if (in_proc(path) && name == "comm") return "task\n";
  if (name == "utmp") return utmp_records(data);
  if (path.find("/run/systemd/sessions/") != std::string_view::npos) {
    return key_values(data, {"CLASS", "STATE", "ACTIVE", "TYPE", "REMOTE"});
  }
  return ids(data);
}

// Replaces ids and UUIDs; numbers stay, however long. A container's id all of whose digits are
// decimal would stay too: one in 10^13 of full length.
std::string Scrubber::ids(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    std::size_t length = uuid_at(text);
    if (length == 0) {
      length = hex_run(text);
      // "pod" and an id without anything between: the 'd' is not a digit of it.
      const bool after_pod = length > 0 && text.front() == 'd' && result.ends_with("po");
      const bool is_id =
          length >= kShortestId && !after_pod &&
          !std::all_of(text.begin(), text.begin() + static_cast<long>(length), is_digit);
      if (!is_id) {
        // One character of a run that may hold a UUID further on; else all that is no digit.
        const std::size_t step = length > 0 && (after_pod || length >= 8) ? 1 : length + 1;
        result += text.substr(0, step);
        text.remove_prefix(std::min(step, text.size()));
        continue;
      }
    }
    result += id(text.substr(0, length));
    text.remove_prefix(length);
  }
  return result;
}

// The same length and the same separators. The number of the id comes first, so that a short form
// of an id (its first twelve digits) becomes the short form of the replacement.
std::string Scrubber::id(std::string_view digits) {
  std::string first;
  std::copy_if(digits.begin(), digits.end(), std::back_inserter(first), is_hex);
  first.resize(kShortestId);
  const auto [entry, added] = known_ids_.try_emplace(first, known_ids_.size() + 1);
  std::string fake = formatted("{:04x}", entry->second);
  std::string result;
  std::size_t used = 0;
  for (const char c : digits) {
    if (!is_hex(c)) {
      result += c;
    } else {
      result += used < fake.size() ? fake[used] : 'a';
      ++used;
    }
  }
  return result;
}

std::string Scrubber::mountinfo(std::string_view data) {
  return each_line(data, [this](std::string_view line) { return mountinfo_line(line); });
}

// "36 35 0:31 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw": see proc(5).
std::string Scrubber::mountinfo_line(std::string_view line) {
  constexpr std::size_t kRoot = 3;
  constexpr std::size_t kPoint = 4;
  constexpr std::size_t kFixed = 6;
  std::vector<std::string_view> fields = split_fields(line);
  std::string root;
  const auto dash = fields.size() <= kFixed ? fields.end()
                                            : std::find(fields.begin() + kFixed, fields.end(), "-");
  if (fields.end() - dash < 2) {
    // Not a line as the kernel writes it: it stays as wrong as it is, without its words.
    for (std::string_view& field : fields) {
      if (!std::all_of(field.begin(), field.end(), [](char c) { return is_digit(c) || c == ':'; }))
        field = "x";
    }
  } else if (!is_mount_of_interest(dash[1])) {
    const bool is_engine = is_engine_file(fields[kPoint]);
    root = is_engine ? engine_root(fields[kRoot]) : "/";
    fields[kRoot] = root;
    if (!is_engine && is_telling_mount_point(fields[kPoint])) fields[kPoint] = "/mnt";
    // The source and the options of the file system; the type says what sort of mount it is.
    for (auto field = dash + 2; field < fields.end(); ++field) *field = "none";
  }
  std::string joined;
  for (const std::string_view field : fields) {
    if (!joined.empty()) joined += ' ';
    joined += field;
  }
  return ids(joined);
}

}  // namespace cvtools
