// SPDX-License-Identifier: Apache-2.0
#include "kernel/slabinfo.hpp"

#include "base/text.hpp"

namespace cv {

Parsed<std::vector<SlabCache>> parse_slabinfo(std::string_view text) {
  Parsed<std::vector<SlabCache>> parsed;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    const bool is_heading = line.starts_with("slabinfo - ") || line.starts_with('#');
    if (is_heading || trim(line).empty()) return true;
    const std::string_view name = next_field(line);
    const auto active = parse_u64(next_field(line));
    const auto objects = parse_u64(next_field(line));
    const auto bytes = parse_u64(next_field(line));
    const auto per_slab = parse_u64(next_field(line));
    if (active && objects && bytes && per_slab)
      parsed.value.push_back({std::string(name), *active, *objects, *bytes, *per_slab});
    else if (!parsed.error)
      parsed.error = malformed(number, "not a cache and four numbers").value();
    return true;
  });
  return parsed;
}

}  // namespace cv
