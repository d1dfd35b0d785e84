// SPDX-License-Identifier: Apache-2.0
#include "top/rcfile.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "common/formatted.hpp"
#include "common/printable.hpp"
#include "common/utf8.hpp"
#include "top/arrange.hpp"
#include "top/instant.hpp"
#include "top/rcfile_keys.hpp"

namespace cvtools::top {
namespace {

constexpr std::string_view kFirstLine = "top's Config File (Linux processes with windows)\n";
constexpr std::string_view kFieldsKey = "fieldscur=";
constexpr std::string_view kCommonKey = "Fixed_widest=";
constexpr std::string_view kFiltersBegin = "begin: saved other filter data";
constexpr std::string_view kFiltersEnd = "end  : saved other filter data";
constexpr int kNumberOffset = 37;  // a field's number in the file is (id + 37) x 2 + shown
constexpr std::size_t kSlots = 100;
constexpr std::size_t kSlotsInLine = 20;

// The number behind "KEY=", wherever it stands in `text`. One that does not fit is none.
template <typename Number = int>
std::optional<Number> number_of(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + key.size());
  if (!text.starts_with('=')) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of("= "), text.size()));
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

// Whether it is there.
bool take_flag(std::string_view text, std::string_view key, bool& out) {
  const auto value = number_of(text, key);
  if (value) out = *value != 0;
  return value.has_value();
}

// Of formats k to n: "fieldscur=  75   81 ...", over several lines.
std::optional<std::vector<FieldChoice>> numbered_fields(std::string_view text) {
  std::vector<FieldChoice> fields;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return fields;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const int id = number / 2 - kNumberOffset;
    if (id < 0 || id >= static_cast<int>(kSlots)) return std::nullopt;
    // What newer tops may have there is not known to us.
    if (id < static_cast<int>(kClassicFieldCount))
      fields.push_back({static_cast<FieldId>(id), number % 2 != 0});
  }
}

// Of formats f to j: a byte for each, with the upper bit if it is shown.
std::optional<std::vector<FieldChoice>> lettered_fields(std::string_view text) {
  std::vector<FieldChoice> fields;
  for (const char letter : text.substr(0, text.find('\n'))) {
    const auto byte = static_cast<unsigned char>(letter);
    const int id = (byte & 0x7F) - kNumberOffset;
    if (id < 0 || id >= static_cast<int>(kClassicFieldCount)) return std::nullopt;
    fields.push_back({static_cast<FieldId>(id), (byte & 0x80) != 0});
  }
  return fields;
}

// Of format a (procps 3.2): letters, upper case if it is shown.
constexpr FieldId kAncientFields[] = {
    FieldId::kPid,   FieldId::kPpid, FieldId::kRuser,    FieldId::kUid,     FieldId::kUser,
    FieldId::kGroup, FieldId::kTty,  FieldId::kPr,       FieldId::kNi,      FieldId::kP,
    FieldId::kCpu,   FieldId::kTime, FieldId::kTimePlus, FieldId::kMem,     FieldId::kVirt,
    FieldId::kSwap,  FieldId::kRes,  FieldId::kCode,     FieldId::kData,    FieldId::kShr,
    FieldId::kNmaj,  FieldId::kNdrt, FieldId::kS,        FieldId::kCommand, FieldId::kWchan,
    FieldId::kFlags};

std::optional<std::vector<FieldChoice>> ancient_fields(std::string_view text) {
  std::vector<FieldChoice> fields;
  for (const char letter : text.substr(0, text.find('\n'))) {
    const bool shown = letter >= 'A' && letter <= 'Z';
    const int place = letter - (shown ? 'A' : 'a');
    if (place < 0 || place >= static_cast<int>(std::size(kAncientFields))) return std::nullopt;
    fields.push_back({kAncientFields[place], shown});
  }
  return fields;
}

// Each field once, all of them.
bool complete_fields(std::vector<FieldChoice>& fields) {
  std::array<bool, kFieldCount> seen{};
  for (const FieldChoice& field : fields) {
    bool& known = seen[static_cast<std::size_t>(field.id)];
    if (known) return false;
    known = true;
  }
  for (std::size_t number = 0; number < kFieldCount; ++number)
    if (!seen[number]) fields.push_back({static_cast<FieldId>(number), false});
  return true;
}

bool read_window(std::string_view text, char format, Window& window) {
  const std::size_t at = text.find(kFieldsKey);
  const std::string_view list = text.substr(at + kFieldsKey.size());
  auto fields = format >= 'k'   ? numbered_fields(list)
                : format >= 'f' ? lettered_fields(list)
                                : ancient_fields(list);
  if (!fields || fields->empty() || !complete_fields(*fields)) return false;
  window.fields = std::move(*fields);
  const std::string_view head = text.substr(0, at);
  window.name = window_name(head.substr(head.rfind('\n') + 1));

  const int sort = number_of(text, "sortindx").value_or(static_cast<int>(window.sort));
  if (format < 'f') {
    if (sort < 0 || sort >= static_cast<int>(std::size(kAncientFields))) return false;
    window.sort = kAncientFields[sort];
  } else {
    if (sort < 0 || sort >= static_cast<int>(kFieldCount)) return false;
    window.sort = static_cast<FieldId>(sort);
    if (const auto flags = number_of(text, "winflags"))
      set_flags(static_cast<std::uint32_t>(*flags), window);
  }
  for (const WindowKey& key : kWindowKeys)
    if (const auto value = number_of(text, key.name)) key.put(window, *value);
  // Until 4.0.4 one colour was for rows and for what is marked in them, and was used for the
  // latter.
  if (!number_of(text, "task_xy")) {
    window.sort_colour = window.task_colour;
    window.task_colour = default_settings().windows.front().task_colour;
  }
  return true;
}

// Filters of 'o' and 'O', the last one first.
void read_filters(std::string_view text, Settings& settings) {
  std::size_t window = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with("window #")) {
      window = static_cast<std::size_t>(line.size() > 8 ? line[8] - '0' : 0);
      continue;
    }
    constexpr std::string_view kFilter = "filter=";
    const std::size_t at = line.find(kFilter);
    if (at == std::string_view::npos || window >= kWindowCount) continue;
    const bool ignore_case = number_of(line, "type").value_or(0) == 'o';
    auto parsed = parse_filter(line.substr(at + kFilter.size()), ignore_case);
    auto& filters = settings.windows[window].filters;
    if (parsed.filter) filters.insert(filters.begin(), std::move(*parsed.filter));
  }
}

std::size_t line_that_begins(std::string_view text, std::string_view beginning) {
  std::size_t at = text.find(beginning);
  while (at != std::string_view::npos && at != 0 && text[at - 1] != '\n')
    at = text.find(beginning, at + 1);
  return at;
}

// What follows the line that is common to all windows: filters, and entries of others that are
// kept.
void read_rest(std::string_view text, Settings& settings) {
  settings.unknown_lines.clear();
  // Only the first has the filters. Another that was kept would be the first the next time.
  for (bool is_first = true;; is_first = false) {
    const std::size_t begin = line_that_begins(text, kFiltersBegin);
    settings.unknown_lines += text.substr(0, begin);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::size_t end = line_that_begins(text, kFiltersEnd);
    if (end == std::string_view::npos) {
      settings.unknown_lines += text;
      break;
    }
    if (is_first) read_filters(text.substr(0, end), settings);
    const std::size_t after = text.find('\n', end);
    text.remove_prefix(after == std::string_view::npos ? text.size() : after + 1);
  }
  const std::size_t first = settings.unknown_lines.find_first_not_of('\n');
  settings.unknown_lines.erase(0, std::min(first, settings.unknown_lines.size()));
}

std::string written_fields(const Window& window) {
  std::vector<int> numbers;
  for (const FieldChoice& field : window.fields) {
    if (static_cast<std::size_t>(field.id) >= kClassicFieldCount) continue;
    numbers.push_back((static_cast<int>(field.id) + kNumberOffset) * 2 + (field.shown ? 1 : 0));
  }
  for (std::size_t id = kClassicFieldCount; id < kSlots; ++id)
    numbers.push_back((static_cast<int>(id) + kNumberOffset) * 2);
  std::string text;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i != 0 && i % kSlotsInLine == 0) text += "\n\t\t  ";
    text += formatted("{:4} ", numbers[i]);
  }
  return text;
}

std::string written_window(const Window& window) {
  std::string text = formatted("{}\t{}{}", window.name, kFieldsKey, written_fields(window));
  // Ours can not be the sort field of another top.
  const bool classic = static_cast<std::size_t>(window.sort) < kClassicFieldCount;
  const auto sort = static_cast<int>(classic ? window.sort : FieldId::kCpu);
  text += formatted("\n\twinflags={}, sortindx={}", flags_of(window), sort);
  for (const WindowKey& key : kWindowKeys)
    text += formatted("{}{}={}", key.begins_line ? "\n\t" : ", ", key.name, key.get(window));
  return text + "\n";
}

std::string written_filters(const Settings& settings) {
  std::string text;
  for (std::size_t i = 0; i < kWindowCount; ++i) {
    const auto& filters = settings.windows[i].filters;
    if (filters.empty()) continue;
    text += formatted("window #{}, osel_tot={}\n", i, filters.size());
    for (auto filter = filters.rbegin(); filter != filters.rend(); ++filter)
      text += formatted("\ttype={},\tfilter={}\n", filter->ignore_case ? +'o' : +'O', filter->text);
  }
  if (text.empty()) return text;
  constexpr std::string_view kRule = " -------------------\n";
  return formatted("\n{}{}{}{}{}", kFiltersBegin, kRule, text, kFiltersEnd, kRule);
}

}  // namespace

std::string window_name(std::string_view text) {
  constexpr std::size_t kLongest = 3;
  std::string name;
  for (const char32_t c : from_utf8(printable(text.substr(0, text.find_first_of(" \t"))))) {
    const std::string character = to_utf8({&c, 1});
    if (name.size() + character.size() > kLongest) break;
    name += character;
  }
  return name;
}

std::optional<ReadRc> parse_rc(std::string_view text) {
  const std::size_t id = text.find("Id:");
  if (id == std::string_view::npos || id + 4 > text.size()) return std::nullopt;
  ReadRc read{default_settings(), text[id + 3]};
  if (read.format < 'a' || read.format > 'n') return std::nullopt;
  Settings& settings = read.settings;
  const std::string_view head = text.substr(id, text.find('\n', id) - id);
  take_flag(head, "Mode_altscr", settings.all_windows);
  take_flag(head, "Mode_irixps", settings.irix);
  const double delay = number_of<double>(head, "Delay_time").value_or(settings.delay_seconds);
  const int current = number_of(head, "Curwin").value_or(0);
  const bool windows = current >= 0 && current < static_cast<int>(kWindowCount);
  if (!windows || !is_delay(delay)) return std::nullopt;
  settings.delay_seconds = delay;
  settings.current = static_cast<std::size_t>(current);

  std::size_t at = text.find(kFieldsKey, id);
  for (Window& window : settings.windows) {
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t next = text.find(kFieldsKey, at + 1);
    const std::size_t common = text.find(kCommonKey, at);
    const std::size_t begin = text.rfind('\n', at) + 1;
    const std::string_view block = text.substr(begin, std::min(next, common) - begin);
    if (!read_window(block, read.format, window)) return std::nullopt;
    at = next;
  }
  const std::size_t common = text.find(kCommonKey);
  if (common == std::string_view::npos) return read;  // older ones have no such line
  const std::size_t end = text.find('\n', common);
  const std::string_view line = text.substr(common, end - common);
  for (const SettingsKey& key : kSettingsKeys)
    if (const auto value = number_of(line, key.name)) key.put(settings, *value);
  if (end != std::string_view::npos) read_rest(text.substr(end + 1), settings);
  return read;
}

std::string write_rc(const Settings& settings) {
  std::string text(kFirstLine);
  std::string delay = formatted("{:.3f}", settings.delay_seconds);
  while (delay.ends_with('0') && !delay.ends_with(".0")) delay.pop_back();
  text += formatted("Id:n, Mode_altscr={:d}, Mode_irixps={:d}, Delay_time={}, Curwin={}\n",
                    settings.all_windows, settings.irix, delay, settings.current);
  for (const Window& window : settings.windows) text += written_window(window);
  bool is_first = true;
  for (const SettingsKey& key : kSettingsKeys) {
    text += formatted("{}{}={}", is_first ? "" : ", ", key.name, key.get(settings));
    is_first = false;
  }
  text += '\n';
  text += written_filters(settings);
  if (!settings.unknown_lines.empty()) text += "\n" + settings.unknown_lines;
  return text;
}

void parse_own_rc(std::string_view text, Settings& settings) {
  settings.limits_chosen = take_flag(text, "limits", settings.show_limits);
  for (std::size_t i = 0; i < kWindowCount; ++i) {
    const auto place = number_of(text, formatted("wait{}", i));
    if (!place) continue;
    // Shown at this place; a negative one is hidden there.
    auto& fields = settings.windows[i].fields;
    std::erase_if(fields, [](const FieldChoice& field) { return field.id == FieldId::kWait; });
    const bool shown = *place >= 0;
    const auto at = static_cast<std::size_t>(shown ? *place : -1 - *place);
    fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(std::min(at, fields.size())),
                  {FieldId::kWait, shown});
    if (number_of(text, formatted("sort{}", i)).value_or(0) != 0)
      settings.windows[i].sort = FieldId::kWait;
  }
}

std::string write_own_rc(const Settings& settings) {
  std::string text = "# top of containerview: what procps' toprc has no place for\n";
  // What was there by itself is not kept: the file may be read where there is no container.
  if (settings.limits_chosen) text += formatted("limits={:d}\n", settings.show_limits);
  for (std::size_t i = 0; i < kWindowCount; ++i) {
    const auto& fields = settings.windows[i].fields;
    const auto found = std::find_if(fields.begin(), fields.end(), [](const FieldChoice& field) {
      return field.id == FieldId::kWait;
    });
    if (found == fields.end()) continue;
    const auto place = found - fields.begin();
    text += formatted("wait{}={}\nsort{}={:d}\n", i, found->shown ? place : -1 - place, i,
                      settings.windows[i].sort == FieldId::kWait);
  }
  return text;
}

}  // namespace cvtools::top
