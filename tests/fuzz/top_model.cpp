// SPDX-License-Identifier: Apache-2.0
#include "top_model.hpp"

#include <algorithm>
#include <cmath>

#include "top/format.hpp"
#include "top/rcfile.hpp"

namespace fuzz {

using namespace cvtools::top;

namespace {

constexpr std::int32_t kOwnPid = 4242;

// Names of tasks, most of them meant to spoil a screen.
constexpr const char* kNames[] = {
    "init",
    "sh",
    "a name with blanks",
    "\033[2J\033[31mred",
    "two\nlines\tand\ttabs",
    "caf\u00e9 \u65e5\u672c\u8a9e \U0001F600",
    "\u202eltr",
    "combining e\u0301\u0301\u0301",
    "\xff\xfe\xc0\xaf",
    "",
    "zero\u200bwidth",
    "kworker/0:0-events",
    "[brackets] (and) {more}",
    "%s%n%d",
    "java",
    "\u9577\u3044\u540d\u524d\u306e\u30d7\u30ed\u30bb\u30b9",
};

void require_sound(const Window& window) {
  require(window.fields.size() == kFieldCount, "a window has every field", window.name);
  std::array<bool, kFieldCount> seen{};
  for (const FieldChoice& field : window.fields) {
    const auto id = static_cast<std::size_t>(field.id);
    require(id < kFieldCount && !seen[id], "each field once", window.name);
    seen[id] = true;
  }
  require(static_cast<std::size_t>(window.sort) < kFieldCount, "it is sorted by a field");
  require(window.name.size() <= 3, "its name is short", window.name);
  for (const int colour : {window.summary_colour, window.message_colour, window.header_colour,
                           window.task_colour, window.sort_colour})
    require(colour >= -1 && colour <= 255, "a colour is one of 256");
  require(window.cpu_graph <= Graph::kBlocks && window.memory_graph <= Graph::kBlocks,
          "a graph is one of three");
  require(window.cpus_abreast >= 0 && window.cpus_abreast <= 8, "a few abreast");
  require(window.combine_cpus >= 0 && window.core_types >= 0 && window.core_types <= 3,
          "summary choices are in range");
  for (const Filter& filter : window.filters)
    require(filter.op == '=' || filter.op == '<' || filter.op == '>', "a filter compares",
            filter.text);
}

// What no line of a screen does.
void require_line(const Line& line) {
  require_printable(line.text, "a line has nothing that a terminal acts on");
  std::uint32_t at = 0;
  for (const Mark& mark : line.marks) {
    require(mark.begin >= at && mark.begin <= mark.end && mark.end <= line.text.size(),
            "marks are in order, apart and within", line.text);
    at = mark.end;
  }
  require(line.window < kWindowCount, "a line is of a window");
}

// Applies what was written to a terminal, as far as it is ours: it is text, and sequences that
// move, colour and clear.
void require_sequences(std::string_view text) {
  while (!text.empty()) {
    const std::size_t escape = text.find('\033');
    require_printable(text.substr(0, escape), "text between sequences");
    if (escape == std::string_view::npos) return;
    text.remove_prefix(escape + 1);
    require(text.starts_with('['), "a sequence that we know", text);
    const std::size_t end = text.find_first_not_of("0123456789;", 1);
    require(
        end != std::string_view::npos && (text[end] == 'H' || text[end] == 'm' || text[end] == 'J'),
        "one that moves, colours or clears", text);
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void require_sound(const Settings& settings) {
  require(settings.current < kWindowCount, "a window is the current one");
  require(std::isfinite(settings.delay_seconds) && settings.delay_seconds >= 0 &&
              settings.delay_seconds <= 1e9,
          "the delay is a time");
  require(settings.summary_unit >= 0 && settings.summary_unit <= 5, "units are in range");
  require(settings.task_unit >= 0 && settings.task_unit <= 4, "units are in range");
  require(settings.time_scale >= 0 && settings.time_scale <= 6, "the scale is in range");
  require(settings.widen >= -1 && settings.widen <= 512, "wider by a screen at most");
  for (const Window& window : settings.windows) require_sound(window);
}

void require_round_trip(const Settings& settings) {
  const std::string text = write_rc(settings);
  const std::string own = write_own_rc(settings);
  auto read = parse_rc(text);
  require(read.has_value(), "what is written can be read", text);
  require(read->format == 'n', "it is of the newest format", text);
  parse_own_rc(own, read->settings);
  require_sound(read->settings);
  const std::string again = write_rc(read->settings);
  require(again == text, "and is written the same", text + "\n=====\n" + again);
  const std::string own_again = write_own_rc(read->settings);
  require(own_again == own, "ours too", own + "\n=====\n" + own_again);
}

TopModel::TopModel() {
  details_.resize(std::size(kNames));
  std::int32_t pid = 1;
  for (const char* name : kNames) {
    cv_task& task = sample_.add(pid * 7, pid > 4 ? pid / 4 * 7 : 0, name);
    task.state = "RSDTZI"[pid % 6];
    task.cpu_delta_nsec = static_cast<std::uint64_t>(pid) * 100'000'000;
    task.user_nsec = static_cast<std::uint64_t>(pid) << (pid * 3);
    task.resident_bytes = std::uint64_t{1} << (pid * 3);
    task.effective_uid = pid % 3 == 0 ? 1000 : pid % 3 == 1 ? 0 : 4'000'000'000;
    task.nice = pid % 40 - 20;
    task.read = UINT32_MAX;
    cv_task_details& details = details_[static_cast<std::size_t>(pid - 1)];
    details.size = sizeof details;
    details.read = pid % 5 == 0 ? 0 : UINT32_MAX;
    details.command_line = details.environment = details.executable = name;
    details.cgroups = "0::/docker/\033]0;x\a,1:name=systemd:/caf\u00e9";
    details.groups = "0 4 4000000000";
    details.wait_channel = "do_wait";
    details.permitted_capabilities = UINT64_MAX;
    task.details = &details;
    ++pid;
  }
  for (std::uint32_t cpu = 0; cpu < 5; ++cpu) {
    cv_cpu_row row{};
    row.valid = ~std::uint64_t{0};
    row.cpu = cpu;
    row.user_pct = 12.5 * cpu;
    row.idle_pct = 100 - row.user_pct;
    sample_.sample.cpus.emplace_back(row);
  }
  sample_.sample.limits_known = true;
}

void TopModel::begin(Settings settings, FrameSize size) {
  settings_ = std::move(settings);
  size_ = size;
  session_.emplace(SessionFacts{.own_pid = kOwnPid, .colours = 256});
  cells_ = {};
  page_rows_ = 1;
  draw();
}

bool TopModel::press(Key key) {
  const bool secure = settings_.secure;
  for (const Effect& effect : session_->press(key, settings_, *this)) {
    if (std::holds_alternative<QuitEffect>(effect)) return false;
    if (std::holds_alternative<ClearEffect>(effect)) cells_ = {};
    check_effect(effect);
    require(!secure || std::holds_alternative<ClearEffect>(effect) ||
                std::holds_alternative<RefreshEffect>(effect) ||
                std::holds_alternative<WriteRcEffect>(effect),
            "secure mode touches no task");
  }
  require_sound(settings_);
  arranged_ = arrange_windows(settings_, sample_.sample, sample_.names);
  return true;
}

void TopModel::check_effect(const Effect& effect) const {
  if (const auto* kill = std::get_if<KillEffect>(&effect)) {
    require(kill->pid > 0, "no signal to a group or to all");
    require(kill->signal >= 0 && kill->signal <= 64, "a signal is one");
  }
  if (const auto* renice = std::get_if<ReniceEffect>(&effect)) {
    require(renice->pid > 0, "no group is reniced");
    require(renice->nice >= -100 && renice->nice <= 100,
            "a nice value is one, once the kernel cuts it off");
  }
}

std::string TopModel::name(std::size_t row) const {
  return cvtools::printable(rows().at(row).task->command);
}

// As interactive.cpp does: the frame on a screen that has room for all rows.
std::string TopModel::text(std::size_t row) {
  Settings whole = settings_;
  whole.all_windows = false;
  whole.window().first_row = 0;
  const Frame frame = build_frame(whole, sample_.sample, arranged_, sample_.names,
                                  {.size = {size_.columns, 0}, .batch = false});
  require(frame.areas.size() == 1 && frame.areas[0].row_count == rows().size(),
          "there is room for all rows");
  return frame.lines.at(frame.areas[0].first_line + row).text;
}

std::string TopModel::value(std::size_t row, FieldId field) {
  const FieldSpec& spec = spec_of(field);
  FieldContext context =
      field_context(settings_, settings_.window(), sample_.sample, sample_.names);
  context.command_line = true;
  return format_value(value_of(spec, *rows().at(row).task, context), spec.format, 0, {});
}

std::optional<std::uint64_t> TopModel::capabilities(std::size_t row) {
  return rows().at(row).task->details->permitted_capabilities;
}

Frame TopModel::task_frame() {
  arranged_ = arrange_windows(settings_, sample_.sample, sample_.names);
  FrameSize size = size_;
  const std::vector<Line> bottom = session_->bottom().lines(size);
  require(bottom.size() <= size.rows, "the bottom window fits");
  size.rows -= bottom.size();
  const FrameOptions options{.size = size, .batch = false, .program = "top"};
  const std::size_t summary = summary_lines(settings_, sample_.sample, options).size();
  const Visible visible = visible_rows(settings_, arranged_, summary, size);
  Frame frame = build_frame(settings_, sample_.sample, arranged_, sample_.names, options);
  // Other screens are cut where they are drawn; this one is what batch mode prints.
  for (const Line& line : frame.lines)
    require(display_width(line.text) <= size.columns, "a line is no wider than the screen",
            line.text);
  std::size_t shown = 0;
  for (const Frame::Area& area : frame.areas) {
    require(area.first_line + area.row_count <= frame.lines.size(), "rows are of the frame");
    shown += area.row_count;
    if (area.window == settings_.current) page_rows_ = std::max<std::size_t>(area.row_count, 1);
  }
  require(shown == visible.rows.size(), "what is read is what is shown");
  if (!bottom.empty()) {
    frame.lines.resize(size.rows);
    frame.lines.insert(frame.lines.end(), bottom.begin(), bottom.end());
  }
  return frame;
}

void TopModel::draw() {
  const Frame frame =
      session_->cover() != nullptr ? session_->cover()->frame(settings_, size_) : task_frame();
  for (const Line& line : frame.lines) require_line(line);
  require_printable(frame.position, "the position is printable");
  const Session::Line said = session_->line(frame, size_.columns);
  require_printable(said.text, "what is said is printable");
  require(!said.cursor || *said.cursor <= size_.columns, "the cursor is on the screen");
  std::optional<Line> line;
  if (!said.text.empty()) {
    line.emplace().window = static_cast<std::uint8_t>(settings_.current);
    line->add(said.text, said.ink);
  }
  CellGrid cells = to_cells(frame, line, settings_, size_, 256);
  require_sequences(difference(cells_, cells));
  require(difference(cells, cells).find_first_not_of("\033[0m") == std::string::npos,
          "nothing is written where nothing changed");
  cells_ = std::move(cells);
}

}  // namespace fuzz
