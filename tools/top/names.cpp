// SPDX-License-Identifier: Apache-2.0
#include "top/names.hpp"

#include <grp.h>
#include <pwd.h>

#include <array>
#include <map>
#include <vector>

#include "common/formatted.hpp"
#include "common/number.hpp"
#include "top/files.hpp"

namespace cvtools::top {
namespace {

using IdNames = std::map<std::uint32_t, std::string>;

// "root:x:0:0:root:/root:/bin/sh\n" of passwd and "adm:x:4:syslog\n" of group. The first name of an
// id counts.
IdNames parse_database(std::string_view text) {
  IdNames names;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t name = line.find(':');
    const std::size_t secret = name == std::string_view::npos ? name : line.find(':', name + 1);
    if (secret == std::string_view::npos) continue;
    const std::string_view rest = line.substr(secret + 1);
    if (const auto id = to_number<std::uint32_t>(rest.substr(0, rest.find(':'))))
      names.emplace(*id, line.substr(0, name));
  }
  return names;
}

class SystemNames : public NameSource {
 public:
  std::optional<std::string> user(std::uint32_t uid) override {
    load(users_, "/etc/passwd");
    if (const auto found = users_->find(uid); found != users_->end()) return found->second;
    return ask([&](char* buffer, std::size_t size) -> const char* {
      passwd entry{};
      passwd* found = nullptr;
      if (getpwuid_r(uid, &entry, buffer, size, &found) != 0 || found == nullptr) return nullptr;
      return found->pw_name;
    });
  }
  std::optional<std::string> group(std::uint32_t gid) override {
    load(groups_, "/etc/group");
    if (const auto found = groups_->find(gid); found != groups_->end()) return found->second;
    return ask([&](char* buffer, std::size_t size) -> const char* {
      ::group entry{};
      ::group* found = nullptr;
      if (getgrgid_r(gid, &entry, buffer, size, &found) != 0 || found == nullptr) return nullptr;
      return found->gr_name;
    });
  }
  std::optional<std::uint32_t> uid_of(std::string_view name) override {
    load(users_, "/etc/passwd");
    for (const auto& [uid, known] : *users_)
      if (known == name) return uid;
    std::optional<std::uint32_t> uid;
    (void)ask([&](char* buffer, std::size_t size) -> const char* {
      passwd entry{};
      passwd* found = nullptr;
      const std::string text(name);
      if (getpwnam_r(text.c_str(), &entry, buffer, size, &found) == 0 && found != nullptr)
        uid = found->pw_uid;
      return nullptr;
    });
    return uid;
  }

 private:
  static void load(std::optional<IdNames>& names, const char* path) {
    if (!names) names = parse_database(read_text_file(path).text);
  }

  // Directories of users may be far away, and slow: so only what the files do not have, once each
  // (Names remembers), and not for ever. The static binary can not load what asks them.
  template <typename Ask>
  std::optional<std::string> ask([[maybe_unused]] Ask&& question) {
#ifndef CV_STATIC_BINARY
    constexpr int kMostQuestions = 256;
    if (asked_++ >= kMostQuestions) return std::nullopt;
    std::array<char, 4096> buffer;
    if (const char* name = question(buffer.data(), buffer.size())) return name;
#endif
    return std::nullopt;
  }

  std::optional<IdNames> users_, groups_;
  [[maybe_unused]] int asked_ = 0;
};

// Major numbers of character devices (Documentation/admin-guide/devices.txt).
std::string terminal_name(std::uint32_t device) {
  const std::uint32_t major = device >> 8 & 0xFFF;
  const std::uint32_t minor = (device & 0xFF) | (device >> 12 & 0xFFF00);
  constexpr std::uint32_t kVirtual = 4;
  constexpr std::uint32_t kFirstSerial = 64;
  constexpr std::uint32_t kPts = 136;
  constexpr std::uint32_t kPtsMajors = 8;
  constexpr std::uint32_t kHypervisor = 229;
  if (major >= kPts && major < kPts + kPtsMajors)
    return formatted("pts/{}", (major - kPts) * 256 + minor);
  if (major == kVirtual && minor < kFirstSerial) return formatted("tty{}", minor);
  if (major == kVirtual) return formatted("ttyS{}", minor - kFirstSerial);
  if (major == kHypervisor) return formatted("hvc{}", minor);
  return "?";
}

}  // namespace

std::unique_ptr<NameSource> system_names() { return std::make_unique<SystemNames>(); }

struct Names::Known {
  std::unique_ptr<NameSource> source;
  IdNames users, groups;
  std::map<std::uint32_t, std::string> terminals;
};

Names::Names(std::unique_ptr<NameSource> source) : known_(std::make_unique<Known>()) {
  known_->source = std::move(source);
}
Names::~Names() = default;

std::string_view Names::user(std::uint32_t uid) {
  auto [at, is_new] = known_->users.try_emplace(uid);
  if (is_new) at->second = known_->source->user(uid).value_or(std::to_string(uid));
  return at->second;
}

std::string_view Names::group(std::uint32_t gid) {
  auto [at, is_new] = known_->groups.try_emplace(gid);
  if (is_new) at->second = known_->source->group(gid).value_or(std::to_string(gid));
  return at->second;
}

std::string_view Names::terminal(std::int32_t device) {
  const auto number = static_cast<std::uint32_t>(device);
  auto [at, is_new] = known_->terminals.try_emplace(number);
  if (is_new) at->second = terminal_name(number);
  return at->second;
}

std::optional<std::uint32_t> Names::uid_of(std::string_view name) {
  if (const auto uid = to_number<std::uint32_t>(name)) return uid;
  return known_->source->uid_of(name);
}

}  // namespace cvtools::top
