// SPDX-License-Identifier: Apache-2.0
// The lines above the tasks.

#include <algorithm>
#include <array>

#include "common/formatted.hpp"
#include "common/shares.hpp"
#include "common/whole_numbers.hpp"
#include "top/cpu_groups.hpp"
#include "top/format.hpp"
#include "top/frame.hpp"
#include "top/limits_line.hpp"
#include "uptime/render.hpp"

namespace cvtools::top {
namespace {

constexpr std::string_view kBetween = "  ";  // lines that stand abreast
constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

// Words and, strong, the numbers between them.
Line words(std::initializer_list<std::string> pieces) {
  Line line;
  line.ink = Ink::kSummary;
  bool is_number = false;
  for (const std::string& piece : pieces) {
    line.add(piece, is_number ? Ink::kSummaryStrong : Ink::kSummary);
    is_number = !is_number;
  }
  return line;
}

Line load_line(const Settings& settings, const Sample& sample, const std::string& program) {
  UptimeReport report;
  report.scope = sample.scope;
  report.uptime = sample.uptime;
  report.users = sample.users;
  report.load = sample.load;
  std::string text = render_uptime_text(report, UptimeFormat::kClassic).text;
  text.pop_back();  // the line's end
  const std::string name = settings.all_windows
                               ? formatted("{}:{}", settings.current + 1, settings.window().name)
                               : program;
  return words({name + " -" + text});
}

Line tasks_line(const Settings& settings, const TaskCounts& counts) {
  const auto number = [](std::size_t count) { return formatted(" {} ", count); };
  return words({settings.threads ? "Threads:" : "Tasks:", number(counts.total), "total,",
                number(counts.running), "running,", number(counts.sleeping), "sleep,",
                number(counts.uninterruptible), "d-sleep,", number(counts.stopped), "stopped,",
                number(counts.zombie), "zombie"});
}

// Shares of one line: a part that is not told (irq of a container) is 0, it is in the rest; the
// JSON tells the difference. Where nothing is told all of them are unknown.
struct Shares {
  double user, system, nice, idle, iowait, irq, softirq, steal;
  bool known = true;
};

template <typename Figures>
Shares shares_of(const Figures& figures) {
  return {figures.user_pct().value_or(0),    figures.system_pct().value_or(0),
          figures.nice_pct().value_or(0),    figures.idle_pct().value_or(0),
          figures.iowait_pct().value_or(0),  figures.irq_pct().value_or(0),
          figures.softirq_pct().value_or(0), figures.steal_pct().value_or(0),
          figures.user_pct().has_value()};
}

std::size_t piece_width(std::size_t columns, std::size_t abreast) {
  constexpr std::size_t kGap = 3;  // a bar ends one column before its piece does
  const std::size_t gaps = kGap * (abreast - 1) + 1;
  return columns > gaps ? (columns - gaps) / abreast : 0;
}

// "[|||||     ]" over the rest of `width`: `first` and `second` per cent of it. Blocks are told by
// their ink alone, so on paper they are blank.
void add_bar(Line& line, Graph graph, double first, double second, std::size_t width) {
  line.add("[", Ink::kSummary);
  const std::size_t used = line.text.size() + 1;
  const std::size_t room = width > used ? width - used : 0;
  const auto cells = [&](double pct) {
    return static_cast<std::size_t>(
        nearest(std::clamp(pct, 0.0, 100.0) * static_cast<double>(room) / 100));
  };
  const std::size_t one = cells(first);
  const std::size_t both = std::max(one, cells(first + second));
  const char mark = graph == Graph::kBars ? '|' : ' ';
  const bool blocks = graph == Graph::kBlocks;
  line.add(std::string(one, mark), blocks ? Ink::kBlockFirst : Ink::kBarFirst);
  line.add(std::string(both - one, mark), blocks ? Ink::kBlockSecond : Ink::kBarSecond);
  line.add(std::string(room - both, ' '), Ink::kSummary);
  line.add("]", Ink::kSummary);
}

// Of a container: 100.0 in all, as printed. The classic tool rounds each on its own.
Shares rounded(const Shares& shares) {
  std::array parts{shares.user,   shares.system, shares.nice,    shares.idle,
                   shares.iowait, shares.irq,    shares.softirq, shares.steal};
  round_shares(parts, 1);
  return {parts[0], parts[1], parts[2], parts[3],    parts[4],
          parts[5], parts[6], parts[7], shares.known};
}

Line cpu_piece(const std::string& label, const Shares& shares, Graph graph, std::size_t width) {
  if (graph == Graph::kNumbers) {
    const auto number = [&](double pct) {
      return shares.known ? formatted("{:5.1f} ", pct) : std::string("    - ");
    };
    return words({label, number(shares.user), "us,", number(shares.system), "sy,",
                  number(shares.nice), "ni,", number(shares.idle), "id,", number(shares.iowait),
                  "wa,", number(shares.irq), "hi,", number(shares.softirq), "si,",
                  number(shares.steal), "st "});
  }
  const double user = shares.user + shares.nice;
  const double system = shares.system + shares.irq + shares.softirq + shares.steal;
  Line line = words(
      {label, shares.known ? formatted(" {:5.1f}/{:<5.1f} {:3.0f}", user, system, user + system)
                           : formatted(" {:>5}/{:<5} {:>3}", '-', '-', '-')});
  add_bar(line, graph, user, system, width);
  return line;
}

// The mean of neighbouring CPUs, for '!'.
Shares mean_of(std::span<const containerview::CpuRow> rows) {
  Shares sum{};
  const auto count = static_cast<double>(rows.size());
  for (const containerview::CpuRow& row : rows) {
    const Shares shares = shares_of(row);
    sum.known = sum.known && shares.known;
    sum.user += shares.user / count;
    sum.system += shares.system / count;
    sum.nice += shares.nice / count;
    sum.idle += shares.idle / count;
    sum.iowait += shares.iowait / count;
    sum.irq += shares.irq / count;
    sum.softirq += shares.softirq / count;
    sum.steal += shares.steal / count;
  }
  return sum;
}

std::vector<Line> cpu_pieces(const Window& window, const Sample& sample, std::size_t width) {
  std::vector<Line> pieces;
  const bool is_container = sample.scope.kind() == CV_KIND_CONTAINER;
  const auto piece = [&](const std::string& label, Shares shares) {
    // A machine's that are not told, of two looks within one tick, are 0 as in the classic tool.
    shares.known = shares.known || !is_container;
    return cpu_piece(label, is_container ? rounded(shares) : shares, window.cpu_graph, width);
  };
  const bool one_node = window.numa_nodes && window.numa_node >= 0;
  if ((window.cpus_in_one && !one_node) || sample.cpus.empty())
    pieces.push_back(piece("%Cpu(s):", shares_of(sample.cpu)));
  if (sample.cpus.empty()) return pieces;
  for (const CpuGroup& group : cpu_groups(window, sample))
    pieces.push_back(piece(group.label, mean_of(group.rows)));
  return pieces;
}

// Nine columns, a blank behind the number included.
std::string amount(std::optional<std::uint64_t> bytes, int unit, bool cut) {
  constexpr std::size_t kWidth = 9;
  std::string text = "- ";
  if (bytes) {
    double scaled = static_cast<double>(*bytes) / static_cast<double>(1ULL << (10 * (unit + 1)));
    if (cut) scaled = cut_off(scaled, unit == 0 ? 0 : 1);
    text = unit == 0 ? formatted("{:.0f} ", scaled) : formatted("{:.1f} ", scaled);
  }
  if (text.size() > kWidth) return text.substr(0, kWidth - 1) + '+';
  return formatted("{:>9}", text);
}

struct MemoryBar {
  double first_pct = 0, second_pct = 0;
};
double pct_of(std::optional<std::uint64_t> part, std::optional<std::uint64_t> whole) {
  if (!part || !whole || *whole == 0) return 0;
  return static_cast<double>(*part) / static_cast<double>(*whole) * 100;
}

Line memory_bar(const std::string& label, std::string whole, MemoryBar bar, Graph graph,
                std::size_t width) {
  whole = whole.substr(std::min(whole.find_first_not_of(' '), whole.size()));
  Line line = words({label, formatted("{:5.1f}/{:<9}", bar.first_pct, whole)});
  add_bar(line, graph, bar.first_pct, bar.second_pct, width);
  return line;
}

std::vector<Line> memory_pieces(const Settings& settings, const Sample& sample, std::size_t width) {
  const Window& window = settings.window();
  const int unit = settings.summary_unit;
  const auto& memory = sample.memory;
  const auto& swap = sample.swap;
  const std::string mem = formatted("{} Mem :", kUnits[unit]);
  const std::string swp = formatted("{} Swap:", kUnits[unit]);
  // Of a container never more than there is; of a machine as the classic tool rounds.
  const bool cut = sample.scope.kind() == CV_KIND_CONTAINER;
  const auto number = [&](std::optional<std::uint64_t> bytes) { return amount(bytes, unit, cut); };
  if (window.memory_graph == Graph::kNumbers) {
    return {words({mem + " ", number(memory.total_bytes()), "total, ", number(memory.free_bytes()),
                   "free, ", number(memory.used_bytes()), "used, ",
                   number(memory.buff_cache_bytes()), "buff/cache     "}),
            words({swp + " ", number(swap.total_bytes()), "total, ", number(swap.free_bytes()),
                   "free, ", number(swap.used_bytes()), "used. ", number(memory.available_bytes()),
                   "avail Mem "})};
  }
  const MemoryBar used{pct_of(memory.used_bytes(), memory.total_bytes()), 0};
  const MemoryBar swapped{pct_of(swap.used_bytes(), swap.total_bytes()), 0};
  return {memory_bar(mem, number(memory.total_bytes()), used, window.memory_graph, width),
          memory_bar(swp, number(swap.total_bytes()), swapped, window.memory_graph, width)};
}

// As many pieces in each line as were asked for.
void add_abreast(std::vector<Line>& lines, std::vector<Line> pieces, std::size_t abreast) {
  for (std::size_t at = 0; at < pieces.size(); ++at) {
    if (at % abreast == 0) {
      lines.push_back(std::move(pieces[at]));
      continue;
    }
    Line& line = lines.back();
    // Those with numbers end with a blank of their own; bars do not.
    line.add(line.text.ends_with(']') ? "   " : kBetween, Ink::kSummary);
    const auto shift = static_cast<std::uint32_t>(line.text.size());
    line.text += pieces[at].text;
    for (const Mark& mark : pieces[at].marks)
      line.marks.push_back({mark.begin + shift, mark.end + shift, mark.ink});
  }
}

}  // namespace

std::vector<Line> summary_lines(const Settings& settings, const Sample& sample,
                                const FrameOptions& options) {
  const Window& window = settings.window();
  const auto abreast = static_cast<std::size_t>(std::max(0, window.cpus_abreast)) + 1;
  const std::size_t width = piece_width(options.size.columns, abreast);
  const std::size_t whole = piece_width(options.size.columns, 1);
  std::vector<Line> lines;
  if (window.show_load) lines.push_back(load_line(settings, sample, options.program));
  if (window.show_states) {
    lines.push_back(tasks_line(settings, sample.counts));
    if (!sample.restricted)
      add_abreast(lines, cpu_pieces(window, sample, window.cpus_in_one ? whole : width), abreast);
  }
  if (window.show_memory && !sample.restricted)
    add_abreast(lines, memory_pieces(settings, sample, width), std::min<std::size_t>(abreast, 2));
  if (settings.show_limits && sample.limits_known)
    for (Line& line : limits_lines(sample, options.size.columns)) lines.push_back(std::move(line));
  for (Line& line : lines) line.window = static_cast<std::uint8_t>(settings.current);
  return lines;
}

}  // namespace cvtools::top
