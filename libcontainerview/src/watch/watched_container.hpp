// SPDX-License-Identifier: Apache-2.0
// One container under watch: its integrator, the averages that come of it, and the file in which
// they are left for readers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "history/format.hpp"
#include "kernel/state_dir.hpp"
#include "load/decay.hpp"
#include "load/integrator.hpp"
#include "view/uptime.hpp"
#include "watch/discovery.hpp"

namespace cv {

// What all containers of one watch share.
struct WatchShared {
  const Sysroot* proc = nullptr;
  const Sysroot* cgroups = nullptr;
  const StateDir* histories = nullptr;  // null: none are written
  bool directory_each = false;
  std::int64_t interval_nsec = 0;
  std::int64_t time_offset_nsec = 0;  // of our CLOCK_BOOTTIME to the machine's
  std::string boot_id;
  LoadBudget* budget = nullptr;
  LoadOptions load;
  std::vector<std::string>* problems = nullptr;
};

class WatchedContainer {
 public:
  // `target` is the view of the container, and no longer needed afterwards.
  WatchedContainer(const WatchShared& shared, FoundContainer found, Target target,
                   std::int64_t now_nsec);

  // Ends an interval. Times are of our own CLOCK_BOOTTIME.
  void step(std::int64_t now_nsec);
  void subsample(std::int64_t now_nsec) { integrator_.subsample(now_nsec); }
  std::optional<std::int64_t> next_subsample() const { return integrator_.next_subsample(); }
  bool gone() const { return integrator_.gone(); }
  // For a container that is gone: its file goes too.
  void remove_history();

  const FoundContainer& found() const { return found_; }
  void set_leaf(bool leaf) { found_.leaf = leaf; }
  std::uint64_t inode() const { return found_.inode; }
  std::vector<std::string> file_names() const;
  std::string directory_name() const;  // of directory_each
  // The last interval; none yet.
  const std::optional<LoadInterval>& interval() const { return interval_; }
  const LoadIntegrator& integrator() const { return integrator_; }
  LoadView load() const;

 private:
  void seed(Target target);
  void go_on_from(const HistoryHead& head, std::int64_t now_nsec);
  void take(double mean, double seconds, std::int64_t now_nsec);
  std::uint32_t estimated_flags() const;
  void open_history();
  template <typename Visit>
  Result<void> in_directory(Visit&& visit);
  Result<void> make_history(const StateDir& dir, std::span<const std::byte> content);
  void go_on_in(MappedFile file);
  void check_history();
  std::int64_t machine_time(std::int64_t nsec) const { return nsec - shared_->time_offset_nsec; }

  const WatchShared* shared_;
  FoundContainer found_;
  HistoryIdentity identity_;
  LoadIntegrator integrator_;
  LoadAverages averages_;
  double seed_sec_ = 0;  // of averages_.age_sec: not sampled but estimated, at the start
  HistoryHead head_;
  std::optional<LoadInterval> interval_;
  MappedFile file_;
  HistoryWriter writer_;
  bool directory_made_ = false;
  std::uint32_t steps_ = 0;
};

}  // namespace cv
