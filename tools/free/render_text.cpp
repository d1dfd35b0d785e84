// SPDX-License-Identifier: Apache-2.0

#include "common/formatted.hpp"
#include "free/fields.hpp"
#include "free/render.hpp"

namespace cvtools {
namespace {

using Bytes = std::optional<std::int64_t>;  // nullopt: unknown

Bytes known(const std::optional<std::uint64_t>& value) {
  if (!value) return std::nullopt;
  return signed_size(*value);
}
template <typename Raw>
Bytes bytes(FieldSpan<Raw> fields, const containerview::Figures<Raw>& figures, std::uint64_t bit) {
  return known(figure<std::uint64_t>(fields, figures, bit));
}
Bytes plus(Bytes a, Bytes b) {
  if (!a || !b) return std::nullopt;
  return known(static_cast<std::uint64_t>(*a) + static_cast<std::uint64_t>(*b));
}
Bytes minus(Bytes a, Bytes b) {
  if (!a || !b) return std::nullopt;
  return *a - *b;
}

class Table {
 public:
  explicit Table(const SizeFormat& format) : format_(format) {}

  void heading(std::string_view text) { out_.text += text; }

  // "Mem:       24683656      244300 ...": the label fills nine columns.
  void row(std::string_view label, std::initializer_list<Bytes> cells) {
    out_.text += formatted("{:<8}", label);
    for (const Bytes& cell : cells) {
      out_.text += ' ';
      add_cell(cell);
    }
    out_.text += '\n';
  }
  // "SwapUse           0 "
  void item(std::string_view label, const Bytes& cell) {
    out_.text += label;
    out_.text += ' ';
    add_cell(cell);
    out_.text += ' ';
  }
  FreeText take() { return std::move(out_); }

 private:
  void add_cell(const Bytes& cell) {
    out_.complete = out_.complete && cell.has_value();
    out_.text += formatted("{:>11}", cell ? format_size(*cell, format_) : std::string("-"));
  }
  const SizeFormat& format_;
  FreeText out_;
};

void add_memory_row(Table& table, const FreeReport& report, bool wide) {
  const auto cell = [&](std::uint64_t bit) { return bytes(kMemoryFields, report.memory, bit); };
  const Bytes both = cell(CV_MEMORY_BUFF_CACHE);
  if (wide) {
    const Bytes buffers = cell(CV_MEMORY_BUFFERS);
    // free's cache column counts reclaimable slab; memory.cache_bytes does not.
    table.row("Mem:",
              {cell(CV_MEMORY_TOTAL), cell(CV_MEMORY_USED), cell(CV_MEMORY_FREE),
               cell(CV_MEMORY_SHARED), buffers, minus(both, buffers), cell(CV_MEMORY_AVAILABLE)});
  } else {
    table.row("Mem:", {cell(CV_MEMORY_TOTAL), cell(CV_MEMORY_USED), cell(CV_MEMORY_FREE),
                       cell(CV_MEMORY_SHARED), both, cell(CV_MEMORY_AVAILABLE)});
  }
}

void add_low_high_rows(Table& table, const FreeReport& report) {
  const auto add = [&](std::string_view label, Bytes total, Bytes free) {
    table.row(label, {total, minus(total, free), free});
  };
  add("Low:", known(report.details.low_total_bytes()), known(report.details.low_free_bytes()));
  add("High:", known(report.details.high_total_bytes()), known(report.details.high_free_bytes()));
}

void add_rows(Table& table, const FreeReport& report, const FreeOptions& options) {
  table.heading(
      options.wide
          ? "               total        used        free      shared     buffers       cache   "
            "available\n"
          : "               total        used        free      shared  buff/cache   available\n");
  add_memory_row(table, report, options.wide);
  if (options.low_high) add_low_high_rows(table, report);
  const auto memory = [&](std::uint64_t bit) { return bytes(kMemoryFields, report.memory, bit); };
  const auto swap = [&](std::uint64_t bit) { return bytes(kSwapFields, report.swap, bit); };
  table.row("Swap:", {swap(CV_SWAP_TOTAL), swap(CV_SWAP_USED), swap(CV_SWAP_FREE)});
  if (options.total) {
    table.row("Total:", {plus(memory(CV_MEMORY_TOTAL), swap(CV_SWAP_TOTAL)),
                         plus(memory(CV_MEMORY_USED), swap(CV_SWAP_USED)),
                         plus(memory(CV_MEMORY_FREE), swap(CV_SWAP_FREE))});
  }
  if (options.committed) {
    const Bytes limit = bytes(kCommitFields, report.commit, CV_COMMIT_LIMIT);
    const Bytes committed = bytes(kCommitFields, report.commit, CV_COMMIT_COMMITTED);
    table.row("Comm:", {limit, committed, minus(limit, committed)});
  }
}

}  // namespace

FreeText render_free_text(const FreeReport& report, const FreeOptions& options) {
  SizeFormat size = options.size;
  size.cut = report.scope.kind() == CV_KIND_CONTAINER;
  Table table(size);
  if (options.line) {
    table.item("SwapUse", bytes(kSwapFields, report.swap, CV_SWAP_USED));
    table.item("CachUse", bytes(kMemoryFields, report.memory, CV_MEMORY_BUFF_CACHE));
    table.item(" MemUse", bytes(kMemoryFields, report.memory, CV_MEMORY_USED));
    table.item("MemFree", bytes(kMemoryFields, report.memory, CV_MEMORY_FREE));
  } else {
    add_rows(table, report, options);
  }
  return table.take();
}

}  // namespace cvtools
