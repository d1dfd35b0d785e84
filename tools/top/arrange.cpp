// SPDX-License-Identifier: Apache-2.0
#include "top/arrange.hpp"

#include <algorithm>

#include "top/forest.hpp"

namespace cvtools::top {
namespace {

// Orders by a field. Values are computed once for each task, not at each comparison.
class Sorter {
 public:
  Sorter(const Window& window, const FieldContext& context)
      : spec_(spec_of(window.sort)), descending_(window.descending), context_(context) {}

  void sort(std::vector<Row>& rows) const {
    if (spec_.format == FieldFormat::kText)
      sort_by(rows, [&](const Row& row) { return text_value(*row.task, spec_, context_); });
    else
      sort_by(rows, [&](const Row& row) { return number_value(*row.task, spec_, context_); });
  }

 private:
  template <typename KeyOf>
  void sort_by(std::vector<Row>& rows, KeyOf&& key_of) const {
    using Key = decltype(key_of(rows.front()));
    std::vector<std::pair<Key, std::size_t>> keys;
    keys.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) keys.emplace_back(key_of(rows[i]), i);
    // What is equal stays in the order of the pids.
    std::stable_sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
      return descending_ ? b.first < a.first : a.first < b.first;
    });
    std::vector<Row> sorted;
    sorted.reserve(rows.size());
    for (const auto& key : keys) sorted.push_back(rows[key.second]);
    rows = std::move(sorted);
  }

  const FieldSpec& spec_;
  bool descending_;
  const FieldContext& context_;
};

}  // namespace

std::vector<Row> arrange(const Window& window, const Sample& sample, const FieldContext& context,
                         const CellStyle& style) {
  const auto wanted = [&](const cv_task& task) {
    if (!window.show_idle && !is_busy(task)) return false;
    if (!passes(window.user, task)) return false;
    return std::all_of(window.filters.begin(), window.filters.end(),
                       [&](const Filter& filter) { return passes(filter, task, context, style); });
  };
  std::vector<const cv_task*> tasks;
  for (const cv_task* task : sample.tasks)
    if (wanted(*task)) tasks.push_back(task);

  std::vector<Row> rows;
  if (window.forest) {
    rows = lay_out_forest(tasks, window.collapsed, window.focus_pid);
  } else {
    rows.reserve(tasks.size());
    for (const cv_task* task : tasks) rows.push_back({task, 0, false, task->cpu_delta_nsec});
    Sorter(window, context).sort(rows);
  }
  if (window.max_tasks != 0 && rows.size() > window.max_tasks) rows.resize(window.max_tasks);
  return rows;
}

}  // namespace cvtools::top
