// SPDX-License-Identifier: Apache-2.0
#include "top/frame.hpp"

#include <algorithm>

#include "common/formatted.hpp"
#include "common/printable.hpp"
#include "common/utf8.hpp"
#include "common/whole_numbers.hpp"
#include "top/columns.hpp"
#include "top/forest.hpp"
#include "top/format.hpp"

namespace cvtools::top {
namespace {

CellStyle cell_style(const Settings& settings) {
  return {settings.task_unit, settings.blank_zeros, settings.time_scale};
}

// How many rows each window gets of what is left below the summary; one for its header is counted.
std::array<std::size_t, kWindowCount> share_rows(const Settings& settings,
                                                 const std::array<Arranged, kWindowCount>& arranged,
                                                 std::size_t summary_count, FrameSize size) {
  std::array<std::size_t, kWindowCount> shares{};
  if (size.rows == 0) {
    shares.fill(SIZE_MAX);
    return shares;
  }
  const std::size_t used = summary_count + 1;  // and the line for messages
  std::size_t left = size.rows > used ? size.rows - used : 0;
  std::size_t windows = 0;
  for (std::size_t i = 0; i < kWindowCount; ++i)
    if (is_visible(settings, i)) ++windows;
  for (std::size_t i = 0; i < kWindowCount && windows != 0; ++i) {
    if (!is_visible(settings, i)) continue;
    // What one does not fill is for those that follow.
    const std::size_t most = left / windows--;
    shares[i] = std::min(most, arranged[i].rows.size() + 1);
    left -= shares[i];
  }
  return shares;
}

// The rows of a window that are seen, when it gets `share` lines with its header.
std::span<const Row> seen_rows(const Window& window, const Arranged& arranged, std::size_t share) {
  if (share <= 1 || arranged.rows.empty()) return {};
  const std::size_t first = std::min(window.first_row, arranged.rows.size() - 1);
  const std::span<const Row> rows(arranged.rows);
  return rows.subspan(first, std::min(share - 1, rows.size() - first));
}

std::string from_character(std::size_t first, std::string_view text) {
  const std::u32string characters = from_utf8(text);
  return to_utf8(std::u32string_view(characters).substr(std::min(first, characters.size())));
}

// Draws the tasks of one window.
class WindowPainter {
 public:
  WindowPainter(const Settings& settings, const Window& window, const Sample& sample,
                FieldContext context, std::size_t index, std::span<const Row> rows,
                const FrameOptions& options)
      : settings_(settings),
        window_(window),
        context_(context),
        index_(index),
        style_(cell_style(settings)),
        // Beside the others each is told by its number, in front of the header.
        prefix_(settings.all_windows && options.size.columns > 0 ? 1 : 0),
        columns_(lay_out_columns(settings, window, widths(sample, rows),
                                 options.size.columns - prefix_)) {}

  Line header() const {
    Line line = empty_line(Ink::kHeader);
    if (prefix_ != 0) line.text = std::to_string(index_ + 1);
    for (const Column& column : columns_) append(line, column, fitted(column.spec->name, column));
    trim(line);
    return line;
  }

  Line row(const Row& row) const {
    Line line = empty_line(Ink::kTask);
    const bool runs = row.task->state == 'R';
    if (runs && window_.highlight_rows) line.ink = Ink::kRunning;
    line.text.assign(prefix_, ' ');
    for (const Column& column : columns_) {
      const auto begin =
          static_cast<std::uint32_t>(line.text.size() + (line.text.size() > prefix_));
      append(line, column, cell(row, column));
      if (window_.highlight_sort && column.spec->id == window_.sort)
        line.marks.push_back({begin, static_cast<std::uint32_t>(line.text.size()), Ink::kSorted});
    }
    trim(line);
    mark_located(line);
    return line;
  }

 private:
  MachineWidths widths(const Sample& sample, std::span<const Row> rows) const {
    MachineWidths widths = machine_widths(sample);
    if (settings_.widen >= 0) return widths;
    for (const FieldChoice& field : window_.fields) {
      const FieldSpec& spec = spec_of(field.id);
      if (!field.shown || !can_be_widened(spec)) continue;
      std::size_t& longest = widths.longest[static_cast<std::size_t>(spec.id)];
      for (const Row& row : rows) {
        const FieldValue value = value_of(spec, *row.task, context_);
        longest = std::max(longest, display_width(format_value(value, spec.format, 0, style_)));
      }
    }
    return widths;
  }

  Line empty_line(Ink ink) const {
    Line line;
    line.ink = ink;
    line.window = static_cast<std::uint8_t>(index_);
    return line;
  }

  // Columns stand one blank apart.
  void append(Line& line, const Column& column, std::string_view text) const {
    if (&column != columns_.data()) line.text += ' ';
    line.text += text;
  }

  void trim(Line& line) const {
    const std::size_t end = line.text.find_last_not_of(' ');
    line.text.resize(end == std::string::npos ? 0 : end + 1);
    const auto size = static_cast<std::uint32_t>(line.text.size());
    for (Mark& mark : line.marks) mark.end = std::min(mark.end, size);
  }

  static std::string fitted(std::string_view text, const Column& column) {
    return pad(cut(text, column.width), column.width, column.right);
  }

  std::string cell(const Row& row, const Column& column) const {
    const FieldSpec& spec = *column.spec;
    std::string text;
    if (spec.id == FieldId::kCpu && row.collapsed) {
      cv_task whole = *row.task;
      whole.cpu_delta_nsec = row.cpu_delta_nsec;
      text = format_value(value_of(spec, whole, context_), spec.format, spec.width, style_);
    } else {
      text = format_value(value_of(spec, *row.task, context_), spec.format,
                          static_cast<int>(column.width), style_);
    }
    if (spec.id == FieldId::kCommand && window_.forest) text = forest_art(row) + text;
    if (spec.width == 0 && window_.command_offset != 0)
      text = from_character(window_.command_offset, text);
    return fitted(text, column);
  }

  void mark_located(Line& line) const {
    if (window_.located.empty()) return;
    const std::size_t at = line.text.find(window_.located);
    if (at == std::string::npos) return;
    const auto begin = static_cast<std::uint32_t>(at);
    line.marks = {
        {begin, begin + static_cast<std::uint32_t>(window_.located.size()), Ink::kLocated}};
  }

  const Settings& settings_;
  const Window& window_;
  FieldContext context_;
  std::size_t index_;
  CellStyle style_;
  std::size_t prefix_;
  std::vector<Column> columns_;
};

std::string position_text(const Window& window, const Arranged& arranged) {
  const auto shown =
      static_cast<std::size_t>(std::count_if(window.fields.begin(), window.fields.end(),
                                             [](const FieldChoice& field) { return field.shown; }));
  const std::size_t rows = arranged.rows.size();
  std::string text = formatted("scroll coordinates: y = {}/{} (tasks), x = {}/{} (fields)",
                               std::min(window.first_row + 1, std::max<std::size_t>(rows, 1)), rows,
                               window.first_column + 1, shown);
  if (window.command_offset != 0) text += formatted(" + {}", window.command_offset);
  return text;
}

void cut_lines(std::vector<Line>& lines, std::size_t columns) {
  for (Line& line : lines) {
    if (display_width(line.text) <= columns) continue;
    std::string text = cut(line.text, columns + 1);  // without the '+' that it ends with
    text.pop_back();
    line.text = std::move(text);
    const auto size = static_cast<std::uint32_t>(line.text.size());
    std::erase_if(line.marks, [&](const Mark& mark) { return mark.begin >= size; });
    for (Mark& mark : line.marks) mark.end = std::min(mark.end, size);
  }
}

}  // namespace

void Line::add(std::string_view piece, Ink piece_ink) {
  const auto begin = static_cast<std::uint32_t>(text.size());
  text += piece;
  if (piece_ink != ink && !piece.empty())
    marks.push_back({begin, static_cast<std::uint32_t>(text.size()), piece_ink});
}

bool is_visible(const Settings& settings, std::size_t window) {
  return settings.all_windows ? settings.windows[window].show_tasks : window == settings.current;
}

FieldContext field_context(const Settings& settings, const Window& window, const Sample& sample,
                           Names& names) {
  // One CPU, or a thread, is full at 99.9: what rounds to 100.0 would make the column look full.
  constexpr double kOneCpu = 99.9;
  const double effective_cpus = sample.capacity.effective_cpus().value_or(1);
  const auto cpus = static_cast<double>(std::max<std::uint64_t>(1, whole_up(effective_cpus)));
  FieldContext context;
  context.interval_seconds = sample.interval_seconds;
  context.cpu_ceiling_pct = settings.threads || cpus <= 1 ? kOneCpu : 100 * cpus;
  if (!settings.irix) context.cpu_divisor = effective_cpus;
  context.total_bytes = sample.memory.total_bytes().value_or(0);
  context.boottime_nsec = sample.scope.boot_time().count();
  context.uptime_nsec = sample.uptime.uptime().value_or(std::chrono::nanoseconds(-1)).count();
  context.cumulative = window.cumulative;
  context.command_line = window.command_line;
  context.threads = settings.threads;
  context.cpu_places = sample.cpu_places;
  const std::string_view id = sample.scope.id().value_or("");
  if (!id.empty() && sample.scope.cgroup().value_or("").find(id) == std::string_view::npos) {
    context.engine = sample.scope.engine().value_or("");
    context.container_id = id;
  }
  context.names = &names;
  return context;
}

std::array<Arranged, kWindowCount> arrange_windows(const Settings& settings, const Sample& sample,
                                                   Names& names) {
  std::array<Arranged, kWindowCount> arranged;
  for (std::size_t i = 0; i < kWindowCount; ++i) {
    const Window& window = settings.windows[i];
    if (!is_visible(settings, i)) continue;
    arranged[i].rows = arrange(window, sample, field_context(settings, window, sample, names),
                               cell_style(settings));
  }
  return arranged;
}

Visible visible_rows(const Settings& settings, const std::array<Arranged, kWindowCount>& arranged,
                     std::size_t summary_count, FrameSize size) {
  Visible visible;
  const auto shares = share_rows(settings, arranged, summary_count, size);
  for (std::size_t i = 0; i < kWindowCount; ++i) {
    const Window& window = settings.windows[i];
    if (!is_visible(settings, i)) continue;
    for (const Row& row : seen_rows(window, arranged[i], shares[i]))
      visible.rows.push_back(row.task);
    for (const FieldChoice& field : window.fields)
      if (field.shown) visible.files |= files_of(field.id, window.command_line);
  }
  return visible;
}

Frame build_frame(const Settings& settings, const Sample& sample,
                  const std::array<Arranged, kWindowCount>& arranged, Names& names,
                  const FrameOptions& options) {
  Frame frame;
  frame.lines = summary_lines(settings, sample, options);
  frame.message_line = frame.lines.size();
  const auto shares = share_rows(settings, arranged, frame.lines.size(), options.size);
  frame.lines.emplace_back();
  cut_lines(frame.lines, options.size.columns);
  for (std::size_t i = 0; i < kWindowCount; ++i) {
    if (!is_visible(settings, i) || shares[i] == 0) continue;
    const Window& window = settings.windows[i];
    const auto rows = seen_rows(window, arranged[i], shares[i]);
    const WindowPainter painter(settings, window, sample,
                                field_context(settings, window, sample, names), i, rows, options);
    frame.areas.push_back({i, frame.lines.size(), frame.lines.size() + 1, rows.size()});
    frame.lines.push_back(painter.header());
    for (const Row& row : rows) frame.lines.push_back(painter.row(row));
  }
  const Window& current = settings.window();
  if (current.scroll_position) frame.position = position_text(current, arranged[settings.current]);
  return frame;
}

}  // namespace cvtools::top
