// SPDX-License-Identifier: Apache-2.0
// Names of users, groups and terminals.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cvtools::top {

// Where names come from. The real one reads /etc/passwd and /etc/group once, and, in the dynamic
// tools, asks the C library for what is not in there; tests make their own.
class NameSource {
 public:
  virtual ~NameSource() = default;
  virtual std::optional<std::string> user(std::uint32_t uid) = 0;
  virtual std::optional<std::string> group(std::uint32_t gid) = 0;
  virtual std::optional<std::uint32_t> uid_of(std::string_view name) = 0;
};
std::unique_ptr<NameSource> system_names();

// Remembers what was asked. An id without a name is its own name.
class Names {
 public:
  explicit Names(std::unique_ptr<NameSource> source);
  ~Names();
  std::string_view user(std::uint32_t uid);
  std::string_view group(std::uint32_t gid);
  // "pts/0", "tty1", "?"; by the device number of field 7 of stat.
  std::string_view terminal(std::int32_t device);
  // A name or a number, as -u, -U and 'u' take it.
  std::optional<std::uint32_t> uid_of(std::string_view name);

 private:
  struct Known;
  std::unique_ptr<Known> known_;
};

}  // namespace cvtools::top
