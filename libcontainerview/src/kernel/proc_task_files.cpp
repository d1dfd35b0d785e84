// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_task_files.hpp"

#include <charconv>
#include <limits>

#include "base/saturate.hpp"
#include "base/text.hpp"

namespace cv {
namespace {

// Calls visit(key, value) for each line "KEY: VALUE".
template <typename Visit>
void for_each_key(std::string_view text, Visit&& visit) {
  for_each_line(text, [&](std::string_view line, std::uint32_t) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) visit(line.substr(0, colon), trim(line.substr(colon + 1)));
    return true;
  });
}

std::uint64_t number(std::string_view value) { return parse_u64(next_field(value)).value_or(0); }

// "920 kB"
std::uint64_t kib(std::string_view value) { return saturating_mul(number(value), 1024); }

// "000001ffffffffff"
std::uint64_t hex(std::string_view value) {
  std::uint64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number, 16);
  return number;
}

void ids(std::string_view value, std::array<std::uint32_t, 4>& out) {
  for (std::uint32_t& id : out)
    id = static_cast<std::uint32_t>(parse_u64(next_field(value)).value_or(0));
}

}  // namespace

Result<TaskPages> parse_statm(std::string_view text) {
  std::string_view rest = trim(text);
  std::array<std::uint64_t, 6> pages{};
  for (std::uint64_t& count : pages) {
    const auto value = parse_u64(next_field(rest));
    if (!value) return malformed(1, "fewer than six numbers");
    count = *value;
  }
  return TaskPages{pages[1], pages[2], pages[3], pages[5]};
}

TaskStatus parse_task_status(std::string_view text) {
  TaskStatus status;
  for_each_key(text, [&](std::string_view key, std::string_view value) {
    if (key == "Uid") ids(value, status.uids);
    if (key == "Gid") ids(value, status.gids);
    if (key == "Groups") status.groups = value;
    if (key == "VmSwap") status.swap_bytes = kib(value);
    if (key == "VmRSS") status.resident_bytes = kib(value);
    if (key == "RssAnon") status.anonymous_bytes = kib(value);
    if (key == "RssFile") status.file_bytes = kib(value);
    if (key == "RssShmem") status.shmem_bytes = kib(value);
    if (key == "CapPrm") status.permitted_capabilities = hex(value);
    if (key == "VmLck") status.locked_bytes = kib(value);
    if (key == "NSpid")
      while (!next_field(value).empty()) ++status.pid_namespaces;
  });
  return status;
}

TaskMaps parse_smaps_rollup(std::string_view text) {
  TaskMaps maps;
  for_each_key(text, [&](std::string_view key, std::string_view value) {
    if (key == "Rss") maps.rss_bytes = kib(value);
    if (key == "Pss") maps.pss_bytes = kib(value);
    if (key == "Pss_Anon") maps.pss_anonymous_bytes = kib(value);
    if (key == "Pss_File") maps.pss_file_bytes = kib(value);
    if (key == "Pss_Shmem") maps.pss_shmem_bytes = kib(value);
    if (key == "Private_Clean" || key == "Private_Dirty" || key == "Private_Hugetlb")
      maps.unique_bytes = saturating_add(maps.unique_bytes, kib(value));
  });
  return maps;
}

TaskIo parse_task_io(std::string_view text) {
  TaskIo io;
  for_each_key(text, [&](std::string_view key, std::string_view value) {
    if (key == "syscr") io.read_calls = number(value);
    if (key == "syscw") io.write_calls = number(value);
    if (key == "read_bytes") io.read_bytes = number(value);
    if (key == "write_bytes") io.written_bytes = number(value);
  });
  return io;
}

Result<TaskAutogroup> parse_autogroup(std::string_view text) {
  constexpr std::string_view kPrefix = "/autogroup-";
  std::string_view rest = trim(text);
  if (rest.empty()) return TaskAutogroup{};
  if (!rest.starts_with(kPrefix)) return malformed(1, "not an autogroup");
  rest.remove_prefix(kPrefix.size());
  constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
  const auto id = parse_u64(next_field(rest));
  next_field(rest);  // "nice"
  const auto nice = parse_i64(next_field(rest));
  if (!id || *id > kMost || !nice || *nice < -20 || *nice > 19)
    return malformed(1, "not an autogroup");
  return TaskAutogroup{static_cast<std::int32_t>(*id), static_cast<std::int32_t>(*nice)};
}

std::optional<std::uint64_t> parse_namespace_link(std::string_view text) {
  const std::size_t begin = text.find('[');
  if (begin == std::string_view::npos || !text.ends_with(']')) return std::nullopt;
  return parse_u64(text.substr(begin + 1, text.size() - begin - 2));
}

}  // namespace cv
