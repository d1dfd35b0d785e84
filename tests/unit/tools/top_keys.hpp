// SPDX-License-Identifier: Apache-2.0
// Presses keys on a session without a terminal.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "top/session.hpp"

namespace cvtools::top {

struct FakeTask {
  std::int32_t pid;
  std::string name;
};

class FakeShown : public Shown {
 public:
  std::size_t row_count() const override { return tasks.size(); }
  std::int32_t pid(std::size_t row) const override { return tasks.at(row).pid; }
  std::string name(std::size_t row) const override { return tasks.at(row).name; }
  std::string text(std::size_t row) override {
    return std::to_string(tasks.at(row).pid) + " root " + tasks.at(row).name;
  }
  std::string value(std::size_t row, FieldId field) override {
    return field == FieldId::kCommand ? tasks.at(row).name + " -x"
                                      : "field " + std::to_string(static_cast<int>(field));
  }
  std::optional<std::uint64_t> capabilities(std::size_t) override { return mask; }
  std::size_t page_rows() const override { return 4; }
  std::size_t cpu_count() const override { return cpus; }
  std::span<const cv_cpu_place> cpu_places() override { return places; }
  std::optional<std::uint32_t> uid_of(std::string_view name) override {
    if (name == "daemon") return 1;
    return {};
  }

  std::vector<FakeTask> tasks = {{101, "init"}, {102, "sleep"}, {103, "sh"},  {104, "sleep"},
                                 {105, "cat"},  {106, "dd"},    {107, "yes"}, {108, "tail"},
                                 {109, "find"}, {110, "top"}};
  std::optional<std::uint64_t> mask = 0b100001;
  std::size_t cpus = 8;
  std::vector<cv_cpu_place> places;
};

class Keys : public testing::Test {
 protected:
  explicit Keys(SessionFacts facts = {.own_pid = 4242, .colours = 256})
      : session(std::move(facts)) {
    settings.current = 0;
  }

  // One after the other; gives what the last one asked of the world.
  std::vector<Effect> press(std::u32string_view keys) {
    std::vector<Effect> effects;
    for (const Key key : keys) effects = session.press(key, settings, shown);
    return effects;
  }
  std::vector<Effect> press(Key key) { return session.press(key, settings, shown); }
  // An answer to a question.
  std::vector<Effect> answer(std::u32string_view text) {
    press(text);
    return press(kKeyEnter);
  }
  std::string prompt(std::size_t columns = 200) { return session.line({}, columns).text; }
  std::string cover_text(FrameSize size = {132, 50}) {
    std::string text;
    for (const Line& line : session.cover()->frame(settings, size).lines) text += line.text + "\n";
    return text;
  }
  Window& window() { return settings.window(); }

  Settings settings = default_settings();
  FakeShown shown;
  Session session;
};

}  // namespace cvtools::top
