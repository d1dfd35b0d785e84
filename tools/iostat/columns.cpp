// SPDX-License-Identifier: Apache-2.0
#include "iostat/columns.hpp"

namespace cvtools {
namespace {

using containerview::Disk;
using Cell = std::optional<double>;

Cell whole(std::optional<std::uint64_t> bytes) {
  if (!bytes) return std::nullopt;
  return static_cast<double>(*bytes);
}
Cell plus(Cell a, Cell b) {
  if (!a || !b) return a ? a : b;  // discards that are not counted are no reason to hide writes
  return *a + *b;
}

const char* unit_prefix(DiskUnit unit) {
  switch (unit) {
    case DiskUnit::kSectors:
      return "Blk";
    case DiskUnit::kMegabytes:
      return "MB";
    case DiskUnit::kGigabytes:
      return "GB";
    case DiskUnit::kKilobytes:
      break;
  }
  return "kB";
}

// "kB/s", but "sec/s".
std::string rate_heading(DiskUnit unit) {
  return std::string(unit == DiskUnit::kSectors ? "sec" : unit_prefix(unit)) + "/s";
}

std::vector<Column> basic_columns(DiskUnit unit, bool short_form) {
  const std::string prefix = unit_prefix(unit);
  const auto rate = [&](const char* what, auto value) {
    return Column{prefix + "_" + what + "/s", 13, prefix + "_" + what + "/s", CellKind::kSize,
                  value};
  };
  const auto total = [&](const char* what, auto value) {
    return Column{prefix + "_" + what, 11, prefix + "_" + what, CellKind::kTotal, value};
  };
  std::vector<Column> columns{
      {"tps", 9, "tps", CellKind::kNumber, [](const Disk& d) { return d.tps(); }},
      rate("read", [](const Disk& d) -> Cell { return d.read_bytes_per_sec(); })};
  const auto written = [](const Disk& d) -> Cell { return d.written_bytes_per_sec(); };
  const auto discarded = [](const Disk& d) -> Cell { return d.discarded_bytes_per_sec(); };
  const auto read_total = [](const Disk& d) -> Cell { return whole(d.read_bytes()); };
  const auto written_total = [](const Disk& d) -> Cell { return whole(d.written_bytes()); };
  const auto discarded_total = [](const Disk& d) -> Cell { return whole(d.discarded_bytes()); };
  if (short_form) {
    columns.push_back(rate("w+d", [](const Disk& d) -> Cell {
      return plus(d.written_bytes_per_sec(), d.discarded_bytes_per_sec());
    }));
    columns.push_back(total("read", read_total));
    columns.push_back(total("w+d", [](const Disk& d) -> Cell {
      return plus(whole(d.written_bytes()), whole(d.discarded_bytes()));
    }));
    return columns;
  }
  columns.push_back(rate("wrtn", written));
  columns.push_back(rate("dscd", discarded));
  columns.push_back(total("read", read_total));
  columns.push_back(total("wrtn", written_total));
  columns.push_back(total("dscd", discarded_total));
  return columns;
}

std::vector<Column> short_extended_columns(DiskUnit unit) {
  const std::string rate = rate_heading(unit);
  return {
      {"tps", 9, "tps", CellKind::kNumber, [](const Disk& d) -> Cell { return d.tps(); }},
      {rate, 10, rate, CellKind::kSize, [](const Disk& d) -> Cell { return d.bytes_per_sec(); }},
      {"rqm/s", 9, "rqm/s", CellKind::kNumber,
       [](const Disk& d) -> Cell { return d.merges_per_sec(); }},
      {"await", 8, "await", CellKind::kNumber, [](const Disk& d) -> Cell { return d.await_ms(); }},
      {"areq-sz", 9, "areq-sz", CellKind::kRequest,
       [](const Disk& d) -> Cell { return d.size_bytes(); }},
      {"aqu-sz", 8, "aqu-sz", CellKind::kNumber,
       [](const Disk& d) -> Cell { return d.queue_size(); }},
      {"%util", 7, "util", CellKind::kUtil, [](const Disk& d) -> Cell { return d.util_pct(); }},
  };
}

// The six columns of one direction: 'r', 'w' or 'd'.
struct Getters {
  Cell (*ios)(const Disk&);
  Cell (*rate)(const Disk&);
  Cell (*merges)(const Disk&);
  Cell (*merged)(const Disk&);
  Cell (*await)(const Disk&);
  Cell (*size)(const Disk&);
};
std::vector<Column> direction_columns(char letter, DiskUnit unit, const Getters& get) {
  const std::string c(1, letter);
  return {
      {c + "/s", 8, c + "/s", CellKind::kNumber, get.ios},
      {c + rate_heading(unit), 10, c + rate_heading(unit), CellKind::kSize, get.rate},
      {c + "rqm/s", 9, c + "rqm/s", CellKind::kNumber, get.merges},
      {"%" + c + "rqm", 7, c + "rqm", CellKind::kMerged, get.merged},
      {c + "_await", 8, c + "_await", CellKind::kNumber, get.await},
      {c + "areq-sz", 9, c + "areq-sz", CellKind::kRequest, get.size},
  };
}

constexpr Getters kReads = {
    [](const Disk& d) -> Cell { return d.reads_per_sec(); },
    [](const Disk& d) -> Cell { return d.read_bytes_per_sec(); },
    [](const Disk& d) -> Cell { return d.read_merges_per_sec(); },
    [](const Disk& d) -> Cell { return d.read_merged_pct(); },
    [](const Disk& d) -> Cell { return d.r_await_ms(); },
    [](const Disk& d) -> Cell { return d.read_size_bytes(); },
};
constexpr Getters kWrites = {
    [](const Disk& d) -> Cell { return d.writes_per_sec(); },
    [](const Disk& d) -> Cell { return d.written_bytes_per_sec(); },
    [](const Disk& d) -> Cell { return d.write_merges_per_sec(); },
    [](const Disk& d) -> Cell { return d.write_merged_pct(); },
    [](const Disk& d) -> Cell { return d.w_await_ms(); },
    [](const Disk& d) -> Cell { return d.write_size_bytes(); },
};
constexpr Getters kDiscards = {
    [](const Disk& d) -> Cell { return d.discards_per_sec(); },
    [](const Disk& d) -> Cell { return d.discarded_bytes_per_sec(); },
    [](const Disk& d) -> Cell { return d.discard_merges_per_sec(); },
    [](const Disk& d) -> Cell { return d.discard_merged_pct(); },
    [](const Disk& d) -> Cell { return d.d_await_ms(); },
    [](const Disk& d) -> Cell { return d.discard_size_bytes(); },
};

std::vector<Column> flush_columns() {
  return {
      {"f/s", 8, "f/s", CellKind::kNumber,
       [](const Disk& d) -> Cell { return d.flushes_per_sec(); }},
      {"f_await", 8, "f_await", CellKind::kNumber,
       [](const Disk& d) -> Cell { return d.f_await_ms(); }},
      {"aqu-sz", 8, "aqu-sz", CellKind::kNumber,
       [](const Disk& d) -> Cell { return d.queue_size(); }},
      {"%util", 7, "util", CellKind::kUtil, [](const Disk& d) -> Cell { return d.util_pct(); }},
  };
}

}  // namespace

double unit_bytes(DiskUnit unit) {
  switch (unit) {
    case DiskUnit::kSectors:
      return 512;
    case DiskUnit::kMegabytes:
      return 1024.0 * 1024;
    case DiskUnit::kGigabytes:
      return 1024.0 * 1024 * 1024;
    case DiskUnit::kKilobytes:
      break;
  }
  return 1024;
}

std::vector<std::vector<Column>> disk_tables(const IostatOptions& options) {
  if (!options.extended) return {basic_columns(options.unit, options.short_form)};
  if (options.short_form) return {short_extended_columns(options.unit)};
  std::vector<std::vector<Column>> tables{
      direction_columns('r', options.unit, kReads), direction_columns('w', options.unit, kWrites),
      direction_columns('d', options.unit, kDiscards), flush_columns()};
  if (options.pretty && !options.compact) return tables;
  for (std::size_t i = 1; i < tables.size(); ++i)
    tables[0].insert(tables[0].end(), tables[i].begin(), tables[i].end());
  tables.resize(1);
  return tables;
}

std::vector<Column> json_columns(const IostatOptions& options) {
  if (!options.extended) return basic_columns(options.unit, false);
  if (options.short_form) return short_extended_columns(options.unit);
  const std::vector<std::vector<Column>> directions{
      direction_columns('r', options.unit, kReads), direction_columns('w', options.unit, kWrites),
      direction_columns('d', options.unit, kDiscards)};
  const std::vector<Column> flush = flush_columns();
  std::vector<Column> columns;
  // Figure by figure: r/s, w/s, d/s, f/s, rkB/s, wkB/s, ...
  for (std::size_t figure = 0; figure < directions[0].size(); ++figure) {
    for (const auto& direction : directions) columns.push_back(direction[figure]);
    if (directions[0][figure].heading == "r/s") columns.push_back(flush[0]);
    if (directions[0][figure].heading == "r_await") columns.push_back(flush[1]);
  }
  columns.push_back(flush[2]);
  columns.push_back(flush[3]);
  return columns;
}

}  // namespace cvtools
