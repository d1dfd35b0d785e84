// SPDX-License-Identifier: Apache-2.0
// Whose view: this process's, another's (--pid), or a cgroup's (--cgroup), on this machine or in a
// tree.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cgroup/locate.hpp"
#include "cgroup/scope.hpp"
#include "kernel/sysroot.hpp"

namespace cv {

struct TargetOptions {
  ScopeRequest scope = ScopeRequest::kAuto;
  std::string sysroot;
  std::int32_t pid = 0;
  std::string cgroup;
  bool record = false;
  std::uint32_t cache_used_pct = 0;
  std::string history_dir;  // where samplers leave what they record
  std::string disks_dir;    // counters of devices that user space drives; empty: none
  bool given_disks_only = false;
  std::string disk_names;  // a type of /dev/disk/by-TYPE; empty: none
};

// Where udev keeps persistent names of a type: "id", "uuid".
inline std::string links_dir(const std::string& type) { return "/dev/disk/by-" + type; }

class Target {
 public:
  // Errors: NotFound (sysroot, pid, cgroup, disks, disk_names), Access (pid), Invalid (pid and
  // cgroup both).
  static Result<Target> open(const TargetOptions& options);

  // Finds the cgroups and the scope anew where the process has moved since the last call.
  // Appends what could not be read to `problems`. Errors: Gone (the process ended).
  Result<void> refresh(std::vector<std::string>& problems);

  const TargetOptions& options() const { return options_; }
  const Sysroot& machine() const { return machine_; }
  // The target's root directory when it is another process.
  const Sysroot& process_root() const { return process_root_ ? *process_root_ : machine_; }
  // Where cgroup files are opened.
  const Sysroot& cgroup_root() const { return from_outside_ ? machine_ : process_root(); }
  const std::shared_ptr<const Placement>& placement() const { return placement_; }
  const std::shared_ptr<const Scope>& scope() const { return scope_; }
  const MountTable& mounts() const { return mounts_; }
  const std::optional<ProcCgroup>& pid1() const { return pid1_; }
  // Where the counters of devices that user space drives are; null: there are none.
  const Sysroot* given_disks() const { return given_disks_ ? &*given_disks_ : nullptr; }
  // "/proc/self", or "/proc/PID" of the process that is looked at.
  std::string proc_dir() const;
  // PID 1 of this view's /proc belongs to the boundary.
  bool pid1_in_scope() const;
  // Which controllers the process's own cgroup has. `told_apart`: v2 ones by cgroup.controllers,
  // which is read for it; otherwise all that have a place.
  std::array<bool, kControllerCount> controllers(bool told_apart) const;
  std::shared_ptr<const ReadLog> reads() const { return reads_; }

 private:
  Target() = default;
  Result<void> open_process();
  Result<void> check_process() const;
  Result<void> open_cgroup();
  Result<void> open_disks();
  std::optional<std::string> v2_controllers(const Location& location) const;
  void relocate(const ProcCgroup& own, std::vector<std::string>& problems);
  bool step_outside(const ProcCgroup& membership, ScopeEvidence evidence, Placement& placement,
                    Scope& scope) const;

  TargetOptions options_;
  Sysroot machine_;
  std::optional<Sysroot> process_root_;
  std::optional<Sysroot> given_disks_;
  std::uint64_t process_start_ticks_ = 0;
  std::optional<ProcCgroup> given_membership_;  // --cgroup: as if a process were in it
  std::shared_ptr<ReadLog> reads_;

  bool from_outside_ = false;  // another process's cgroups, by our own mounts
  std::string membership_text_;
  MountTable mounts_;
  std::optional<ProcCgroup> pid1_;
  std::shared_ptr<const Placement> placement_;
  std::shared_ptr<const Scope> scope_;
};

}  // namespace cv
