// SPDX-License-Identifier: Apache-2.0
#include "kernel/disk_files.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.hpp"

namespace cv {
namespace {

std::optional<std::uint32_t> parse_u32(std::string_view text) {
  const auto value = parse_u64(text);
  if (!value || *value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

// Fields that a kernel does not have yet are 0; the 11 that all have must be there.
std::optional<DiskCounters> parse_counters(std::string_view rest) {
  constexpr std::size_t kAlways = 11;
  std::array<std::uint64_t, 17> field{};
  std::size_t found = 0;
  for (std::uint64_t& value : field) {
    const auto parsed = parse_u64(next_field(rest));
    if (!parsed) break;
    value = *parsed;
    ++found;
  }
  if (found < kAlways) return std::nullopt;
  DiskCounters counters;
  counters.read = {field[0], field[1], field[2], field[3]};
  counters.write = {field[4], field[5], field[6], field[7]};
  counters.in_flight = field[8];
  counters.busy_msec = field[9];
  counters.queue_msec = field[10];
  counters.discard = {field[11], field[12], field[13], field[14]};
  counters.flush = {field[15], 0, 0, field[16]};
  return counters;
}

}  // namespace

std::optional<DeviceNumber> parse_device_number(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto major = parse_u32(text.substr(0, colon));
  const auto minor = parse_u32(text.substr(colon + 1));
  if (!major || !minor) return std::nullopt;
  return DeviceNumber{*major, *minor};
}

std::string to_string(DeviceNumber number) {
  return std::to_string(number.major) + ":" + std::to_string(number.minor);
}

Parsed<std::vector<DiskLine>> parse_diskstats(std::string_view text) {
  Parsed<std::vector<DiskLine>> parsed;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    if (trim(line).empty()) return true;
    const auto major = parse_u32(next_field(line));
    const auto minor = parse_u32(next_field(line));
    const std::string_view name = next_field(line);
    const auto counters = parse_counters(line);
    // Kernels before 2.6.25 print four counters for a partition: nothing that we could show.
    if (major && minor && counters)
      parsed.value.push_back({{*major, *minor}, device_name_of(name), *counters});
    else if (!parsed.error)
      parsed.error = malformed(number, "not a device with eleven counters").value();
    return true;
  });
  return parsed;
}

Result<DiskCounters> parse_block_stat(std::string_view text) {
  const auto counters = parse_counters(trim(text));
  if (!counters) return malformed(1, "fewer than eleven counters");
  return *counters;
}

std::string device_name_of(std::string_view sysfs_name) {
  std::string name(sysfs_name);
  std::replace(name.begin(), name.end(), '!', '/');
  return name;
}

Parsed<ProcessIo> parse_process_io(std::string_view text) {
  Parsed<ProcessIo> io;
  const std::array fields{
      KeyedField{"read_bytes:", &io.value.read_bytes},
      KeyedField{"write_bytes:", &io.value.write_bytes},
      KeyedField{"cancelled_write_bytes:", &io.value.cancelled_write_bytes},
  };
  io.error = parse_flat_keyed(text, fields);
  return io;
}

}  // namespace cv
