// SPDX-License-Identifier: Apache-2.0
#include "top/columns.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace cvtools::top {
namespace {

int digits(std::int64_t number) {
  int count = 1;
  for (; number >= 10; number /= 10) ++count;
  return count;
}

bool holds_pid(FieldId id) {
  switch (id) {
    case FieldId::kPid:
    case FieldId::kPpid:
    case FieldId::kPgrp:
    case FieldId::kTpgid:
    case FieldId::kSid:
    case FieldId::kTgid:
      return true;
    default:
      return false;
  }
}

std::size_t width_of(const FieldSpec& spec, const Settings& settings, const MachineWidths& widths) {
  int width = spec.width;
  if (width == 0) return std::strlen(spec.name);  // at least
  if (holds_pid(spec.id)) width = std::max(width, widths.pid);
  if (spec.id == FieldId::kP) width = std::max(width, widths.cpu);
  if (can_be_widened(spec) && settings.widen > 0) width += settings.widen;
  return std::max(static_cast<std::size_t>(width),
                  widths.longest[static_cast<std::size_t>(spec.id)]);
}

}  // namespace

bool can_be_widened(const FieldSpec& spec) {
  if (spec.format == FieldFormat::kText) return spec.width > 3;
  return spec.id == FieldId::kUid || spec.id == FieldId::kRuid || spec.id == FieldId::kSuid ||
         spec.id == FieldId::kGid || spec.id == FieldId::kLogid;
}

MachineWidths machine_widths(const Sample& sample) {
  MachineWidths widths;
  widths.pid = std::max(widths.pid, digits(sample.pid_max));
  widths.cpu = digits(sysconf(_SC_NPROCESSORS_CONF));
  return widths;
}

std::vector<Column> lay_out_columns(const Settings& settings, const Window& window,
                                    const MachineWidths& widths, std::size_t columns) {
  std::vector<Column> layout;
  const std::size_t room = columns == 0 ? 0 : columns - 1;
  std::size_t used = 0;      // separators included
  std::size_t open_end = 0;  // how many share what is left
  std::size_t reserved = 0;  // for the names of these
  std::size_t index = 0;
  for (const FieldChoice& field : window.fields) {
    if (!field.shown || index++ < window.first_column) continue;
    const FieldSpec& spec = spec_of(field.id);
    const std::size_t width = width_of(spec, settings, widths);
    const std::size_t separator = layout.empty() ? 0 : 1;
    if (used + reserved + separator + width > room) break;
    used += separator;
    (spec.width == 0 ? reserved : used) += width;
    if (spec.width == 0) ++open_end;
    const bool is_text = !spec.right;
    layout.push_back({&spec, width, is_text ? window.justify_text : window.justify_numbers});
  }
  if (open_end == 0) return layout;
  for (Column& column : layout)
    if (column.spec->width == 0) column.width = (room - used) / open_end;
  return layout;
}

}  // namespace cvtools::top
