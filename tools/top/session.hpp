// SPDX-License-Identifier: Apache-2.0
// What the user is in the middle of: a question, a screen of help, fields or colours, the window at
// the bottom, a message. Pure: a key, the settings and what is shown give new settings and effects.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "top/bottom_window.hpp"
#include "top/field_id.hpp"
#include "top/frame.hpp"
#include "top/keys.hpp"
#include "top/prompt.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

// What keys refer to: the rows of the current window, seen or not, in the order of the screen.
class Shown {
 public:
  virtual ~Shown() = default;
  virtual std::size_t row_count() const = 0;
  virtual std::int32_t pid(std::size_t row) const = 0;
  virtual std::string name(std::size_t row) const = 0;  // of the program
  // As it is drawn, scrolled columns considered.
  virtual std::string text(std::size_t row) = 0;
  // The value of a field in full.
  virtual std::string value(std::size_t row, FieldId field) = 0;
  // CapPrm; nothing: not known.
  virtual std::optional<std::uint64_t> capabilities(std::size_t row) = 0;
  virtual std::size_t page_rows() const = 0;  // that fit on the screen
  virtual std::size_t cpu_count() const = 0;  // of the container; 0: not known yet
  // Of the machine's CPUs; looked up when first asked for.
  virtual std::span<const cv_cpu_place> cpu_places() = 0;
  virtual std::optional<std::uint32_t> uid_of(std::string_view name) = 0;
};

class Session;

// One key's turn.
struct Turn {
  Session& session;
  Settings& settings;
  Shown& shown;
  std::vector<Effect>& effects;

  Window& window() const { return settings.window(); }
};

// A screen of its own instead of the tasks.
class Cover {
 public:
  virtual ~Cover() = default;
  virtual Frame frame(const Settings& settings, FrameSize size) = 0;
  // Gives false when it is done.
  virtual bool press(Key key, Turn& turn) = 0;
};

// What does not change while the program runs.
struct SessionFacts {
  std::int32_t own_pid = 0;
  bool old_rc = false;          // the toprc is of a format before 'n'
  int colours = 8;              // of the terminal
  std::string program = "top";  // as called
};

class Session {
 public:
  explicit Session(SessionFacts facts) : facts_(std::move(facts)) {}

  std::vector<Effect> press(Key key, Settings& settings, Shown& shown);

  // Said on the message line, until forget_message().
  void say(std::string_view message);
  void forget_message() { message_.clear(); }
  const std::string& message() const { return message_; }
  const std::deque<std::string>& messages() const { return log_; }

  struct Ask {
    std::string label;
    char history = 0;      // whose earlier answers Up and Down recall
    bool one_key = false;  // the first key is the answer
  };
  // `answer` gets what was typed, without blanks around it; Escape: it is not called.
  using Answer = std::function<void(Turn& turn, const std::string& typed)>;
  void ask(Ask question, Answer answer);
  bool asks() const { return question_.has_value(); }

  void open(std::unique_ptr<Cover> cover) { cover_ = std::move(cover); }
  Cover* cover() const { return cover_.get(); }

  BottomWindow& bottom() { return bottom_; }
  const BottomWindow& bottom() const { return bottom_; }
  const SessionFacts& facts() const { return facts_; }

  struct Line {
    std::string text;
    Ink ink = Ink::kMessage;
    std::optional<std::size_t> cursor;
  };
  // What stands on the message line at the moment.
  Line line(const Frame& frame, std::size_t columns) const;

 private:
  struct Question {
    Ask ask;
    Answer answer;
    LineEditor editor;
  };
  void press_question(Key key, Turn& turn);
  void press_command(Key key, Turn& turn);

  SessionFacts facts_;
  std::string message_;
  std::deque<std::string> log_;
  std::optional<Question> question_;
  std::unique_ptr<Cover> cover_;
  BottomWindow bottom_;
  std::map<char, std::vector<std::string>> histories_;
};

}  // namespace cvtools::top
