// SPDX-License-Identifier: Apache-2.0
// The table of fields. One row says everything about a field: where it stands in a toprc, how it is
// headed and explained, how wide it is, which files of /proc/PID it is made of, what its value is
// and how that is written.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "containerview/containerview.h"
#include "top/field_id.hpp"

namespace cvtools::top {

class Names;

// What a field's value may need beside the task.
struct FieldContext {
  double interval_seconds = 0;     // since the frame before
  double cpu_divisor = 1;          // Solaris mode: the container's CPUs; else 1
  double cpu_ceiling_pct = 100;    // of one task; 100 for each of its threads besides
  std::uint64_t total_bytes = 0;   // memory; 0: not known
  std::int64_t boottime_nsec = 0;  // now
  std::int64_t uptime_nsec = -1;   // of the container; -1: not known
  bool cumulative = false;         // 'S'
  bool command_line = false;       // 'c'
  bool irix = true;
  bool threads = false;                      // a task is a thread
  std::span<const cv_cpu_place> cpu_places;  // by number; empty: not known
  // The container that we are in, where the names of cgroups do not tell it.
  std::string_view engine, container_id;
  Names* names = nullptr;
};

// Nothing: not among them.
const cv_cpu_place* place_of(std::span<const cv_cpu_place> places, std::uint32_t cpu);

// Nothing: not known.
using FieldValue =
    std::variant<std::monostate, std::int64_t, double, std::string_view, std::string>;

// How a value is written; the JSON has the value itself.
enum class FieldFormat : std::uint8_t {
  kInteger,     // an id, whose 0 is one too
  kAmount,      // an integer whose 0 says nothing
  kPriority,    // "rt" below what fits
  kMemory,      // bytes; in the unit of 'e' or the next that fits
  kCount,       // 1234, then 12k, ...
  kPercent,     // one decimal, none from 100 on where that does not fit
  kRatio,       // per cent with up to three decimals
  kHundredths,  // nanoseconds as M:SS.hh
  kMinutes,     // nanoseconds as M:SS
  kHours,       // nanoseconds as H,MM
  kFlags,       // hexadecimal, zeros as '.'
  kText,
};

// In the order in which a row of the table reads.
struct FieldSpec {  // NOLINT(clang-analyzer-optin.performance.Padding)
  FieldId id;
  const char* name;         // the header, and what -o, 'f' and filters call it
  const char* key;          // in the JSON, unit included
  const char* description;  // of the fields screen
  int width;                // columns; 0: as much as is left
  bool right;               // the header and the values stand to the right
  FieldFormat format;
  std::uint32_t files;  // CV_TASK_*
  FieldValue (*value)(const cv_task& task, const FieldContext& context);
  bool in_document = false;  // the JSON always has it
};

// All, by id.
std::span<const FieldSpec> field_table();
const FieldSpec& spec_of(FieldId id);
// As -o spells it: exactly.
std::optional<FieldId> field_named(std::string_view name);
// What a field needs, 'c' and 'S' considered.
std::uint32_t files_of(FieldId id, bool command_line);

// Nothing where a file that it needs could not be read.
FieldValue value_of(const FieldSpec& spec, const cv_task& task, const FieldContext& context);

// What a field is sorted by. Values that are not known come first.
double number_value(const cv_task& task, const FieldSpec& spec, const FieldContext& context);
std::string text_value(const cv_task& task, const FieldSpec& spec, const FieldContext& context);

}  // namespace cvtools::top
