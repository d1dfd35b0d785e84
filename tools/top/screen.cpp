// SPDX-License-Identifier: Apache-2.0
#include "top/screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "top/cells.hpp"
#include "top/instant.hpp"
#include "top/key_decoder.hpp"
#include "top/signals.hpp"

namespace cvtools::top {
namespace {

// No wrapping at the edge (DECAWM): the last column can be written. No cursor (DECTCEM).
constexpr std::string_view kEnter = "\033[?7l\033[?25l";
constexpr std::string_view kLeave = "\033[0m\033[?7h\033[?25h";
constexpr std::string_view kEraseBelow = "\033[J";
constexpr int kIn = STDIN_FILENO;
constexpr int kOut = STDOUT_FILENO;
// How long the rest of a sequence may be under way. Escape itself is a key after this time.
constexpr Seconds kSequenceTime{0.05};
constexpr double kLongestWait = 3600;  // the caller comes again
constexpr std::size_t kMostColumns = 2000, kMostRows = 1000;

// What handlers of signals use. A terminal is one of a kind, as they are.
struct Restore {
  termios before;
  volatile sig_atomic_t armed = 0;
  volatile sig_atomic_t moves_cursor = 0;
  volatile sig_atomic_t rows = 0;  // of the screen, where the shell goes on
} restore;
volatile sig_atomic_t was_resized = 0, was_stopped = 0, was_continued = 0;

// Only what may be done in a handler.
void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(kOut, text.data(), text.size());
    if (done > 0) {
      text.remove_prefix(static_cast<std::size_t>(done));
    } else if (done < 0 && errno == EAGAIN) {
      pollfd room{kOut, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (done == 0 || errno != EINTR) {
      return;
    }
  }
}

void leave_terminal() {
  if (restore.armed == 0) return;
  restore.armed = 0;
  tcflow(kOut, TCOON);  // ^S would hold the rest back for ever
  if (restore.moves_cursor != 0) {
    write_all(kLeave);
    // Below what was drawn last, which stays.
    char bottom[] = "\033[00000H";
    int row = restore.rows;
    for (int at = 6; at >= 2; --at, row /= 10) bottom[at] = static_cast<char>('0' + row % 10);
    write_all(bottom);
    write_all(kEraseBelow);
  }
  write_all("\r\n");
  tcsetattr(kIn, TCSANOW, &restore.before);
}

void end_by_signal(int) {
  leave_terminal();
  _exit(0);  // as the classic tool does
}

void crash(int signal) {
  leave_terminal();
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void note_signal(int signal) {
  if (signal == SIGWINCH) was_resized = 1;
  if (signal == SIGTSTP) was_stopped = 1;
  if (signal == SIGCONT) was_continued = 1;
}

constexpr int kCrashing[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
constexpr int kNoted[] = {SIGWINCH, SIGTSTP, SIGCONT};

void catch_signals() {
  for (const int signal : kEndingSignals) handle_signal(signal, end_by_signal);
  for (const int signal : kCrashing) handle_signal(signal, crash, static_cast<int>(SA_RESETHAND));
  for (const int signal : kNoted) handle_signal(signal, note_signal);
}

// Blocked but while waiting for a key: none can come between a look at its flag and the wait.
sigset_t noted_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kNoted) sigaddset(&set, signal);
  return set;
}

FrameSize terminal_size(FrameSize fallback) {
  winsize size{};
  FrameSize result = fallback;
  if (ioctl(kOut, TIOCGWINSZ, &size) == 0 || ioctl(kIn, TIOCGWINSZ, &size) == 0) {
    if (size.ws_col > 0) result.columns = size.ws_col;
    if (size.ws_row > 0) result.rows = size.ws_row;
  }
  return {std::clamp<std::size_t>(result.columns, 1, kMostColumns),
          std::clamp<std::size_t>(result.rows, 1, kMostRows)};
}

class Terminal : public Screen {
 public:
  Terminal(const TerminalFacts& facts, FrameSize fallback)
      : facts_(facts), fallback_(fallback), size_(terminal_size(fallback)) {
    const sigset_t noted = noted_signals();
    sigprocmask(SIG_BLOCK, &noted, &mask_before_);
    catch_signals();
    enter();
  }
  ~Terminal() override {
    leave_terminal();
    for (const int signal : kEndingSignals) handle_signal(signal, SIG_DFL);
    for (const int signal : kCrashing) handle_signal(signal, SIG_DFL);
    for (const int signal : kNoted) handle_signal(signal, SIG_DFL);
    sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
  }

  FrameSize size() const override { return size_; }
  void draw(const Settings& settings, const Frame& frame, const std::optional<Line>& line,
            std::optional<std::size_t> cursor) override;
  Key next_key(double timeout_seconds) override;
  void clear() override {
    drawn_ = {};
    printed_.clear();
  }

 private:
  void enter();
  void suspend();
  void print(const Frame& frame, const std::optional<Line>& line);
  std::optional<Key> signalled();
  bool wait(Seconds time);

  TerminalFacts facts_;
  FrameSize fallback_, size_;
  sigset_t mask_before_{};
  KeyDecoder decoder_;
  bool closed_ = false;
  CellGrid drawn_;
  bool cursor_shown_ = false;
  std::string printed_;  // without a cursor to move: the last frame
};

void Terminal::enter() {
  tcgetattr(kIn, &restore.before);
  restore.moves_cursor = facts_.moves_cursor ? 1 : 0;
  restore.rows = static_cast<int>(size_.rows);
  restore.armed = 1;
  termios modes = restore.before;
  modes.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);  // signals stay: ^C, ^Z
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  tcsetattr(kIn, TCSADRAIN, &modes);
  if (facts_.moves_cursor) write_all(kEnter);
  cursor_shown_ = false;
  Terminal::clear();  // also while it is constructed
}

void Terminal::suspend() {
  leave_terminal();
  handle_signal(SIGTSTP, SIG_DFL);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  raise(SIGTSTP);
  sigprocmask(SIG_UNBLOCK, &stop, nullptr);  // here it stops, and goes on
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  handle_signal(SIGTSTP, note_signal);
  was_continued = 0;
  enter();
}

// What came in by signals.
std::optional<Key> Terminal::signalled() {
  if (was_stopped != 0) {
    was_stopped = 0;
    suspend();
  } else if (was_continued != 0) {  // stopped by SIGSTOP: whoever had the terminal has changed it
    was_continued = 0;
    enter();
  } else if (was_resized == 0) {
    return {};
  }
  was_resized = 0;
  size_ = terminal_size(fallback_);
  restore.rows = static_cast<int>(size_.rows);
  return kKeyResize;
}

// Reads what has come. False: nothing in that time, or a signal.
bool Terminal::wait(Seconds time) {
  pollfd input{kIn, POLLIN, 0};
  const double seconds = std::max(time.count(), 0.0);
  const auto whole = static_cast<time_t>(seconds);
  const timespec timeout{whole, static_cast<long>((seconds - static_cast<double>(whole)) * 1e9)};
  if (ppoll(&input, 1, &timeout, &mask_before_) <= 0) return false;
  char bytes[256];
  const ssize_t got = read(kIn, bytes, sizeof bytes);
  if (got > 0) {
    decoder_.feed({bytes, static_cast<std::size_t>(got)});
  } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
    closed_ = true;
  }
  return true;
}

Key Terminal::next_key(double timeout_seconds) {
  const Instant end = in(Seconds(std::clamp(timeout_seconds, 0.0, kLongestWait)));
  for (bool waited = false;;) {
    if (const std::optional<Key> key = decoder_.next()) return *key;
    if (closed_) return kKeyClosed;
    if (const std::optional<Key> key = signalled()) return *key;
    if (decoder_.pending()) {
      if (wait(kSequenceTime)) continue;
      if (const std::optional<Key> key = decoder_.expire()) return *key;
    }
    const Seconds left = until(end);
    if (waited && left.count() <= 0) return kKeyNone;
    waited = true;
    wait(left);
  }
}

void Terminal::draw(const Settings& settings, const Frame& frame, const std::optional<Line>& line,
                    std::optional<std::size_t> cursor) {
  if (!facts_.moves_cursor) {
    print(frame, line);
    return;
  }
  CellGrid cells = to_cells(frame, line, settings, size_, facts_.colours);
  std::string out = difference(drawn_, cells);
  if (cursor) {
    const std::size_t row = std::min(frame.message_line, size_.rows - 1);
    out += go_to(std::min(*cursor, size_.columns - 1), row);
  }
  if (cursor.has_value() != cursor_shown_) out += cursor ? "\033[?25h" : "\033[?25l";
  cursor_shown_ = cursor.has_value();
  drawn_ = std::move(cells);
  write_all(out);
}

// One frame below the other; a question again and again on one line, below the last of them.
void Terminal::print(const Frame& frame, const std::optional<Line>& line) {
  std::string text;
  for (std::size_t i = 0; i + 1 < size_.rows && i < frame.lines.size(); ++i) {
    text += frame.lines[i].text + "\r\n";
  }
  if (text != printed_) write_all("\r\n" + text);
  printed_ = std::move(text);
  if (line) write_all("\r" + line->text + " \b");
}

}  // namespace

TerminalFacts terminal_facts(const char* term, const char* colorterm) {
  const std::string_view name = term == nullptr ? "" : term;
  const auto has = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
  TerminalFacts facts;
  facts.moves_cursor = name != "dumb";
  if (name.starts_with("vt1") || name.starts_with("vt2") || has("-m") || name == "dumb") {
    facts.colours = 0;
  } else if (has("256color") || has("direct") || has("kitty") || has("alacritty") || has("foot") ||
             (colorterm != nullptr && *colorterm != '\0')) {
    facts.colours = 256;
  }
  return facts;
}

std::unique_ptr<Screen> Screen::open(const TerminalFacts& facts, FrameSize fallback) {
  return std::make_unique<Terminal>(facts, fallback);
}

}  // namespace cvtools::top
