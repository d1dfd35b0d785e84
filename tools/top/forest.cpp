// SPDX-License-Identifier: Apache-2.0
#include "top/forest.hpp"

#include <algorithm>
#include <unordered_map>

namespace cvtools::top {
namespace {

std::int32_t parent_of(const cv_task& task) {
  return task.pid != task.process_pid ? task.process_pid : task.parent_pid;
}

class Forest {
 public:
  Forest(const std::vector<const cv_task*>& tasks, const std::set<std::int32_t>& collapsed)
      : tasks_(tasks),
        collapsed_(collapsed),
        first_child_(tasks.size(), kNone),
        next_(tasks.size(), kNone) {
    std::sort(tasks_.begin(), tasks_.end(), [](const cv_task* a, const cv_task* b) {
      return a->start_nsec != b->start_nsec ? a->start_nsec < b->start_nsec : a->pid < b->pid;
    });
    std::unordered_map<std::int32_t, std::size_t> places;
    for (std::size_t i = 0; i < tasks_.size(); ++i) places.emplace(tasks_[i]->pid, i);
    // From the last, so that each list of children is in order.
    for (std::size_t i = tasks_.size(); i-- > 0;) {
      const auto parent = places.find(parent_of(*tasks_[i]));
      // Read at different instants two may seem to be each other's parent; a parent is older.
      const bool is_root = parent == places.end() || parent->second >= i;
      std::size_t& list = is_root ? first_root_ : first_child_[parent->second];
      next_[i] = list;
      list = i;
    }
  }

  std::vector<Row> rows(std::int32_t focus) {
    if (focus == 0) {
      for (std::size_t at = first_root_; at != kNone; at = next_[at]) add(at, 0);
      return std::move(rows_);
    }
    for (std::size_t i = 0; i < tasks_.size(); ++i)
      if (tasks_[i]->pid == focus) add(i, 0);
    return std::move(rows_);
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  // One and all below it. A list to come back to instead of recursion: chains of thousands of
  // processes can be made.
  void add(std::size_t top, std::uint16_t depth) {
    struct Pending {
      std::size_t at;
      std::uint16_t depth;
    };
    std::vector<Pending> pending{{top, depth}};
    while (!pending.empty()) {
      const Pending now = pending.back();
      pending.pop_back();
      if (now.at != top && next_[now.at] != kNone) pending.push_back({next_[now.at], now.depth});
      const cv_task* task = tasks_[now.at];
      Row row{task, now.depth, collapsed_.contains(task->pid) && first_child_[now.at] != kNone,
              task->cpu_delta_nsec};
      if (row.collapsed) {
        row.cpu_delta_nsec += folded(now.at);
      } else if (first_child_[now.at] != kNone) {
        pending.push_back({first_child_[now.at], static_cast<std::uint16_t>(now.depth + 1)});
      }
      rows_.push_back(row);
    }
  }

  std::uint64_t folded(std::size_t top) const {
    std::uint64_t sum = 0;
    std::vector<std::size_t> pending{first_child_[top]};
    while (!pending.empty()) {
      const std::size_t at = pending.back();
      pending.pop_back();
      sum += tasks_[at]->cpu_delta_nsec;
      if (next_[at] != kNone) pending.push_back(next_[at]);
      if (first_child_[at] != kNone) pending.push_back(first_child_[at]);
    }
    return sum;
  }

  std::vector<const cv_task*> tasks_;
  const std::set<std::int32_t>& collapsed_;
  std::vector<std::size_t> first_child_, next_;
  std::size_t first_root_ = kNone;
  std::vector<Row> rows_;
};

}  // namespace

std::vector<Row> lay_out_forest(const std::vector<const cv_task*>& tasks,
                                const std::set<std::int32_t>& collapsed, std::int32_t focus) {
  return Forest(tasks, collapsed).rows(focus);
}

std::string forest_art(const Row& row) {
  std::string art;
  if (row.depth != 0) art.assign(4 * std::size_t{row.depth} - 3, ' ');
  if (row.depth != 0 || row.collapsed) art += row.collapsed ? "`+ " : "`- ";
  return art;
}

}  // namespace cvtools::top
