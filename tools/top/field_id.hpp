// SPDX-License-Identifier: Apache-2.0
// The fields, in the order of `top -O`, which is that of their numbers in a toprc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cvtools::top {

// clang-format off
enum class FieldId : std::uint8_t {
  kPid, kPpid, kUid, kUser, kRuid, kRuser, kSuid, kSuser, kGid, kGroup, kPgrp, kTty, kTpgid, kSid,
  kPr, kNi, kNth, kP, kCpu, kTime, kTimePlus, kMem, kVirt, kSwap, kRes, kCode, kData, kShr, kNmaj,
  kNmin, kNdrt, kS, kCommand, kWchan, kFlags, kCgroups, kSupgids, kSupgrps, kTgid, kOoma, kOoms,
  kEnviron, kVmj, kVmn, kUsed, kNsIpc, kNsMnt, kNsNet, kNsPid, kNsUser, kNsUts, kLxc, kRsan, kRsfd,
  kRslk, kRssh, kCgname, kNu, kLogid, kExe, kRss, kPss, kPsan, kPsfd, kPssh, kUss, kIor, kIorop,
  kIow, kIowop, kAgid, kAgni, kStarted, kElapsed, kCuu, kCuc, kNsCgroup, kNsTime, kCls, kDocker,
  kNfd,
  kWait,  // ours: not in a toprc that procps reads
};
// clang-format on

// Those that procps has and numbers.
inline constexpr std::size_t kClassicFieldCount = static_cast<std::size_t>(FieldId::kNfd) + 1;
inline constexpr std::size_t kFieldCount = static_cast<std::size_t>(FieldId::kWait) + 1;

}  // namespace cvtools::top
