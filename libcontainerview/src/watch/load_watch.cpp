// SPDX-License-Identifier: Apache-2.0
#include "watch/load_watch.hpp"

#include <algorithm>

#include "snapshot/sampler.hpp"
#include "watch/held_files.hpp"

namespace cv {
namespace {

// The first interval is as short as counters allow, so that readers have something soon.
constexpr std::int64_t kFirstIntervalNsec = 2 * kNsecPerSec;
// Sub-samples of many containers that are due within this are taken together.
constexpr std::int64_t kTogetherNsec = 20'000'000;
constexpr std::int64_t kBudgetEveryNsec = 60 * kNsecPerSec;
// Containers without a cgroup in them are looked into in turn: one may have got a container in it.
constexpr std::uint64_t kLeafTurns = 4;

std::int64_t now_nsec() { return clock_now().boottime_nsec.value_or(0); }

bool inode_less(const std::unique_ptr<WatchedContainer>& container, std::uint64_t inode) {
  return container->inode() < inode;
}

}  // namespace

Result<std::unique_ptr<LoadWatch>> LoadWatch::open(const WatchOptions& options) {
  std::unique_ptr<LoadWatch> watch(new LoadWatch(options));
  if (auto started = watch->start(); !started)
    return tl::make_unexpected(std::move(started.error()));
  return watch;
}

Result<void> LoadWatch::start() {
  if (!options_.history_dir.empty()) {
    auto dir = StateDir::open(options_.history_dir);
    if (!dir) return tl::make_unexpected(std::move(dir.error()));
    histories_ = std::make_unique<StateDir>(std::move(*dir));
  }
  shared_.proc = &machine_;
  shared_.cgroups = &machine_;
  shared_.histories = histories_.get();
  shared_.directory_each = options_.directory_each;
  shared_.interval_nsec = options_.interval_nsec;
  shared_.budget = &budget_;
  shared_.load.subsample_nsec = options_.subsample_nsec;
  shared_.problems = &problems_;
  const std::int64_t now = now_nsec();
  shared_.time_offset_nsec = now - machine_boottime_nsec(machine_, now);
  shared_.load.seed = static_cast<std::uint64_t>(now);
  const auto boot_id = machine_.read("/proc/sys/kernel/random/boot_id");
  if (!boot_id) return tl::make_unexpected(boot_id.error());
  shared_.boot_id = *boot_id;
  set_budget(now);
  if (!options_.all) return watch_one(now);
  hierarchy_ = container_hierarchy(machine_);
  if (!hierarchy_)
    return fail(ErrorKind::kUnavailable, "/proc/self/mountinfo", "no cgroup hierarchy is mounted");
  return {};
}

Result<void> LoadWatch::watch_one(std::int64_t now) {
  auto target = Target::open(options_.view);
  if (!target) return tl::make_unexpected(std::move(target.error()));
  if (auto found = target->refresh(problems_); !found)
    return tl::make_unexpected(std::move(found.error()));
  FoundContainer found;
  const auto cgroups = history_cgroups(*target);
  if (!cgroups.empty()) {
    found.dir = cgroups.front().dir;
    found.inode = cgroups.front().key.inode;
  }
  if (histories_ && cgroups.empty())
    return fail(ErrorKind::kNotFound, {}, "no container here whose cgroup can be seen");
  // The files of another process's cgroup are read below its root.
  if (options_.view.pid != 0) {
    auto root = Sysroot::open(target->proc_dir() + "/root");
    if (!root) return tl::make_unexpected(std::move(root.error()));
    cgroups_ = std::move(*root);
    shared_.cgroups = &cgroups_;
  }
  containers_.push_back(
      std::make_unique<WatchedContainer>(shared_, std::move(found), std::move(*target), now));
  return {};
}

std::int64_t LoadWatch::step() {
  problems_.clear();
  std::int64_t now = now_nsec();
  if (now >= next_step_nsec_) {
    if (started_) end_interval();
    if (options_.all) find_all();
    if (!started_ && histories_ && options_.all) remove_leftovers();
    now = now_nsec();
    const std::int64_t pause =
        started_ ? options_.interval_nsec : std::min(options_.interval_nsec, kFirstIntervalNsec);
    // On the beat, unless we are late by a whole interval.
    next_step_nsec_ = std::max(next_step_nsec_ + pause, now);
    if (!started_ || next_step_nsec_ == now) next_step_nsec_ = now + pause;
    started_ = true;
  } else {
    subsample_due(now);
    now = now_nsec();
  }
  return std::max<std::int64_t>(0, next_due() - now);
}

void LoadWatch::end_interval() {
  const std::int64_t now = now_nsec();
  if (now - budget_set_nsec_ > kBudgetEveryNsec) set_budget(now);
  for (const auto& container : containers_) container->step(now_nsec());
}

void LoadWatch::find_all() {
  ++looks_;
  auto found = find_containers(machine_, *hierarchy_, [&](std::uint64_t inode) {
    const WatchedContainer* known = find(inode);
    return known != nullptr && known->found().leaf && (inode + looks_) % kLeafTurns != 0;
  });
  std::sort(found.begin(), found.end(),
            [](const FoundContainer& a, const FoundContainer& b) { return a.inode < b.inode; });
  drop(found);
  for (FoundContainer& container : found) {
    TargetOptions view;
    view.cgroup = container.dir;
    add(std::move(container), view);
  }
}

// Forgets what is not among `found` any more.
void LoadWatch::drop(const std::vector<FoundContainer>& found) {
  std::erase_if(containers_, [&](const std::unique_ptr<WatchedContainer>& container) {
    const bool there = std::binary_search(
        found.begin(), found.end(), container->found(),
        [](const FoundContainer& a, const FoundContainer& b) { return a.inode < b.inode; });
    if (there) return false;
    container->remove_history();
    return true;
  });
}

void LoadWatch::add(FoundContainer found, const TargetOptions& view) {
  if (WatchedContainer* known = find(found.inode)) return known->set_leaf(found.leaf);
  auto target = Target::open(view);
  std::vector<std::string> ignored;  // of a container that came and went
  if (!target || !target->refresh(ignored)) return;
  const auto at = std::lower_bound(containers_.begin(), containers_.end(), found.inode, inode_less);
  containers_.insert(at, std::make_unique<WatchedContainer>(shared_, std::move(found),
                                                            std::move(*target), now_nsec()));
}

WatchedContainer* LoadWatch::find(std::uint64_t inode) const {
  const auto at = std::lower_bound(containers_.begin(), containers_.end(), inode, inode_less);
  return at != containers_.end() && (*at)->inode() == inode ? at->get() : nullptr;
}

void LoadWatch::subsample_due(std::int64_t now) {
  for (const auto& container : containers_) {
    const auto due = container->next_subsample();
    if (due && *due <= now + kTogetherNsec) container->subsample(now_nsec());
  }
}

std::int64_t LoadWatch::next_due() const {
  std::int64_t next = next_step_nsec_;
  for (const auto& container : containers_)
    if (const auto due = container->next_subsample()) next = std::min(next, *due);
  return next;
}

// Files of containers that ended while no sampler ran.
void LoadWatch::remove_leftovers() {
  std::vector<std::string> known;
  for (const auto& container : containers_)
    for (std::string& name : container->file_names()) known.push_back(std::move(name));
  std::sort(known.begin(), known.end());
  const auto remove_from = [&](const std::string& path, const StateDir& dir) {
    const auto names = machine_.list(path);
    if (!names) return;
    for (const std::string& name : *names)
      if (history_key_of(name).hierarchy != Hierarchy::kNone &&
          !std::binary_search(known.begin(), known.end(), name))
        dir.remove(name);
  };
  if (!options_.directory_each) return remove_from(options_.history_dir, *histories_);
  const auto names = machine_.list_directories(options_.history_dir);
  if (!names) return;
  for (const std::string& name : *names)
    if (const auto dir = histories_->child(name))
      remove_from(options_.history_dir + "/" + name, *dir);
}

void LoadWatch::set_budget(std::int64_t now) {
  budget_set_nsec_ = now;
  budget_.set_file_limit(allowed_held_files(budget_.held()));
}

}  // namespace cv
