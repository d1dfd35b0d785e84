// SPDX-License-Identifier: Apache-2.0
#include <strings.h>

#include <csignal>
#include <cstring>

#include "common/formatted.hpp"
#include "common/number.hpp"
#include "top/actions.hpp"
#include "top/help.hpp"
#include "top/instant.hpp"

namespace cvtools::top {
namespace {

// Without a locale. "2,5" is what users of other languages type.
std::optional<double> to_seconds(std::string typed) {
  for (char& c : typed) {
    if (c == ',') c = '.';
  }
  const auto value = to_number<double>(typed);
  return value && is_delay(*value) ? value : std::nullopt;
}

// "15", "term", "SIGTERM".
std::optional<int> to_signal(const std::string& typed) {
  if (const std::optional<std::int64_t> number = to_integer(typed)) {
    if (*number < 1 || *number > SIGRTMAX) return {};
    return static_cast<int>(*number);
  }
  const bool prefixed = strncasecmp(typed.c_str(), "SIG", 3) == 0;
  const char* name = typed.c_str() + (prefixed ? 3 : 0);
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    const char* known = sigabbrev_np(signal);
    if (known != nullptr && strcasecmp(known, name) == 0) return signal;
  }
  return {};
}

// Asks for a task, the one in the first row unless another is typed, and goes on with it.
void ask_for_pid(Turn& turn, const char* purpose, char history,
                 std::function<void(Turn& turn, std::int32_t pid)> go_on) {
  if (turn.shown.row_count() == 0) return;
  const std::int32_t chosen = turn.shown.pid(first_row(turn));
  turn.session.ask(
      {.label = formatted("PID to {} [default pid = {}]", purpose, chosen), .history = history},
      [chosen, go_on = std::move(go_on)](Turn& answered, const std::string& typed) {
        const std::optional<std::int64_t> pid = typed.empty() ? chosen : to_integer(typed);
        if (!pid || *pid < 0 || *pid > INT32_MAX) {
          answered.session.say("Unacceptable integer");
          return;
        }
        // 0 would be a whole process group to the kernel; here it is top itself.
        go_on(answered,
              *pid == 0 ? answered.session.facts().own_pid : static_cast<std::int32_t>(*pid));
      });
}

void ask_for_signal(Turn& turn, std::int32_t pid) {
  turn.session.ask(
      {.label = formatted("Send pid {} signal [{}/sigterm]", pid, SIGTERM), .history = 'K'},
      [pid](Turn& answered, const std::string& typed) {
        const std::optional<int> signal = typed.empty() ? SIGTERM : to_signal(typed);
        if (signal) {
          answered.effects.emplace_back(KillEffect{pid, *signal});
        } else {
          answered.session.say("Invalid signal");
        }
      });
}

void ask_for_nice(Turn& turn, std::int32_t pid) {
  turn.session.ask({.label = formatted("Renice PID {} to value", pid), .history = 'R'},
                   [pid](Turn& answered, const std::string& typed) {
                     if (typed.empty()) return;
                     const std::optional<std::int64_t> nice = to_integer(typed);
                     if (nice && *nice >= -100 && *nice <= 100) {
                       answered.effects.emplace_back(ReniceEffect{pid, static_cast<int>(*nice)});
                     } else {
                       answered.session.say("Unacceptable integer");
                     }
                   });
}

}  // namespace

std::optional<std::int64_t> to_integer(std::string_view typed) {
  if (typed.starts_with('+')) typed.remove_prefix(1);
  return to_number<std::int64_t>(typed);
}

void quit(Turn& turn) { turn.effects.emplace_back(QuitEffect{}); }

void refresh(Turn& turn) {
  turn.effects.emplace_back(ClearEffect{});
  turn.effects.emplace_back(RefreshEffect{});
}

void show_help(Turn& turn) { turn.session.open(make_help()); }

void change_delay(Turn& turn) {
  turn.session.ask({.label = formatted("Change delay from {:.1f} to", turn.settings.delay_seconds),
                    .history = 'd'},
                   [](Turn& answered, const std::string& typed) {
                     if (typed.empty()) return;
                     if (const std::optional<double> seconds = to_seconds(typed)) {
                       answered.settings.delay_seconds = *seconds;
                     } else {
                       answered.session.say("Unacceptable floating point");
                     }
                   });
}

void kill_task(Turn& turn) { ask_for_pid(turn, "signal/kill", 'k', ask_for_signal); }
void renice_task(Turn& turn) { ask_for_pid(turn, "renice", 'r', ask_for_nice); }

void write_rc(Turn& turn) {
  if (!turn.session.facts().old_rc) {
    turn.effects.emplace_back(WriteRcEffect{});
    return;
  }
  turn.session.ask({.label = "saving prevents older top from reading, save anyway?",
                    .history = 0,
                    .one_key = true},
                   [](Turn& answered, const std::string& typed) {
                     if (typed == "y" || typed == "Y") {
                       answered.effects.emplace_back(WriteRcEffect{});
                     }
                   });
}

void toggle_threads(Turn& turn) {
  turn.settings.threads = !turn.settings.threads;
  turn.session.say(turn.settings.threads ? "Show threads On" : "Show threads Off");
}

}  // namespace cvtools::top
