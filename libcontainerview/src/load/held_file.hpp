// SPDX-License-Identifier: Apache-2.0
// A file that is read again and again: held open while the budget allows it.
#pragma once

#include <utility>

#include "base/unique_fd.hpp"
#include "load/budget.hpp"

namespace cv {

class HeldFile {
 public:
  HeldFile() = default;
  HeldFile(HeldFile&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), file_(std::move(other.file_)) {}
  HeldFile& operator=(HeldFile&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(file_, other.file_);
    return *this;
  }
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;
  ~HeldFile() { let_go(); }

  // Closes the file instead if there is no room for it.
  void hold(LoadBudget& budget, UniqueFd file) {
    let_go();
    if (!budget.take_file()) return;
    budget_ = &budget;
    file_ = std::move(file);
  }
  void let_go() {
    if (!file_) return;
    file_ = UniqueFd();
    budget_->return_file();
  }

  const UniqueFd& file() const { return file_; }
  explicit operator bool() const { return static_cast<bool>(file_); }

 private:
  LoadBudget* budget_ = nullptr;
  UniqueFd file_;
};

}  // namespace cv
