// SPDX-License-Identifier: Apache-2.0

#include <ctime>

#include "common/formatted.hpp"
#include "uptime/fields.hpp"
#include "uptime/render.hpp"

namespace cvtools {
namespace {

constexpr std::uint64_t kMinute = 60;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kWeek = 7 * kDay;
constexpr std::uint64_t kYear = 365 * kDay;
constexpr std::uint64_t kDecade = 10 * kYear;

using Clock = std::chrono::system_clock;

std::tm local_time(Clock::time_point time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  return local;
}

class Line {
 public:
  explicit Line(const UptimeReport& report)
      : report_(report),
        uptime_(figure<double>(kUptimeFields, report.uptime, CV_UPTIME_UPTIME)),
        users_(figure<std::uint64_t>(kUsersFields, report.users, CV_USERS_COUNT)) {}

  UptimeText render(UptimeFormat format) {
    switch (format) {
      case UptimeFormat::kPretty:
        out_.text = "up " + duration(pretty_duration);
        break;
      case UptimeFormat::kSince:
        out_.text = since();
        break;
      case UptimeFormat::kRaw:
        out_.text = raw();
        break;
      case UptimeFormat::kClassic:
        out_.text = classic();
        break;
    }
    out_.text += '\n';
    return std::move(out_);
  }

 private:
  std::string unknown(std::string_view sign) {
    out_.complete = false;
    return std::string(sign);
  }

  std::string duration(std::string (*words)(std::uint64_t)) {
    return uptime_ ? words(static_cast<std::uint64_t>(*uptime_)) : unknown("-");
  }

  std::string load(std::uint64_t bit) {
    const auto average = figure<double>(kLoadFields, report_.load, bit);
    return average ? formatted("{:.2f}", *average) : unknown("-");
  }

  std::string classic() {
    const std::tm now = local_time(report_.scope.time());
    std::string text = formatted(" {:02}:{:02}:{:02} up {}, ", now.tm_hour, now.tm_min, now.tm_sec,
                                 duration(classic_duration));
    text += users_ ? formatted("{:2} {}", *users_, *users_ == 1 ? "user" : "users")
                   : unknown("? users");
    text += formatted(",  load average: {}, {}, {}", load(CV_LOAD_AVG_1M), load(CV_LOAD_AVG_5M),
                      load(CV_LOAD_AVG_15M));
    return text;
  }

  std::string since() {
    if (!uptime_) return unknown("-");
    const std::tm local = local_time(start_time(report_.uptime.raw()));
    return formatted("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                     local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
  }

  // Seconds since 1970, uptime, users, load averages.
  std::string raw() {
    const auto now = std::chrono::floor<std::chrono::seconds>(report_.scope.time());
    return formatted("{} {} {} {} {} {}", now.time_since_epoch().count(),
                     uptime_ ? formatted("{:.6f}", *uptime_) : unknown("-"),
                     users_ ? formatted("{}", *users_) : unknown("-"), load(CV_LOAD_AVG_1M),
                     load(CV_LOAD_AVG_5M), load(CV_LOAD_AVG_15M));
  }

  const UptimeReport& report_;
  std::optional<double> uptime_;  // seconds
  std::optional<std::uint64_t> users_;
  UptimeText out_;
};

}  // namespace

std::string classic_duration(std::uint64_t seconds) {
  const std::uint64_t days = seconds / kDay;
  const std::uint64_t hours = seconds % kDay / kHour;
  const std::uint64_t minutes = seconds % kHour / kMinute;
  std::string text;
  if (days > 0) text = formatted("{} {}, ", days, days == 1 ? "day" : "days");
  text += hours > 0 ? formatted("{:2}:{:02}", hours, minutes) : formatted("{} min", minutes);
  return text;
}

std::string pretty_duration(std::uint64_t seconds) {
  struct Unit {
    std::uint64_t seconds;
    const char* name;
  };
  static constexpr Unit kUnits[] = {
      {kDecade, "decade"}, {kYear, "year"}, {kWeek, "week"}, {kDay, "day"}, {kHour, "hour"}};
  std::string text;
  for (const Unit& unit : kUnits) {
    const std::uint64_t count = seconds / unit.seconds;
    seconds %= unit.seconds;
    if (count > 0) text += formatted("{} {}{}, ", count, unit.name, count > 1 ? "s" : "");
  }
  const std::uint64_t minutes = seconds / kMinute;  // printed even when 0: "1 hour, 0 minute"
  return text + formatted("{} minute{}", minutes, minutes > 1 ? "s" : "");
}

UptimeText render_uptime_text(const UptimeReport& report, UptimeFormat format) {
  return Line(report).render(format);
}

}  // namespace cvtools
