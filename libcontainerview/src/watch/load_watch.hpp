// SPDX-License-Identifier: Apache-2.0
// LoadWatch: samples the load of one container, or of all that a machine has, for as long as it is
// asked to. It does not wait: whoever owns it calls step() when that is due.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "watch/watched_container.hpp"

namespace cv {

struct WatchOptions {
  TargetOptions view;  // whose container; not with `all`
  bool all = false;    // every container of the machine, as they come and go
  std::int64_t interval_nsec = 5'000'000'000;
  std::int64_t subsample_nsec = 350'000'000;
  std::string history_dir;  // empty: nothing is written
  bool directory_each = false;
};

class LoadWatch {
 public:
  // Errors: as Target::open() and StateDir::open(); Unavailable (no cgroups to look through).
  static Result<std::unique_ptr<LoadWatch>> open(const WatchOptions& options);

  // Does what is due and returns the time until there is more.
  std::int64_t step();

  // Sorted by inode. Good until the next step.
  const std::vector<std::unique_ptr<WatchedContainer>>& containers() const { return containers_; }
  const Sysroot& proc() const { return machine_; }
  // What went wrong in the last step, a line each.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  explicit LoadWatch(WatchOptions options) : options_(std::move(options)) {}
  Result<void> start();
  Result<void> watch_one(std::int64_t now_nsec);
  void find_all();
  WatchedContainer* find(std::uint64_t inode) const;
  void add(FoundContainer found, const TargetOptions& view);
  void drop(const std::vector<FoundContainer>& found);
  void end_interval();
  void subsample_due(std::int64_t now_nsec);
  std::int64_t next_due() const;
  void remove_leftovers();
  void set_budget(std::int64_t now_nsec);

  WatchOptions options_;
  Sysroot machine_;
  Sysroot cgroups_;
  std::unique_ptr<StateDir> histories_;
  std::optional<CgroupMount> hierarchy_;  // of `all`
  LoadBudget budget_;
  std::int64_t budget_set_nsec_ = 0;
  WatchShared shared_;
  std::vector<std::unique_ptr<WatchedContainer>> containers_;
  std::vector<std::string> problems_;
  std::int64_t next_step_nsec_ = 0;
  std::uint64_t looks_ = 0;  // for containers
  bool started_ = false;
};

}  // namespace cv
