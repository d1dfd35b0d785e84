// SPDX-License-Identifier: Apache-2.0
#include "kernel/io_files.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace cv {
namespace {

template <typename Line>
using Key = std::pair<std::string_view, std::optional<std::uint64_t> Line::*>;

// "rbytes=123": sets the member of that key. False: a known key whose value is no number.
template <typename Line, std::size_t kCount>
bool set_key(Line& line, std::string_view field, const std::array<Key<Line>, kCount>& keys) {
  const std::size_t equals = field.find('=');
  for (const auto& [key, member] : keys) {
    if (field.substr(0, equals) != key) continue;
    const std::string_view text = field.substr(equals + 1);
    if (text == "max") return true;
    line.*member = parse_u64(text);
    return (line.*member).has_value();
  }
  return true;
}

// Lines of devices, each followed by its keys.
template <typename Line, std::size_t kCount>
Parsed<std::vector<Line>> parse_nested_keyed(std::string_view text,
                                             const std::array<Key<Line>, kCount>& keys) {
  Parsed<std::vector<Line>> parsed;
  for_each_line(text, [&](std::string_view rest, std::uint32_t number) {
    const auto complain = [&](std::string_view reason) {
      if (!parsed.error) parsed.error = malformed(number, reason).value();
    };
    bool of_device = false;
    for (auto field = next_field(rest); !field.empty(); field = next_field(rest)) {
      if (field.find('=') == std::string_view::npos) {
        const auto device = parse_device_number(field);
        of_device = device.has_value();
        if (of_device) parsed.value.emplace_back().number = *device;
        // "(unknown)", and the states that io.cost and io.latency print after their keys.
        if (!of_device && field.find(':') != std::string_view::npos)
          complain("not the number of a device");
      } else if (of_device && !set_key(parsed.value.back(), field, keys)) {
        complain("a value that is not a number");
      }
    }
    return true;
  });
  return parsed;
}

}  // namespace

Parsed<std::vector<IoStatLine>> parse_io_stat(std::string_view text) {
  static constexpr std::array<Key<IoStatLine>, 6> kKeys{{
      {"rbytes", &IoStatLine::rbytes},
      {"wbytes", &IoStatLine::wbytes},
      {"dbytes", &IoStatLine::dbytes},
      {"rios", &IoStatLine::rios},
      {"wios", &IoStatLine::wios},
      {"dios", &IoStatLine::dios},
  }};
  return parse_nested_keyed(text, kKeys);
}

Parsed<std::vector<IoMaxLine>> parse_io_max(std::string_view text) {
  static constexpr std::array<Key<IoMaxLine>, 4> kKeys{{
      {"rbps", &IoMaxLine::rbps},
      {"wbps", &IoMaxLine::wbps},
      {"riops", &IoMaxLine::riops},
      {"wiops", &IoMaxLine::wiops},
  }};
  return parse_nested_keyed(text, kKeys);
}

Parsed<std::vector<BlkioRow>> parse_blkio_rows(std::string_view text) {
  Parsed<std::vector<BlkioRow>> parsed;
  for_each_line(text, [&](std::string_view rest, std::uint32_t number) {
    const auto device = parse_device_number(next_field(rest));
    if (!device) return true;  // "Total 63217664", "(unknown) Read 0"
    const std::string_view kind = next_field(rest);
    const auto value = parse_u64(next_field(rest));
    if (!value) {
      if (!parsed.error) parsed.error = malformed(number, "not a number").value();
      return true;
    }
    if (parsed.value.empty() || parsed.value.back().number != *device)
      parsed.value.emplace_back().number = *device;
    BlkioRow& row = parsed.value.back();
    if (kind == "Read") row.read = *value;
    if (kind == "Write") row.write = *value;
    if (kind == "Discard") row.discard = *value;
    return true;
  });
  return parsed;
}

Parsed<std::vector<BlkioValue>> parse_blkio_values(std::string_view text) {
  Parsed<std::vector<BlkioValue>> parsed;
  for_each_line(text, [&](std::string_view rest, std::uint32_t number) {
    const auto device = parse_device_number(next_field(rest));
    if (!device) return true;
    const auto value = parse_u64(next_field(rest));
    if (value)
      parsed.value.push_back({*device, *value});
    else if (!parsed.error)
      parsed.error = malformed(number, "not a number").value();
    return true;
  });
  return parsed;
}

}  // namespace cv
