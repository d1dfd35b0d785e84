// SPDX-License-Identifier: Apache-2.0
#include "kernel/meminfo.hpp"

#include <array>

#include "base/saturate.hpp"
#include "base/text.hpp"

namespace cv {
namespace {

constexpr std::uint64_t kBytesPerKib = 1024;

// "   24683724 kB"
std::optional<std::uint64_t> parse_kib(std::string_view text) {
  const auto kib = parse_u64(next_field(text));
  if (!kib || trim(text) != "kB") return std::nullopt;
  return saturating_mul(*kib, kBytesPerKib);
}

}  // namespace

std::optional<Error> parse_meminfo_lines(std::string_view text,
                                         std::span<const KeyedField> fields) {
  std::optional<Error> error;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    const std::string_view key = line.substr(0, colon);
    for (const KeyedField& field : fields) {
      if (field.key != key) continue;
      *field.value = parse_kib(line.substr(colon + 1));
      if (!*field.value && !error)
        error = malformed(number, std::string(key) + " is not a number of kB").value();
      break;
    }
    return true;
  });
  return error;
}

Parsed<Meminfo> parse_meminfo(std::string_view text) {
  Parsed<Meminfo> meminfo;
  Meminfo& value = meminfo.value;
  const std::array fields{
      KeyedField{"MemTotal", &value.mem_total},
      KeyedField{"MemFree", &value.mem_free},
      KeyedField{"MemAvailable", &value.mem_available},
      KeyedField{"Buffers", &value.buffers},
      KeyedField{"Cached", &value.cached},
      KeyedField{"SReclaimable", &value.s_reclaimable},
      KeyedField{"Shmem", &value.shmem},
      KeyedField{"SwapTotal", &value.swap_total},
      KeyedField{"SwapFree", &value.swap_free},
      KeyedField{"CommitLimit", &value.commit_limit},
      KeyedField{"Committed_AS", &value.committed_as},
      KeyedField{"Active", &value.active},
      KeyedField{"Inactive", &value.inactive},
      KeyedField{"LowTotal", &value.low_total},
      KeyedField{"LowFree", &value.low_free},
      KeyedField{"HighTotal", &value.high_total},
      KeyedField{"HighFree", &value.high_free},
  };
  meminfo.error = parse_meminfo_lines(text, fields);
  // Every kernel tells it: what says nothing of it is another file that was put in the place.
  if (!value.mem_total && !meminfo.error) meminfo.error = malformed(0, "no MemTotal").value();
  return meminfo;
}

}  // namespace cv
