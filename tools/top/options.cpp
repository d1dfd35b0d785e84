// SPDX-License-Identifier: Apache-2.0
#include "top/options.hpp"

#include <unistd.h>

#include <algorithm>

#include "common/formatted.hpp"
#include "common/number.hpp"
#include "top/fields.hpp"
#include "top/instant.hpp"
#include "top/names.hpp"

namespace cvtools {
namespace {

enum Id : int {
  kOneCpuLine,
  kDefaults,
  kBatch,
  kCommandLine,
  kDelay,
  kSummaryUnit,
  kTaskUnit,
  kThreads,
  kIdle,
  kIterations,
  kListFields,
  kSort,
  kPids,
  kCumulative,
  kSecure,
  kAnyUser,
  kUser,
  kWidth,
  kAll,
  kLimits
};

constexpr OptionSpec kClassic[] = {
    {kBatch, 'b', "batch-mode", nullptr, "frames as text, no keys"},
    {kCommandLine, 'c', "cmdline-toggle", nullptr, "command lines instead of names, or back"},
    {kDelay, 'd', "delay", "SECS", "time between frames (3.0)"},
    {kSummaryUnit, 'E', "scale-summary-mem", "UNIT", "unit of the summary: k m g t p e"},
    {kTaskUnit, 'e', "scale-task-mem", "UNIT", "unit of the tasks: k m g t p"},
    {kThreads, 'H', "threads-show", nullptr, "threads instead of processes, or back"},
    {kIdle, 'i', "idle-toggle", nullptr, "without idle tasks, or with them"},
    {kIterations, 'n', "iterations", "NUMBER", "frames, then end"},
    {kListFields, 'O', "list-fields", nullptr, "names of all fields, then end"},
    {kSort, 'o', "sort-override", "FIELD", "sort by FIELD; -FIELD: lowest first"},
    {kPids, 'p', "pids", "PIDLIST", "only these, 20 at most; 0: top itself"},
    {kCumulative, 'S', "accum-time-toggle", nullptr,
     "CPU time with that of dead children, or without"},
    {kSecure, 's', "secure-mode", nullptr, "no kill, no renice, no other delay"},
    {kAnyUser, 'U', "filter-any-user", "USER", "tasks with any id of USER; !USER: all others"},
    {kUser, 'u', "filter-only-euser", "USER", "tasks with the effective id of USER"},
    {kWidth, 'w', "width", "COLUMNS", "output width; alone: that of COLUMNS and LINES, or 512",
     false, true},
    {kOneCpuLine, '1', "single-cpu-toggle", nullptr, "a line for each CPU, or one for all"},
    {kDefaults, 'A', "apply-defaults", nullptr, "as without a toprc; must stand alone"},
};
constexpr OptionSpec kOwn[] = {
    {kAll, '\0', "all", nullptr, "every task that /proc shows, also of others"},
    {kLimits, '\0', "limits", nullptr, "the container's limits, in batch mode too"},
    view_option(kOptionContainer),
    view_option(kOptionHost),
    view_option(kOptionPid),
    view_option(kOptionCgroup),
    view_option(kOptionSysroot),
    view_option(kOptionCacheUsed),
    view_option(kOptionHistory),
    view_option(kOptionJson),
};
constexpr OptionSpec kInfo[] = {
    {kOptionHelp, 'h', "help", nullptr, "print this help", true},
    {kOptionVersion, 'V', "version", nullptr, "print the version", true},
};
constexpr const char* kSynopsis[] = {"[options]"};
constexpr OptionTable kTable = {.tool = "top",
                                .synopsis = kSynopsis,
                                .classic = kClassic,
                                .own = kOwn,
                                .info = kInfo,
                                .manual = "top(1)",
                                .heritage = "procps-ng 4.0.7",
                                .takes_operands = false,
                                .errors_stand_alone = true};

// What an option says is either taken over, or answered with the sentence that says why not.
class Applier {
 public:
  Applier(Environment& environment, top::TopOptions& options)
      : environment_(environment), options_(options), window_(options.settings.window()) {}

  // Gives the exit status where the line ends here.
  std::optional<int> apply(int id, std::string_view value) {
    if (value.starts_with('=')) value.remove_prefix(1);  // -n=5
    if (list_fields(id)) return 0;
    const std::string wrong = take_flag(id) ? "" : take_value(id, value);
    if (wrong.empty()) return std::nullopt;
    complain(environment_, wrong);
    return 1;
  }

 private:
  bool list_fields(int id) {
    if (id != kListFields) return false;
    for (const top::FieldSpec& spec : top::field_table())
      environment_.out.write(std::string(spec.name) + "\n");
    return true;
  }

  bool take_flag(int id) {
    top::Settings& settings = options_.settings;
    switch (id) {
      case kBatch:
        return options_.batch = true;
      case kAll:
        return options_.all_tasks = true;
      case kLimits:
        return settings.show_limits = settings.limits_chosen = options_.limits = true;
      case kSecure:
        return settings.secure = true;
      case kDefaults:
        return true;  // seen when the toprc was looked for
      case kCommandLine:
        return toggle(window_.command_line);
      case kThreads:
        return toggle(settings.threads);
      case kIdle:
        return toggle(window_.show_idle);
      case kCumulative:
        return toggle(window_.cumulative);
      case kOneCpuLine:
        // Classic top has two abreast then, and memory and swap too.
        if (window_.cpus_in_one) window_.cpus_abreast = 1;
        return toggle(window_.cpus_in_one);
      default:
        return false;
    }
  }
  static bool toggle(bool& flag) {
    flag = !flag;
    return true;
  }

  std::string take_value(int id, std::string_view value) {
    switch (id) {
      case kDelay:
        return take_delay(value);
      case kSummaryUnit:
        return take_unit(value, "kmgtpe", options_.settings.summary_unit);
      case kTaskUnit:
        return take_unit(value, "kmgtp", options_.settings.task_unit);
      case kIterations:
        options_.iterations = to_number<std::uint64_t>(value);
        if (options_.iterations.value_or(0) >= 1) return {};
        return formatted("bad iterations argument '{}'", value);
      case kSort:
        return take_sort(value);
      case kPids:
        return take_pids(value);
      case kUser:
        return take_user(value, top::UserFilter::Kind::kEffective);
      case kAnyUser:
        return take_user(value, top::UserFilter::Kind::kAny);
      default:
        return take_width(value);
    }
  }

  std::string take_delay(std::string_view value) {
    if (options_.settings.secure) return "-d disallowed in \"secure\" mode";
    std::string text(value);
    std::replace(text.begin(), text.end(), ',', '.');
    const auto delay = to_number<double>(text);
    if (delay && *delay < 0) return "-d requires positive argument";
    if (!delay || !top::is_delay(*delay)) return formatted("bad delay interval '{}'", value);
    options_.settings.delay_seconds = *delay;
    return {};
  }

  static std::string take_unit(std::string_view value, std::string_view units, int& unit) {
    const std::size_t at = value.size() == 1 ? units.find(value) : std::string_view::npos;
    if (at == std::string_view::npos) return formatted("bad memory scaling arg '{}'", value);
    unit = static_cast<int>(at);
    return {};
  }

  std::string take_sort(std::string_view value) {
    std::string_view name = value;
    bool descending = true;
    if (name.starts_with('+') || name.starts_with('-')) {
      descending = name.front() == '+';
      name.remove_prefix(1);
    }
    const auto field = top::field_named(name);
    if (!field) return formatted("unrecognized field name '{}'", name);
    window_.sort = *field;
    window_.descending = descending;
    window_.forest = false;
    return {};
  }

  std::string take_pids(std::string_view value) {
    constexpr std::size_t kMostPids = 20;
    if (selected_by_user_) return kConflict;
    selected_by_pid_ = true;
    while (true) {
      const std::string_view item = value.substr(0, value.find(','));
      const auto pid = to_number<std::int32_t>(item);
      if (!pid || *pid < 0) return formatted("bad pid '{}'", item);
      const std::int32_t meant = *pid == 0 ? getpid() : *pid;
      auto& pids = options_.pids;
      const bool known = std::find(pids.begin(), pids.end(), meant) != pids.end();
      if (!known && pids.size() >= kMostPids)
        return formatted("pid limit ({}) exceeded", kMostPids);
      if (!known) pids.push_back(meant);
      if (item.size() == value.size()) return {};
      value.remove_prefix(item.size() + 1);
    }
  }

  std::string take_user(std::string_view value, top::UserFilter::Kind kind) {
    if (selected_by_pid_ || selected_by_user_) return kConflict;
    selected_by_user_ = true;
    top::UserFilter& filter = window_.user;
    filter.kind = kind;
    filter.exclude = value.starts_with('!');
    if (filter.exclude) value.remove_prefix(1);
    const auto uid = top::Names(top::system_names()).uid_of(value);
    if (!uid) return "Invalid user";
    filter.uid = *uid;
    return {};
  }

  std::string take_width(std::string_view value) {
    constexpr std::size_t kLeast = 3;
    constexpr std::size_t kMost = 512;
    if (value.empty()) {
      const auto from = [&](const char* text) -> std::optional<std::size_t> {
        const auto number = text != nullptr ? to_number<std::size_t>(text) : std::nullopt;
        return number ? std::optional(std::clamp(*number, kLeast, kMost)) : std::nullopt;
      };
      options_.width = from(environment_.columns).value_or(kMost);
      options_.height = from(environment_.lines);
      return {};
    }
    options_.width = to_number<std::size_t>(value);
    if (options_.width && *options_.width >= kLeast && *options_.width <= kMost) return {};
    return formatted("bad width arg '{}'", value);
  }

  static constexpr const char* kConflict = "conflicting process selections (U/p/u)";

  Environment& environment_;
  top::TopOptions& options_;
  top::Window& window_;
  bool selected_by_pid_ = false;
  bool selected_by_user_ = false;
};

bool wants_defaults(const Environment& environment) {
  return std::any_of(environment.args.begin(), environment.args.end(), [](const char* arg) {
    return std::string_view(arg) == "-A" || std::string_view(arg) == "--apply-defaults";
  });
}

}  // namespace

const OptionTable& top_option_table() { return kTable; }

std::optional<top::TopOptions> parse_top_options(Environment& environment, int& status) {
  status = 1;
  const bool defaults_only = wants_defaults(environment);
  if (defaults_only && environment.args.size() > 2) {
    complain(environment, "option '-A' must be used alone");
    return std::nullopt;
  }
  top::LoadedRc rc = top::load_rc(environment, defaults_only);
  top::TopOptions options;
  options.settings = std::move(rc.settings);
  options.rc_files = std::move(rc.files);
  options.rc_format = rc.format;
  Applier applier(environment, options);
  const ParsedLine line = parse_command_line(
      kTable, environment, options.view,
      [&](int id, const std::string& value) { return applier.apply(id, value); });
  if (line.exit_status) {
    status = *line.exit_status;
    return std::nullopt;
  }
  // After the line: -h and -V help with a bad file too.
  if (!rc.error.empty()) {
    complain(environment, rc.error);
    return std::nullopt;
  }
  return options;
}

}  // namespace cvtools
