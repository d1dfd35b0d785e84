// SPDX-License-Identifier: Apache-2.0
#include "top/session.hpp"

#include <algorithm>

#include "common/printable.hpp"
#include "top/format.hpp"
#include "top/keymap.hpp"

namespace cvtools::top {
namespace {

constexpr std::size_t kMessagesKept = 10;

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// The end of the line, if it is longer than the screen is wide: where the cursor is.
std::string tail_of(std::string_view text, std::size_t columns) {
  const std::u32string characters = from_utf8(text);
  std::size_t begin = characters.size();
  for (std::size_t width = 0; begin > 0; --begin) {
    width += display_width(to_utf8({&characters[begin - 1], 1}));
    if (width > columns) break;
  }
  return to_utf8(std::u32string_view(characters).substr(begin));
}

}  // namespace

void Session::say(std::string_view message) {
  message_ = printable(message);
  log_.push_front(message_);
  if (log_.size() > kMessagesKept) log_.pop_back();
}

void Session::ask(Ask question, Answer answer) {
  std::vector<std::string> history =
      question.history == 0 ? std::vector<std::string>() : histories_[question.history];
  question_.emplace(
      Question{std::move(question), std::move(answer), LineEditor(std::move(history))});
}

Session::Line Session::line(const Frame& frame, std::size_t columns) const {
  if (question_) {
    const std::string label = printable(question_->ask.label) + " ";
    const std::string before = label + question_->editor.text_before_cursor();
    const std::size_t width = display_width(before);
    if (width < columns) return {label + question_->editor.text(), Ink::kPrompt, width};
    const std::string tail = tail_of(before, columns > 0 ? columns - 1 : 0);
    return {tail, Ink::kPrompt, display_width(tail)};
  }
  if (!message_.empty()) return {" " + message_ + " ", Ink::kMessage, {}};
  if (!frame.position.empty()) return {"  " + frame.position, Ink::kPlain, {}};
  return {};
}

std::vector<Effect> Session::press(Key key, Settings& settings, Shown& shown) {
  std::vector<Effect> effects;
  Turn turn{*this, settings, shown, effects};
  message_.clear();
  if (key == kKeyClosed || key == ctrl('c')) {
    effects.emplace_back(QuitEffect{});
  } else if (question_) {
    press_question(key, turn);
  } else if (cover_) {
    if (!cover_->press(key, turn)) cover_.reset();
  } else {
    press_command(key, turn);
  }
  return effects;
}

void Session::press_question(Key key, Turn& turn) {
  if (key == kKeyEscape) {
    question_.reset();
    return;
  }
  const bool one_key = question_->ask.one_key && key < kKeyUp && key >= U' ';
  if (key != kKeyEnter && !one_key) {
    question_->editor.press(key);
    return;
  }
  if (one_key) question_->editor.press(key);
  // The answer may ask the next question.
  const Question asked = std::move(*question_);
  question_.reset();
  const std::string typed = trimmed(asked.editor.text());
  if (asked.ask.history != 0 && !typed.empty()) {
    std::vector<std::string>& history = histories_[asked.ask.history];
    std::erase(history, typed);
    history.push_back(typed);
  }
  asked.answer(turn, typed);
}

void Session::press_command(Key key, Turn& turn) {
  const KeySpec* spec = find_key(key);
  if (spec == nullptr) {
    if (key != kKeyEscape && key != kKeyResize && key != kKeyNone) {
      say("Unknown command - try 'h' for help");
    }
    return;
  }
  if (spec->refused_if_secure && turn.settings.secure) {
    say("Unavailable in secure mode");
  } else if (spec->needs == KeyNeeds::kAllWindows && !turn.settings.all_windows) {
    say("Command disabled, 'A' mode required");
  } else if (spec->needs == KeyNeeds::kShownTasks && !turn.window().show_tasks) {
    say("Command disabled, activate " + turn.window().name + " with '-' or '_'");
  } else {
    spec->act(turn);
  }
}

}  // namespace cvtools::top
