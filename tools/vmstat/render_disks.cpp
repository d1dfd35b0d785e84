// SPDX-License-Identifier: Apache-2.0
// -d, -D, -p and -m.

#include <algorithm>
#include <array>

#include "common/formatted.hpp"
#include "common/printable.hpp"
#include "vmstat/cells.hpp"
#include "vmstat/render.hpp"

namespace cvtools {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

// Requests in flight and times, as procps prints them: in thousands, whatever the label says.
constexpr std::uint64_t kThousand = 1000;

using DiskCells = std::array<std::string, 10>;

std::string disk_line(std::string_view name, const DiskCells& cells, bool wide) {
  constexpr std::array<std::size_t, 10> kWidths = {6, 6, 7, 7, 6, 6, 7, 7, 6, 6};
  constexpr std::array<std::size_t, 10> kWideWidths = {9, 9, 11, 11, 9, 9, 11, 11, 7, 7};
  std::string line = formatted("{:<5}", printable(name));
  for (std::size_t i = 0; i < cells.size(); ++i)
    line += formatted(" {:>{}}", cells[i], (wide ? kWideWidths : kWidths)[i]);
  return line;
}

using Total = std::optional<std::uint64_t> (containerview::DiskTotals::*)() const;

// Sums over all disks.
class Sums {
 public:
  Sums(const std::vector<VmstatDisk>& disks, const VmstatReport& report)
      : disks_(disks), report_(report), container_(report.scope.kind() == CV_KIND_CONTAINER) {}

  // Unknown if one of them does not count it. A container is charged at each level of what is
  // stacked; the classic tool adds all up.
  Cell of(Total total, std::uint64_t unit = 1) const {
    if (disks_.empty() && container_ &&
        report_.activity.quality(CV_ACTIVITY_PAGED_IN) != containerview::Quality::kExact)
      return std::nullopt;
    std::uint64_t sum = 0;
    for (const VmstatDisk& disk : disks_) {
      if (disk.is_partition || (container_ && disk.is_below)) continue;
      const auto part = (disk.totals.*total)();
      if (!part) return std::nullopt;
      sum += *part / unit;
    }
    return sum;
  }
  // A container's bytes are known where its requests are not.
  Cell sectors(Total bytes, const Cell& charged) const {
    return scaled(container_ ? charged : of(bytes), kSectorBytes);
  }
  std::uint64_t disks() const { return count(false); }
  std::uint64_t partitions() const { return count(true); }

 private:
  std::uint64_t count(bool partitions) const {
    return static_cast<std::uint64_t>(
        std::count_if(disks_.begin(), disks_.end(), [&](const VmstatDisk& disk) {
          return !disk.is_processes && disk.is_partition == partitions;
        }));
  }

  const std::vector<VmstatDisk>& disks_;
  const VmstatReport& report_;
  bool container_;
};

}  // namespace

std::string disks_header(const VmstatOptions& options, const containerview::Scope& scope) {
  std::string text =
      options.wide
          ? "disk- -------------------reads------------------- "
            "-------------------writes------------------ ------IO-------"
          : "disk- ------------reads------------ ------------writes----------- -----IO------";
  if (options.timestamp) text += kStampTitle;
  text += '\n';
  text += disk_line(
      "", {"total", "merged", "sectors", "ms", "total", "merged", "sectors", "ms", "cur", "sec"},
      options.wide);
  if (options.timestamp) text += stamp_zone(scope);
  return text + '\n';
}

std::string render_disk(const VmstatDisk& disk, const VmstatOptions& options,
                        const containerview::Scope& scope) {
  const containerview::DiskTotals& totals = disk.totals;
  std::string line =
      disk_line(disk.name,
                {text_of(totals.reads()), text_of(totals.read_merges()),
                 text_of(scaled(totals.read_bytes(), kSectorBytes)), text_of(totals.read_msec()),
                 text_of(totals.writes()), text_of(totals.write_merges()),
                 text_of(scaled(totals.written_bytes(), kSectorBytes)),
                 text_of(totals.write_msec()), text_of(scaled(totals.in_flight(), kThousand)),
                 text_of(scaled(totals.busy_msec(), kThousand))},
                options.wide);
  if (options.timestamp) line += stamp_time(scope);
  return line + '\n';
}

std::string render_disk_sum(const std::vector<VmstatDisk>& disks, const VmstatReport& report) {
  using Totals = containerview::DiskTotals;
  const Sums sums(disks, report);
  struct Line {
    Cell cell;
    const char* what;
  };
  const Line lines[] = {
      {sums.disks(), "disks"},
      {sums.partitions(), "partitions"},
      {sums.of(&Totals::reads), "total reads"},
      {sums.of(&Totals::read_merges), "merged reads"},
      {sums.sectors(&Totals::read_bytes, report.activity.paged_in_bytes()), "read sectors"},
      {sums.of(&Totals::read_msec), "milli reading"},
      {sums.of(&Totals::writes), "writes"},
      {sums.of(&Totals::write_merges), "merged writes"},
      {sums.sectors(&Totals::written_bytes, report.activity.paged_out_bytes()), "written sectors"},
      {sums.of(&Totals::write_msec), "milli writing"},
      {sums.of(&Totals::in_flight, kThousand), "inprogress IO"},
      {sums.of(&Totals::busy_msec, kThousand), "milli spent IO"},
      {sums.of(&Totals::queue_msec, kThousand), "milli weighted IO"},
  };
  std::string text;
  for (const Line& line : lines) text += formatted("{:>13} {}\n", text_of(line.cell), line.what);
  return text;
}

std::string partition_header(const std::string& name) {
  return formatted("{:<10} {:>10}  {:>16}  {:>10}  {:>16}\n", printable(name), "reads",
                   "read sectors", "writes", "requested writes");
}

std::string render_partition(const VmstatDisk& disk) {
  const containerview::DiskTotals& totals = disk.totals;
  return formatted("{:>21}  {:>16}  {:>10}  {:>16}\n", text_of(totals.reads()),
                   text_of(scaled(totals.read_bytes(), kSectorBytes)), text_of(totals.writes()),
                   text_of(scaled(totals.written_bytes(), kSectorBytes)));
}

std::string slabs_header() {
  return formatted("{:<24} {:>6} {:>6} {:>6} {:>6}\n", "Cache", "Num", "Total", "Size", "Pages");
}

std::string render_slab(const cv_slab& slab) {
  return formatted("{:<24.24} {:>6} {:>6} {:>6} {:>6}\n", printable(slab.name), slab.active_objects,
                   slab.objects, slab.object_bytes, slab.objects_per_slab);
}

}  // namespace cvtools
