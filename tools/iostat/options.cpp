// SPDX-License-Identifier: Apache-2.0
// sysstat does not use getopt: -p takes an argument or none, -g one that the devices behind it
// belong to, and numbers are the interval and the count wherever they stand. So the line is taken
// apart here; the checks of the options in common are those of every tool.
#include "iostat/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cstdlib>

#include "common/arguments.hpp"

namespace cvtools {
namespace {

enum Id : int {
  kCpu,
  kDisks,
  kHuman,
  kHumanOnly,
  kPretty,
  kCompact,
  kDecimals,
  kKilo,
  kMega,
  kGiga,
  kMapper,
  kShort,
  kTime,
  kEpoch,
  kExtended,
  kSkipFirst,
  kActive,
  kPartitions,
  kGroup,
  kTotals,
  kFormat,
  kLimits,
  kPersistent,
  kGivenOnly,
  kGivenToo,
  kOperand,
};

constexpr OptionSpec kClassic[] = {
    {kCpu, 'c', nullptr, nullptr, "CPU report only"},
    {kDisks, 'd', nullptr, nullptr, "device report only"},
    {kExtended, 'x', nullptr, nullptr, "extended device report"},
    {kShort, 's', nullptr, nullptr, "short device report, for narrow terminals"},
    {kHuman, 'h', nullptr, nullptr, "--human and --pretty"},
    {kHumanOnly, '\0', "human", nullptr, "sizes with their units, per cents with a %"},
    {kPretty, '\0', "pretty", nullptr, "device names last"},
    {kCompact, '\0', "compact", nullptr, "with -x and --pretty: one table"},
    {kDecimals, '\0', "dec", "N", "decimal places: 0, 1 or 2"},
    {kKilo, 'k', nullptr, nullptr, "kilobytes (1024)"},
    {kMega, 'm', nullptr, nullptr, "megabytes"},
    {kGiga, 'G', nullptr, nullptr, "gigabytes"},
    {kMapper, 'N', nullptr, nullptr, "names of device mapper devices"},
    {kPersistent, 'j', nullptr, "TYPE", "persistent names: ID, LABEL, PATH, UUID, ..."},
    {kPartitions, 'p', nullptr, "DEVICE,...", "the device and its partitions; ALL: of all"},
    {kGroup, 'g', nullptr, "NAME", "a total of the devices that follow"},
    {kTotals, 'H', nullptr, nullptr, "with -g: the totals only"},
    {kGivenOnly, 'f', nullptr, "DIR", "the devices of DIR instead; +f DIR: besides"},
    {kTime, 't', nullptr, nullptr, "the time before each report"},
    {kEpoch, 'U', nullptr, nullptr, "the time in seconds since 1970"},
    {kSkipFirst, 'y', nullptr, nullptr, "skip the first report, since the start"},
    {kActive, 'z', nullptr, nullptr, "leave out devices without activity"},
    {kFormat, 'o', nullptr, "JSON", "sysstat's JSON"},
};
constexpr auto kOwn = [] {
  std::array<OptionSpec, kViewOptions.size() + 1> own{
      OptionSpec{kLimits, '\0', "limits", nullptr, "add the limits and how much of them is used"}};
  std::copy(kViewOptions.begin(), kViewOptions.end(), own.begin() + 1);
  return own;
}();
constexpr OptionSpec kInfo[] = {
    {kOptionHelp, '\0', "help", nullptr, "print this help", true},
    {kOptionVersion, 'V', "version", nullptr, "print the version", true},
};
constexpr const char* kSynopsis[] = {"[options] [DEVICE... | ALL] [INTERVAL [COUNT]]"};
constexpr OptionTable kTable = {.tool = "iostat",
                                .synopsis = kSynopsis,
                                .classic = kClassic,
                                .own = kOwn,
                                .info = kInfo,
                                .manual = "iostat(1)",
                                .heritage = "sysstat 12.7.9",
                                .takes_operands = true,
                                .version_start = "sysstat version 12.7.9"};

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// What stands on the line without a '-': an item like the options, for devices belong to the -g
// before them.
constexpr OptionSpec kOperandItem = {kOperand, '\0', "operand", "TEXT", ""};
constexpr OptionSpec kGivenTooItem = {kGivenToo, '\0', "given-too", "DIR", ""};

class Scanner {
 public:
  explicit Scanner(std::span<const char* const> args) : args_(args) {}

  Arguments run() {
    while (next_ < args_.size() && result_.error.empty() && !ended_) {
      const std::string_view argument = args_[next_++];
      if (argument.starts_with("--"))
        long_option(argument);
      else if (argument.starts_with('-') && argument.size() > 1)
        cluster(argument.substr(1));
      else if (argument == "+f" && next_ < args_.size())
        add(kGivenTooItem, args_[next_++]);
      else if (argument == "+f")
        fail(argument);
      else
        add(kOperandItem, argument);
    }
    return std::move(result_);
  }

 private:
  static const OptionSpec* find_short(char name) {
    for (const auto& group : {kTable.classic, kTable.info})
      for (const OptionSpec& option : group)
        if (option.short_name == name) return &option;
    return nullptr;
  }
  static const OptionSpec* find_long(std::string_view name) {
    for (const auto& group : {kTable.classic, kTable.own, kTable.info})
      for (const OptionSpec& option : group)
        if (option.long_name != nullptr && name == option.long_name) return &option;
    return nullptr;
  }

  void long_option(std::string_view argument) {
    const std::size_t equals = argument.find('=');
    const OptionSpec* option = find_long(argument.substr(2, equals - 2));
    const bool has_value = equals != std::string_view::npos;
    const bool takes_value = option != nullptr && option->argument != nullptr;
    if (takes_value && has_value)
      add(*option, argument.substr(equals + 1));
    else if (takes_value && next_ < args_.size() && option->id != kDecimals)
      add(*option, args_[next_++]);
    else if (option != nullptr && !takes_value && !has_value)
      add(*option, "");
    else
      fail(argument);
  }

  void cluster(std::string_view letters) {
    const bool alone = letters.size() == 1;
    for (const char letter : letters) {
      const OptionSpec* option = find_short(letter);
      if (option == nullptr) return fail(std::string("-").append(letters));
      if (option->argument == nullptr) {
        add(*option, "");
      } else if (letter == 'p') {
        add(*option, alone && partitions_of_next() ? args_[next_++] : "");
      } else if (alone && next_ < args_.size()) {
        add(*option, args_[next_++]);
      } else {
        return fail(std::string("-").append(letters));
      }
    }
  }

  bool partitions_of_next() const {
    if (next_ >= args_.size()) return false;
    const std::string_view next = args_[next_];
    return !next.starts_with('-') && !is_number(next);
  }

  void add(const OptionSpec& option, std::string_view value) {
    result_.items.push_back({&option, value});
    ended_ = option.ends_line;
  }
  void fail(std::string_view argument) {
    result_.error = "unrecognized option '" + std::string(argument) + "'";
  }

  std::span<const char* const> args_;
  std::size_t next_ = 0;
  bool ended_ = false;
  Arguments result_;
};

// "sda" of "/dev/sda", and of any link to it where that is on this machine.
std::string device_name(std::string text, bool is_this_machine) {
  constexpr std::string_view kDev = "/dev/";
  if (is_this_machine && text.starts_with('/')) {
    char real[PATH_MAX];
    if (realpath(text.c_str(), real) != nullptr && std::string_view(real).starts_with(kDev))
      text = real;
  }
  if (text.starts_with(kDev)) text.erase(0, kDev.size());
  return text;
}

// "ID" is /dev/disk/by-id.
std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = text.find(',');
    if (comma != 0 && !text.empty()) parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

class Applier {
 public:
  explicit Applier(IostatOptions& options) : options_(options) {}

  // False: this makes no sense; the usage says what does.
  bool apply(int id, const std::string& value) {
    switch (id) {
      case kPartitions:
        return partitions(value);
      case kPersistent:
        options_.persistent_names = lower_case(value);
        options_.pretty = true;
        return !value.empty();
      case kGivenOnly:
      case kGivenToo:
        options_.given_disks = value;
        options_.given_only = id == kGivenOnly;
        return !value.empty();
      case kGroup:
        options_.groups.push_back({value, {}});
        return !value.empty();
      case kDecimals:
        if (value.size() != 1 || value[0] < '0' || value[0] > '2') return false;
        options_.decimals = value[0] - '0';
        return true;
      case kFormat:
        options_.sysstat_json = true;
        return value == "JSON";
      case kKilo:
        return unit(DiskUnit::kKilobytes);
      case kMega:
        return unit(DiskUnit::kMegabytes);
      case kGiga:
        return unit(DiskUnit::kGigabytes);
      case kOperand:
        return is_number(value) ? number(value) : device(value);
      default:
        flag(id);
        return true;
    }
  }

  // What can only be told at the end of the line.
  bool finish(bool posixly_correct) {
    IostatOptions& o = options_;
    if (only_cpu_ || only_disks_) {
      o.cpu = only_cpu_;
      o.disks = only_disks_;
    }
    // Asking for devices is asking for their report.
    o.disks = o.disks || o.extended || o.names_devices() || o.partitions || !o.groups.empty();
    if (!unit_is_set_ && posixly_correct) o.unit = DiskUnit::kSectors;
    o.sysroots = split(o.view.sysroot);
    resolve(o.devices);
    resolve(o.partitioned);
    for (DiskGroup& group : o.groups) resolve(group.members);
    if (o.totals_only && o.groups.empty()) return false;
    return !(o.count && !o.interval);
  }

 private:
  void flag(int id) {
    struct Flag {
      int id;
      bool IostatOptions::*member;
    };
    static constexpr Flag kFlags[] = {
        {kHuman, &IostatOptions::human},          {kHuman, &IostatOptions::pretty},
        {kHumanOnly, &IostatOptions::human},      {kPretty, &IostatOptions::pretty},
        {kCompact, &IostatOptions::compact},      {kExtended, &IostatOptions::extended},
        {kShort, &IostatOptions::short_form},     {kMapper, &IostatOptions::mapper_names},
        {kTotals, &IostatOptions::totals_only},   {kTime, &IostatOptions::timestamps},
        {kEpoch, &IostatOptions::timestamps},     {kEpoch, &IostatOptions::epoch},
        {kSkipFirst, &IostatOptions::omit_first}, {kActive, &IostatOptions::active_only},
        {kLimits, &IostatOptions::limits},
    };
    for (const Flag& entry : kFlags)
      if (entry.id == id) options_.*entry.member = true;
    only_cpu_ = only_cpu_ || id == kCpu;
    only_disks_ = only_disks_ || id == kDisks;
  }

  void resolve(std::vector<std::string>& names) const {
    for (std::string& name : names) name = device_name(std::move(name), options_.sysroots.empty());
  }

  bool unit(DiskUnit unit) {
    if (unit_is_set_ && options_.unit != unit) return false;
    unit_is_set_ = true;
    options_.unit = unit;
    return true;
  }

  // Without a value, or with ALL: of all devices; ALL also of those that were never used.
  bool partitions(const std::string& value) {
    options_.partitions = options_.partitions || value.empty();
    for (const std::string& name : split(value)) {
      if (name == "ALL")
        options_.partitions = options_.all = true;
      else
        options_.partitioned.push_back(name);
    }
    return true;
  }

  bool device(const std::string& value) {
    const bool everything = value == "ALL";
    options_.all = options_.all || everything;
    if (!options_.groups.empty())
      options_.groups.back().members.push_back(value);
    else if (!everything)
      options_.devices.push_back(value);
    return true;
  }

  // The interval, then the count. An interval of 0 is a single report.
  bool number(const std::string& text) {
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value > kLongest) return false;
    if (!interval_is_set_) {
      interval_is_set_ = true;
      if (value > 0) options_.interval = std::chrono::seconds(value);
      return true;
    }
    if (options_.count || value < 1) return false;
    options_.count = value;
    return true;
  }

  static constexpr long kLongest = 1'000'000'000;
  IostatOptions& options_;
  bool only_cpu_ = false;
  bool only_disks_ = false;
  bool unit_is_set_ = false;
  bool interval_is_set_ = false;
};

}  // namespace

const OptionTable& iostat_option_table() { return kTable; }

std::optional<IostatOptions> parse_iostat_options(Environment& environment, int& status) {
  IostatOptions options;
  options.iso_time =
      environment.time_format != nullptr && std::string_view(environment.time_format) == "ISO";
  options.plain_locale = environment.plain_locale;
  Applier applier(options);
  const auto apply = [&](int id, const std::string& value) -> std::optional<int> {
    if (!applier.apply(id, value)) return usage_error(kTable, environment);
    return std::nullopt;
  };
  const ParsedLine line =
      apply_arguments(kTable, environment, options.view, apply,
                      Scanner(environment.args.subspan(environment.args.empty() ? 0 : 1)).run());
  if (line.exit_status) {
    status = *line.exit_status;
    return std::nullopt;
  }
  if (!applier.finish(environment.posixly_correct)) {
    status = usage_error(kTable, environment);
    return std::nullopt;
  }
  return options;
}

}  // namespace cvtools
