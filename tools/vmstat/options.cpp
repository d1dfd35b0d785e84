// SPDX-License-Identifier: Apache-2.0
#include "vmstat/options.hpp"

#include <cerrno>
#include <cstdlib>
#include <limits>

#include "common/formatted.hpp"

namespace cvtools {
namespace {

enum Id : int {
  kActive,
  kForks,
  kSlabs,
  kOneHeader,
  kStats,
  kDisk,
  kDiskSum,
  kPartition,
  kUnit,
  kWide,
  kTimestamp,
  kNoFirst
};

// In the order of procps, whose "is ambiguous" message lists them so. It prints and exits when it
// reaches -f; as for uptime -s, our own options are taken from behind it too.
constexpr OptionSpec kClassic[] = {
    {kActive, 'a', "active", nullptr, "inactive and active memory for buff and cache"},
    {kForks, 'f', "forks", nullptr, "number of tasks made since the start", true},
    {kSlabs, 'm', "slabs", nullptr, "caches of kernel objects (root only)"},
    {kOneHeader, 'n', "one-header", nullptr, "do not repeat the header"},
    {kStats, 's', "stats", nullptr, "totals, one a line"},
    {kDisk, 'd', "disk", nullptr, "what each disk did"},
    {kDiskSum, 'D', "disk-sum", nullptr, "what all disks did, one figure a line"},
    {kPartition, 'p', "partition", "DEV", "what one disk or partition did"},
    {kUnit, 'S', "unit", "CHAR", "unit of memory and swap: k 1000, K 1024, m, M; b bytes"},
    {kWide, 'w', "wide", nullptr, "wider columns"},
    {kTimestamp, 't', "timestamp", nullptr, "add the time to each report"},
    {kNoFirst, 'y', "no-first", nullptr, "leave out the report since the start"},
};
// There is no load average here: no --history.
constexpr OptionSpec kOwn[] = {
    view_option(kOptionContainer), view_option(kOptionHost),    view_option(kOptionPid),
    view_option(kOptionCgroup),    view_option(kOptionSysroot), view_option(kOptionCacheUsed),
    view_option(kOptionJson),
};
constexpr OptionSpec kInfo[] = {
    {kOptionHelp, 'h', "help", nullptr, "print this help", true},
    {kOptionVersion, 'V', "version", nullptr, "print the version", true},
};
constexpr const char* kSynopsis[] = {"[options] [delay [count]]"};
constexpr OptionTable kTable = {"vmstat", kSynopsis,   kClassic,          kOwn,
                                kInfo,    "vmstat(8)", "procps-ng 4.0.7", true};

// The unit by its letter; 0: none.
std::uint64_t unit_named(char letter) {
  switch (letter) {
    case 'b':
    case 'B':
      return 1;
    case 'k':
      return 1000;
    case 'K':
      return 1024;
    case 'm':
      return 1'000'000;
    case 'M':
      return std::uint64_t{1} << 20;
    default:
      return 0;
  }
}

constexpr std::string_view kDev = "/dev/";

class Parser {
 public:
  explicit Parser(Environment& environment) : environment_(environment) {}

  std::optional<int> option(int id, const std::string& value) {
    switch (id) {
      case kActive:
        options_.active = true;
        break;
      case kForks:
        options_.mode = VmstatMode::kForks;
        acts_at_once_ = true;
        break;
      case kSlabs:
        set_mode(VmstatMode::kSlabs);
        break;
      case kOneHeader:
        options_.one_header = true;
        break;
      case kStats:
        set_mode(VmstatMode::kStatistics);
        break;
      case kDisk:
        set_mode(VmstatMode::kDisks);
        break;
      case kDiskSum:
        set_mode(VmstatMode::kDiskSum);
        break;
      case kPartition:
        set_mode(VmstatMode::kPartition);
        options_.partition = value.starts_with(kDev) ? value.substr(kDev.size()) : value;
        break;
      case kUnit:
        options_.unit = value.empty() ? 0 : unit_named(value.front());  // the rest never counted
        if (options_.unit == 0) return fail("-S requires k, K, m or M (default is KiB)");
        options_.unit_letter = value.front();
        break;
      case kWide:
        options_.wide = true;
        break;
      case kTimestamp:
        options_.timestamp = true;
        break;
      case kNoFirst:
        options_.skip_first = true;
        break;
      default:
        break;
    }
    return std::nullopt;
  }

  // A status: the operands are wrong.
  std::optional<int> operands(const std::vector<std::string_view>& words) {
    if (!words.empty()) {
      const std::optional<std::int64_t> delay = number(words[0]);
      if (!delay) return 1;
      if (*delay < 1) return fail("delay must be positive integer");
      if (*delay > std::numeric_limits<std::uint32_t>::max()) return fail("too large delay value");
      options_.delay = static_cast<std::uint32_t>(*delay);
      options_.endless = words.size() == 1;
    }
    if (words.size() > 1) {
      const std::optional<std::int64_t> count = number(words[1]);
      if (!count) return 1;
      options_.count = *count;
      options_.endless = *count < 0;  // as a number without a sign it is large enough
    }
    if (words.size() > 2 || (modes_differ_ && !acts_at_once_))
      return usage_error(kTable, environment_);
    return std::nullopt;
  }

  VmstatOptions& options() { return options_; }

 private:
  // The same twice is once.
  void set_mode(VmstatMode mode) {
    modes_differ_ = modes_differ_ || (options_.mode != VmstatMode::kTable && options_.mode != mode);
    options_.mode = mode;
  }

  int fail(std::string_view text) {
    complain(environment_, text);
    return 1;
  }

  // Nothing: said why.
  std::optional<std::int64_t> number(std::string_view word) {
    const std::string text(word);
    char* end = nullptr;
    errno = 0;
    const long long value = std::strtoll(text.c_str(), &end, 10);
    const bool bad = text.empty() || end == text.c_str() || *end != '\0';
    if (!bad && errno == 0) return value;
    fail(formatted("failed to parse argument: '{}'{}", text,
                   bad ? "" : ": Numerical result out of range"));
    return std::nullopt;
  }

  Environment& environment_;
  VmstatOptions options_;
  bool modes_differ_ = false;
  bool acts_at_once_ = false;
};

}  // namespace

const OptionTable& vmstat_option_table() { return kTable; }

std::optional<VmstatOptions> parse_vmstat_options(Environment& environment, int& status) {
  Parser parser(environment);
  const ParsedLine line = parse_command_line(
      kTable, environment, parser.options().view,
      [&](int id, const std::string& value) { return parser.option(id, value); });
  const std::optional<int> done =
      line.exit_status ? line.exit_status : parser.operands(line.operands);
  if (done) {
    status = *done;
    return std::nullopt;
  }
  return std::move(parser.options());
}

}  // namespace cvtools
