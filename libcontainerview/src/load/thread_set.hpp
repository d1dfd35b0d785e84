// SPDX-License-Identifier: Apache-2.0
// The threads of a container from one look to the next: who is still there, who is new, what each
// was seen doing meanwhile.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "kernel/proc_pid_stat.hpp"
#include "load/held_file.hpp"

namespace cv {

// One watched thread. There are many of them: 88 bytes.
struct WatchedThread {
  HeldFile schedstat, stat;
  std::uint32_t tid = 0;
  Schedstat at_begin;  // of the interval; 0 where the thread was born inside of it
  // How long in this interval, by the states that it was seen in at its ends and in between, and in
  // how many sub-samples.
  float runnable_sec = 0, uninterruptible_sec = 0;
  std::uint16_t runnable_hits = 0, uninterruptible_hits = 0;
  float last_mean = 0;         // its part of the interval before
  char state = '?';            // when last looked at
  bool ran = true;             // its counters moved in the interval before, or it is new
  bool lost = false;           // ended since it was listed, or its id is another's now
  bool assumed = false;        // it ran since `state` was read
  bool closed = false;         // done with at the end of this interval
  std::uint8_t intervals = 0;  // that it has lived through, 255 at most

  // Until `half_sec` ago it was in its present state, from then on in `next`.
  void pass(double half_sec, char next) {
    const auto half = static_cast<float>(half_sec);
    for (const char seen : {state, next}) {
      if (seen == 'R') runnable_sec += half;
      if (seen == 'D') uninterruptible_sec += half;
    }
    state = next;
  }
  void count_hit() {
    if (state == 'R') ++runnable_hits;
    if (state == 'D') ++uninterruptible_hits;
  }

  void begin_interval(const Schedstat& counters, bool ran_before) {
    at_begin = counters;
    runnable_sec = uninterruptible_sec = 0;
    runnable_hits = uninterruptible_hits = 0;
    ran = ran_before;
    if (intervals != 255) ++intervals;
  }
};

// Sorted by id.
class ThreadSet {
 public:
  explicit ThreadSet(LoadBudget& budget) : budget_(&budget) {}
  ThreadSet(ThreadSet&& other) noexcept = default;
  ThreadSet& operator=(ThreadSet&&) = delete;
  // Makes the set hold exactly `ids` (sorted, no id twice): ended(thread) for each that is not
  // among them any more; the new ones have nothing but their id. Returns whether it is another set.
  template <typename Ended>
  bool update(const std::vector<std::uint64_t>& ids, Ended&& ended) {
    unreadable_ = false;
    hidden_ = false;
    lost_before_.swap(lost_);
    lost_.clear();
    std::sort(lost_before_.begin(), lost_before_.end());
    if (holds(ids)) return false;
    std::vector<WatchedThread> next;
    next.reserve(ids.size());
    auto old = threads_.begin();
    const auto drop_until = [&](std::uint64_t id) {
      for (; old != threads_.end() && old->tid < id; ++old) {
        ended(*old);
      }
    };
    for (const std::uint64_t id : ids) {
      drop_until(id);
      if (old != threads_.end() && old->tid == id) {
        next.push_back(std::move(*old++));
      } else {
        next.emplace_back().tid = static_cast<std::uint32_t>(id);
      }
    }
    drop_until(UINT64_MAX);
    threads_ = std::move(next);
    return true;
  }

  // Takes out the lost ones.
  template <typename Ended>
  void drop_lost(Ended&& ended) {
    const bool any = !threads_.empty();
    std::erase_if(threads_, [&](WatchedThread& thread) {
      if (!thread.lost) return false;
      if (thread.intervals == 0) note_lost(thread.tid);
      ended(thread);
      return true;
    });
    unreadable_ = any && threads_.empty();
  }
  // There were threads to look at, and nothing could be read of any, or of those of other users.
  bool unreadable() const { return unreadable_ || hidden_; }

  // To be called now and then: the budget may have become smaller.
  void let_go_of_excess() {
    for (auto at = threads_.rbegin(); at != threads_.rend() && budget_->too_many_held(); ++at) {
      at->stat.let_go();
      at->schedstat.let_go();
    }
  }

  std::vector<WatchedThread>& threads() { return threads_; }
  const std::vector<WatchedThread>& threads() const { return threads_; }

 private:
  bool holds(const std::vector<std::uint64_t>& ids) const {
    return std::equal(
        ids.begin(), ids.end(), threads_.begin(), threads_.end(),
        [](std::uint64_t id, const WatchedThread& thread) { return id == thread.tid; });
  }

  // What was not to be found after two listings has not ended: /proc hides it (hidepid).
  void note_lost(std::uint64_t id) {
    hidden_ |= std::binary_search(lost_before_.begin(), lost_before_.end(), id);
    lost_.push_back(id);
  }

  LoadBudget* budget_;
  std::vector<WatchedThread> threads_;
  std::vector<std::uint64_t> lost_;         // since the last listing, never looked at
  std::vector<std::uint64_t> lost_before_;  // between the two listings before
  bool unreadable_ = false;
  bool hidden_ = false;
};

}  // namespace cv
