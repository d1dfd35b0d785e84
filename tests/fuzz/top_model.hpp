// SPDX-License-Identifier: Apache-2.0
// top without a terminal and without the library: settings, a session and a fixed sample, whose
// names are other people's words.
#pragma once

#include <string>
#include <vector>

#include "require.hpp"
#include "top/cells.hpp"
#include "top/session.hpp"
#include "unit/tools/top_sample.hpp"

namespace fuzz {

// What all of top takes for granted about its settings, wherever they come from.
void require_sound(const cvtools::top::Settings& settings);
// What is written can be read, and is then written the same.
void require_round_trip(const cvtools::top::Settings& settings);

class TopModel : private cvtools::top::Shown {
 public:
  TopModel();

  // One for all inputs: its session is to be begun anew.
  void begin(cvtools::top::Settings settings, cvtools::top::FrameSize size);
  // False: it was the last.
  bool press(cvtools::top::Key key);
  // The screen, held against what every screen keeps to.
  void draw();
  const cvtools::top::Settings& settings() const { return settings_; }

 private:
  std::size_t row_count() const override { return rows().size(); }
  std::int32_t pid(std::size_t row) const override { return rows().at(row).task->pid; }
  std::string name(std::size_t row) const override;
  std::string text(std::size_t row) override;
  std::string value(std::size_t row, cvtools::top::FieldId field) override;
  std::optional<std::uint64_t> capabilities(std::size_t row) override;
  std::size_t page_rows() const override { return page_rows_; }
  std::size_t cpu_count() const override { return sample_.sample.cpus.size(); }
  std::span<const cv_cpu_place> cpu_places() override { return sample_.sample.cpu_places; }
  std::optional<std::uint32_t> uid_of(std::string_view name) override {
    return sample_.names.uid_of(name);
  }

  const std::vector<cvtools::top::Row>& rows() const { return arranged_[settings_.current].rows; }
  cvtools::top::Frame task_frame();
  void check_effect(const cvtools::top::Effect& effect) const;

  cvtools::top::FakeSample sample_;
  std::vector<cv_task_details> details_;
  cvtools::top::Settings settings_;
  cvtools::top::FrameSize size_;
  std::optional<cvtools::top::Session> session_;
  std::array<cvtools::top::Arranged, cvtools::top::kWindowCount> arranged_;
  cvtools::top::CellGrid cells_;
  std::size_t page_rows_ = 1;
};

}  // namespace fuzz
