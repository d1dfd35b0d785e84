// SPDX-License-Identifier: Apache-2.0
#include "kernel/users.hpp"

#include <utmp.h>

#include <cstring>

#include "base/text.hpp"

namespace cv {

bool is_user_session(std::string_view text) {
  bool user = false;
  for_each_line(text, [&](std::string_view line, std::uint32_t) {
    if (line.starts_with("CLASS=")) user = line.substr(6).starts_with("user");
    return true;
  });
  return user;
}

std::uint64_t count_utmp_users(std::string_view records) {
  std::uint64_t users = 0;
  for (; records.size() >= sizeof(utmp); records.remove_prefix(sizeof(utmp))) {
    utmp record{};
    std::memcpy(&record, records.data(), sizeof record);
    if (record.ut_type == USER_PROCESS && record.ut_user[0] != '\0') ++users;
  }
  return users;
}

}  // namespace cv
