// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "common/formatted.hpp"
#include "common/printable.hpp"
#include "iostat/columns.hpp"
#include "iostat/render.hpp"

namespace cvtools {
namespace {

using Cell = std::optional<double>;

class Writer {
 public:
  Writer(const IostatOptions& options, const TextStyle& style) : options_(options), style_(style) {}

  void text(std::string_view text) { out_.text += text; }
  void name(std::string_view text) { out_.text += style_.palette.paint(text, style_.palette.item); }

  // Bytes for sizes, right-aligned to `width`.
  void cell(const Cell& value, int width, CellKind kind) {
    if (!value) {
      out_.complete = false;
      text(formatted("{:>{}}", "-", width));
    } else if (options_.human && is_size(kind)) {
      human(*value, width, kind);
    } else if (options_.human && is_percent(kind)) {
      number(*value, width - 1, options_.decimals == 0 ? 0 : 1, kind);
      text("%");
    } else if (kind == CellKind::kTotal) {
      const auto whole = static_cast<std::uint64_t>(*value / unit_bytes(options_.unit));
      paint(formatted("{:>{}}", whole, width), whole == 0, 0, kind);
    } else {
      const double unit = kind == CellKind::kSize      ? unit_bytes(options_.unit)
                          : kind == CellKind::kRequest ? 1024
                                                       : 1;
      number(*value / unit, width, options_.decimals, kind);
    }
  }

  IostatText take() { return std::move(out_); }

 private:
  static bool is_size(CellKind kind) {
    return kind == CellKind::kSize || kind == CellKind::kRequest || kind == CellKind::kTotal;
  }
  static bool is_percent(CellKind kind) {
    return kind == CellKind::kPercent || kind == CellKind::kMerged || kind == CellKind::kUtil ||
           kind == CellKind::kIdle;
  }

  std::string decimal(double value, int width, int decimals) const {
    std::string text = formatted("{:>{}.{}f}", value, width, decimals);
    const std::size_t point = text.find('.');
    if (point != std::string::npos && style_.radix != ".") text.replace(point, 1, style_.radix);
    return text;
  }

  // What is printed as nothing but zeros, with this many decimals.
  static bool is_zero(double value, int decimals) {
    static constexpr double kHalf[] = {0.5, 0.05, 0.005};
    return value < kHalf[decimals];
  }

  void number(double value, int width, int decimals, CellKind kind) {
    paint(decimal(value, width, decimals), is_zero(value, decimals), value, kind);
  }

  // "939.8k", "4.2M": from kilobytes on. The classic tool tells zeros by the number of sectors.
  void human(double bytes, int width, CellKind kind) {
    static constexpr char kUnits[] = {'k', 'M', 'G', 'T', 'P'};
    double value = bytes / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < std::size(kUnits)) {
      value /= 1024;
      ++unit;
    }
    paint(decimal(value, width - 1, options_.decimals == 0 ? 0 : 1),
          kind == CellKind::kTotal ? bytes == 0 : is_zero(bytes / 512, options_.decimals), value,
          CellKind::kNumber);
    out_.text += kUnits[unit];
  }

  void paint(std::string_view text, bool is_zero, double value, CellKind kind) {
    const Palette& palette = style_.palette;
    const bool much_is_bad = kind == CellKind::kUtil;
    const bool little_is_bad = kind == CellKind::kIdle || (kind == CellKind::kMerged && !is_zero);
    const std::string* code = is_zero ? &palette.zero : &palette.number;
    if ((much_is_bad && value >= 90) || (little_is_bad && value <= 10))
      code = &palette.alarm;
    else if ((much_is_bad && value >= 75) || (little_is_bad && value <= 25))
      code = &palette.warning;
    out_.text += palette.paint(text, *code);
  }

  const IostatOptions& options_;
  const TextStyle& style_;
  IostatText out_;
};

void add_cpu(Writer& writer, const IostatReport& report, const IostatOptions& options) {
  writer.text("avg-cpu:  %user   %nice %system %iowait  %steal   %idle\n       ");
  const int decimals = options.human ? std::min(1, options.decimals) : options.decimals;
  for (const AvgCpuCell& cell : avg_cpu(report, decimals)) {
    const std::string_view key = cell.key;
    const CellKind kind = key == "nice"   ? CellKind::kPercent
                          : key == "idle" ? CellKind::kIdle
                                          : CellKind::kUtil;
    writer.cell(cell.pct, 8, kind);
  }
  writer.text("\n\n");
  if (!options.limits) return;
  writer.text("cpu-limits:   CPUs %throttled\n           ");
  writer.cell(report.cpu.effective_cpus(), 7, CellKind::kNumber);
  writer.cell(report.cpu.throttled_pct(), 11, CellKind::kUtil);
  writer.text("\n\n");
}

void add_table(Writer& writer, const IostatReport& report, const IostatOptions& options,
               const std::vector<Column>& columns) {
  if (!options.pretty) writer.text(formatted("{:<13}", "Device"));
  for (const Column& column : columns)
    writer.text(formatted("{:>{}}", column.heading, column.width));
  writer.text(options.pretty ? " Device\n" : "\n");
  for (const DiskRow& row : report.disks) {
    const std::string name = printable(row.shown_name());
    if (!options.pretty) writer.name(formatted("{:<13}", name));
    for (const Column& column : columns)
      writer.cell(column.value(row.disk), column.width, column.kind);
    if (options.pretty) writer.name(" " + name);
    writer.text("\n");
  }
  writer.text("\n");
}

// A cell without a limit is empty; one that could not be read is unknown.
void add_limits(Writer& writer, const IostatReport& report, const IostatOptions& options) {
  const std::string unit = options.unit == DiskUnit::kSectors     ? "Blk"
                           : options.unit == DiskUnit::kMegabytes ? "MB"
                           : options.unit == DiskUnit::kGigabytes ? "GB"
                                                                  : "kB";
  writer.text(formatted("{:<13}{:>13}{:>13}{:>9}{:>9}{:>7}\n", "Limits", "r" + unit + "/s",
                        "w" + unit + "/s", "r/s", "w/s", "%used"));
  const auto limit = [&](const DiskRow& row, std::optional<std::uint64_t> value, int width,
                         CellKind kind) {
    if (!value && row.limits->known())
      writer.text(formatted("{:>{}}", "max", width));
    else
      writer.cell(value ? Cell(static_cast<double>(*value)) : Cell(), width, kind);
  };
  for (const DiskRow& row : report.disks) {
    if (!row.limits) continue;
    writer.name(formatted("{:<13}", printable(row.name)));
    limit(row, row.limits->read_bytes_per_sec(), 13, CellKind::kSize);
    limit(row, row.limits->written_bytes_per_sec(), 13, CellKind::kSize);
    limit(row, row.limits->reads_per_sec(), 9, CellKind::kNumber);
    limit(row, row.limits->writes_per_sec(), 9, CellKind::kNumber);
    const auto used = row.limits->used_pct();
    if (!used && row.limits->known())
      writer.text(formatted("{:>{}}", "0.00", 7));
    else
      writer.cell(used, 7, CellKind::kUtil);
    writer.text("\n");
  }
  writer.text("\n");
}

}  // namespace

std::string render_banner(const containerview::Snapshot& snapshot, const IostatOptions& options) {
  const containerview::Machine machine = snapshot.machine();
  return formatted("{} {} ({}) \t{} \t_{}_\t({} CPU)\n", printable(machine.sysname()),
                   printable(machine.release()), printable(machine.nodename()),
                   date_text(snapshot.scope(), options), printable(machine.architecture()),
                   banner_cpus(snapshot));
}

IostatText render_iostat_text(const IostatReport& report, const IostatOptions& options,
                              const TextStyle& style) {
  Writer writer(options, style);
  if (options.timestamps) writer.text(timestamp_text(report.scope, options) + "\n");
  if (options.cpu) add_cpu(writer, report, options);
  if (options.disks) {
    for (const auto& columns : disk_tables(options)) add_table(writer, report, options, columns);
    if (options.limits) add_limits(writer, report, options);
  } else {
    writer.text("\n");
  }
  return writer.take();
}

}  // namespace cvtools
