// SPDX-License-Identifier: Apache-2.0
#include "vmstat/cells.hpp"

#include <ctime>

#include "common/formatted.hpp"

namespace cvtools {
namespace {

std::tm local_time(const containerview::Scope& scope) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(scope.time()).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  return local;
}

}  // namespace

std::string text_of(const Cell& cell) { return cell ? std::to_string(*cell) : "-"; }

Cell scaled(const Cell& bytes, std::uint64_t unit) {
  if (!bytes) return std::nullopt;
  return *bytes / unit;
}

std::string stamp_zone(const containerview::Scope& scope) {
  const std::tm local = local_time(scope);
  return formatted("{:>{}}", local.tm_zone == nullptr ? "" : local.tm_zone, kStampTitle.size());
}

std::string stamp_time(const containerview::Scope& scope) {
  const std::tm local = local_time(scope);
  return formatted(" {:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                   local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace cvtools
