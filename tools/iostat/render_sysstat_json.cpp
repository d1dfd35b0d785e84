// SPDX-License-Identifier: Apache-2.0
// -o JSON: sysstat's own document, with its keys, number formats and white space. It is written
// while reports are made, so it is not built as a tree.

#include "common/formatted.hpp"
#include "iostat/columns.hpp"
#include "iostat/render.hpp"

namespace cvtools {
namespace {

std::string tabs(std::size_t count) { return std::string(count, '\t'); }

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20)
      result += formatted("\\u{:04x}", code);
    else
      result += c;
  }
  return result + "\"";
}

std::string decimal(const std::optional<double>& value) {
  return value ? formatted("{:.2f}", *value) : "null";
}

std::string cell(const Column& column, const containerview::Disk& disk, DiskUnit unit) {
  const std::optional<double> value = column.value(disk);
  if (!value) return "null";
  switch (column.kind) {
    case CellKind::kTotal:
      return formatted("{}", static_cast<std::uint64_t>(*value / unit_bytes(unit)));
    case CellKind::kSize:
      return decimal(*value / unit_bytes(unit));
    case CellKind::kRequest:
      return decimal(*value / 1024);
    default:
      return decimal(value);
  }
}

std::string disk_array(const IostatReport& report, const IostatOptions& options) {
  std::string text = tabs(5) + "\"disk\": [";
  const std::vector<Column> columns = json_columns(options);
  const char* before = "\n";
  for (const DiskRow& row : report.disks) {
    text += before + tabs(6) + "{\"disk_device\": " + quoted(row.shown_name());
    for (const Column& column : columns)
      text += formatted(", \"{}\": {}", column.json_key, cell(column, row.disk, options.unit));
    text += "}";
    before = ",\n";
  }
  return text + "\n" + tabs(5) + "]";
}

}  // namespace

std::string sysstat_json_begin(const containerview::Snapshot& snapshot,
                               const IostatOptions& options) {
  const containerview::Machine machine = snapshot.machine();
  const std::string in = tabs(3);
  return "{\"sysstat\": {\n\t\"hosts\": [\n\t\t{\n" + in +
         "\"nodename\": " + quoted(machine.nodename()) + ",\n" + in +
         "\"sysname\": " + quoted(machine.sysname()) + ",\n" + in +
         "\"release\": " + quoted(machine.release()) + ",\n" + in +
         "\"machine\": " + quoted(machine.architecture()) + ",\n" + in +
         formatted("\"number-of-cpus\": {},\n", banner_cpus(snapshot)) + in +
         "\"date\": " + quoted(date_text(snapshot.scope(), options)) + ",\n" + in +
         "\"statistics\": [";
}

std::string sysstat_json_report(const IostatReport& report, const IostatOptions& options) {
  std::vector<std::string> parts;
  if (options.timestamps)
    parts.push_back(tabs(5) + "\"timestamp\": " + quoted(timestamp_text(report.scope, options)));
  if (options.cpu) {
    std::string cpu = tabs(5) + "\"avg-cpu\":  {";
    const char* before = "";
    for (const AvgCpuCell& part : avg_cpu(report, 2)) {
      cpu += formatted("{}\"{}\": {}", before, part.key, decimal(part.pct));
      before = ", ";
    }
    parts.push_back(cpu + "}");
  }
  if (options.disks) parts.push_back(disk_array(report, options));
  std::string text = tabs(4) + "{\n";
  for (std::size_t i = 0; i < parts.size(); ++i)
    text += parts[i] + (i + 1 < parts.size() ? ",\n" : "\n");
  return text + tabs(4) + "}";
}

std::string sysstat_json_end() { return "\n\t\t\t]\n\t\t}\n\t]\n}}\n"; }

}  // namespace cvtools
