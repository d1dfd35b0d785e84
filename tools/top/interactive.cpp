// SPDX-License-Identifier: Apache-2.0
// The loop on a terminal. Time passes here, and here the wishes of the keys meet the world.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include "common/formatted.hpp"
#include "common/printable.hpp"
#include "top/format.hpp"
#include "top/instant.hpp"
#include "top/loops.hpp"
#include "top/screen.hpp"
#include "top/session.hpp"

namespace cvtools::top {
namespace {

constexpr Seconds kMessageTime{1.25};
constexpr Seconds kTickTime{0.06};

class Loop : private Shown {
 public:
  Loop(const Environment& environment, const TopOptions& options, Fetcher& fetcher, Names& names,
       Screen& screen);
  int run();

 private:
  // Shown
  std::size_t row_count() const override { return rows().size(); }
  std::int32_t pid(std::size_t row) const override { return rows()[row].task->pid; }
  std::string name(std::size_t row) const override { return printable(rows()[row].task->command); }
  std::string text(std::size_t row) override;
  std::string value(std::size_t row, FieldId field) override;
  std::optional<std::uint64_t> capabilities(std::size_t row) override;
  std::size_t page_rows() const override { return page_rows_; }
  std::size_t cpu_count() const override { return sample_->cpus.size(); }
  std::span<const cv_cpu_place> cpu_places() override { return fetcher_.cpu_places(); }
  std::optional<std::uint32_t> uid_of(std::string_view name) override {
    return names_.uid_of(name);
  }

  const std::vector<Row>& rows() const { return arranged_[settings_.current].rows; }
  const cv_task& task(std::size_t row, std::uint32_t files);
  void fetch();
  void refit();
  void draw();
  Frame task_frame();
  bool wait_for_frame();
  bool press(Key key);
  void perform(const KillEffect& effect);
  void perform(const ReniceEffect& effect);

  const TopOptions& options_;
  Fetcher& fetcher_;
  Names& names_;
  Screen& screen_;
  Settings settings_;
  Session session_;
  FetchPlan plan_;
  const Sample* sample_ = nullptr;
  std::array<Arranged, kWindowCount> arranged_;
  std::vector<std::string> texts_;  // of all rows, once one was asked for
  std::size_t page_rows_ = 1;
  Instant next_frame_, message_end_;
  bool fetch_now_ = false;
};

Loop::Loop(const Environment& environment, const TopOptions& options, Fetcher& fetcher,
           Names& names, Screen& screen)
    : options_(options),
      fetcher_(fetcher),
      names_(names),
      screen_(screen),
      settings_(options.settings),
      session_({.own_pid = getpid(),
                .old_rc = options.rc_format != 'n',
                .colours = terminal_facts(environment.term, environment.colorterm).colours,
                .program = std::string(short_name(environment))}) {}

void Loop::fetch() {
  plan_ = plan_fetch(settings_, false);
  sample_ = &fetcher_.fetch(plan_);
  fetch_now_ = false;
}

// After a key: what there is, arranged anew, so that the interval that the shares of CPU time are
// of stays whole. Only what was not counted before has to be fetched.
void Loop::refit() {
  const FetchPlan plan = plan_fetch(settings_, false);
  if (fetch_now_ || plan.per_cpu > plan_.per_cpu || plan.cpu_places > plan_.cpu_places ||
      plan.limits > plan_.limits || plan.identity > plan_.identity ||
      plan.threads != plan_.threads) {
    fetch();
  } else if ((plan.task_files & ~plan_.task_files) != 0) {
    fetcher_.complete(sample_->tasks, plan.task_files);
    plan_.task_files |= plan.task_files;
  }
}

Frame Loop::task_frame() {
  arranged_ = arrange_windows(settings_, *sample_, names_);
  texts_.clear();
  FrameSize size = screen_.size();
  const std::vector<Line> bottom = session_.bottom().lines(size);
  size.rows -= bottom.size();
  const FrameOptions options{.size = size, .batch = false, .program = session_.facts().program};
  const std::size_t summary = summary_lines(settings_, *sample_, options).size();
  const Visible visible = visible_rows(settings_, arranged_, summary, size);
  fetcher_.complete(visible.rows, visible.files);
  Frame frame = build_frame(settings_, *sample_, arranged_, names_, options);
  for (const Frame::Area& area : frame.areas) {
    if (area.window == settings_.current) page_rows_ = std::max<std::size_t>(area.row_count, 1);
  }
  if (!bottom.empty()) {
    frame.lines.resize(size.rows);
    frame.lines.insert(frame.lines.end(), bottom.begin(), bottom.end());
  }
  return frame;
}

void Loop::draw() {
  const FrameSize size = screen_.size();
  Cover* const cover = session_.cover();
  const Frame frame = cover != nullptr ? cover->frame(settings_, size) : task_frame();
  const Session::Line said = session_.line(frame, size.columns);
  std::optional<Line> line;
  if (!said.text.empty()) {
    line.emplace().window = static_cast<std::uint8_t>(settings_.current);
    line->add(said.text, said.ink);
  }
  screen_.draw(settings_, frame, line, said.cursor);
}

// Until it is time for the next frame. False: the end.
bool Loop::wait_for_frame() {
  while (true) {
    // Nothing moves under a question, or behind a screen of its own.
    const bool held = session_.asks() || session_.cover() != nullptr;
    Seconds left = held ? Seconds(3600) : until(next_frame_);
    if (!session_.message().empty()) left = std::min(left, until(message_end_));
    if (fetcher_.needs_ticks()) left = std::min(left, kTickTime);
    // Without a delay too, keys are looked for.
    const Key key = screen_.next_key(std::max(left.count(), 0.0));
    if (key != kKeyNone && !press(key)) return false;
    if (key == kKeyNone && fetcher_.needs_ticks()) fetcher_.tick();
    if (!session_.message().empty() && until(message_end_).count() <= 0) {
      session_.forget_message();
      draw();
    }
    if (!session_.asks() && session_.cover() == nullptr && until(next_frame_).count() <= 0)
      return true;
  }
}

bool Loop::press(Key key) {
  for (const Effect& effect : session_.press(key, settings_, *this)) {
    if (std::holds_alternative<QuitEffect>(effect)) return false;
    if (std::holds_alternative<ClearEffect>(effect)) screen_.clear();
    if (std::holds_alternative<RefreshEffect>(effect)) fetch_now_ = true;
    if (const auto* kill = std::get_if<KillEffect>(&effect)) perform(*kill);
    if (const auto* renice = std::get_if<ReniceEffect>(&effect)) perform(*renice);
    if (std::holds_alternative<WriteRcEffect>(effect)) {
      const std::string error = save_rc(options_.rc_files, settings_);
      session_.say(error.empty() ? formatted("Wrote configuration to '{}'", options_.rc_files.path)
                                 : error);
    }
  }
  message_end_ = in(kMessageTime);
  if (fetch_now_) {
    next_frame_ = now();
  } else {
    if (session_.cover() == nullptr) refit();
    draw();
  }
  return true;
}

void Loop::perform(const KillEffect& effect) {
  if (kill(effect.pid, effect.signal) == 0) return;
  session_.say(formatted("Failed signal pid '{}' with '{}': {}", effect.pid, effect.signal,
                         std::strerror(errno)));
}

void Loop::perform(const ReniceEffect& effect) {
  if (setpriority(PRIO_PROCESS, static_cast<id_t>(effect.pid), effect.nice) == 0) return;
  session_.say(formatted("Failed renice of PID {} to {}: {}", effect.pid, effect.nice,
                         std::strerror(errno)));
}

const cv_task& Loop::task(std::size_t row, std::uint32_t files) {
  const cv_task* const found = rows()[row].task;
  fetcher_.complete({&found, 1}, files);
  return *found;
}

std::string Loop::value(std::size_t row, FieldId field) {
  const FieldSpec& spec = spec_of(field);
  const Window& window = settings_.window();
  FieldContext context = field_context(settings_, window, *sample_, names_);
  context.command_line = true;
  const cv_task& found = task(row, files_of(field, true));
  return format_value(value_of(spec, found, context), spec.format, 0, {});
}

std::optional<std::uint64_t> Loop::capabilities(std::size_t row) {
  const cv_task& found = task(row, CV_TASK_STATUS);
  if (found.details == nullptr || (found.details->read & CV_TASK_STATUS) == 0) return {};
  return found.details->permitted_capabilities;
}

// What 'L' looks through: the frame as it would be on a screen that has room for all rows.
std::string Loop::text(std::size_t row) {
  if (texts_.empty()) {
    Settings whole = settings_;
    whole.all_windows = false;
    whole.window().first_row = 0;
    const FrameSize size{screen_.size().columns, 0};
    const Visible visible = visible_rows(whole, arranged_, 0, size);
    fetcher_.complete(visible.rows, visible.files);
    const Frame frame =
        build_frame(whole, *sample_, arranged_, names_, {.size = size, .batch = false});
    for (const Frame::Area& area : frame.areas) {
      for (std::size_t i = 0; i < area.row_count; ++i) {
        texts_.push_back(frame.lines[area.first_line + i].text);
      }
    }
  }
  return row < texts_.size() ? texts_[row] : std::string();
}

int Loop::run() {
  for (std::uint64_t frames = 1;; ++frames) {
    fetch();
    next_frame_ = in(Seconds(settings_.delay_seconds));
    draw();
    if (options_.iterations && frames >= *options_.iterations) return 0;
    if (!wait_for_frame()) return 0;
  }
}

FrameSize size_of(const Environment& environment) {
  FrameSize size{80, 24};
  const auto read = [](const char* text, std::size_t& number) {
    if (text != nullptr) std::from_chars(text, text + std::strlen(text), number);
  };
  read(environment.columns, size.columns);
  read(environment.lines, size.rows);
  return size;
}

}  // namespace

int run_interactive(Environment& environment, const TopOptions& options, Fetcher& fetcher,
                    Names& names) {
  if (!environment.in_is_terminal) {
    complain(environment, "failed tty get");
    return 1;
  }
  // other.
  const auto screen =
      Screen::open(terminal_facts(environment.term, environment.colorterm), size_of(environment));
  return Loop(environment, options, fetcher, names, *screen).run();
}

}  // namespace cvtools::top
