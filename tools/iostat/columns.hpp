// SPDX-License-Identifier: Apache-2.0
// The columns of the device tables: the text and sysstat's JSON are made from them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iostat/options.hpp"
#include "iostat/report.hpp"

namespace cvtools {

// What a cell shows, which decides how --human prints and how colours mark it.
enum class CellKind : std::uint8_t {
  kNumber,   // a plain number
  kSize,     // in the report's unit
  kRequest,  // kilobytes, whatever the unit
  kTotal,    // in the report's unit, whole
  kPercent,
  kMerged,  // per cent, of which little is bad, and none is not
  kUtil,    // per cent, of which much is bad
  kIdle,    // per cent, of which little is bad
};

struct Column {
  std::string heading;
  int width;             // with the blank before it
  std::string json_key;  // empty: not in the JSON
  CellKind kind;
  // Bytes for sizes. None: unknown.
  std::optional<double> (*value)(const containerview::Disk& disk);
};

// The tables of a report, one after the other: four with --pretty -x, else one.
std::vector<std::vector<Column>> disk_tables(const IostatOptions& options);
// The columns of the JSON, in its order, which is not that of the text.
std::vector<Column> json_columns(const IostatOptions& options);

// Bytes in one of the report's unit.
double unit_bytes(DiskUnit unit);

}  // namespace cvtools
