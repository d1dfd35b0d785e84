// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <utility>

#include "common/formatted.hpp"
#include "top/actions.hpp"

namespace cvtools::top {
namespace {

// By bit, linux/capability.h.
constexpr std::array kCapabilities = std::to_array<const char*>({"chown",
                                                                 "dac_override",
                                                                 "dac_read_search",
                                                                 "fowner",
                                                                 "fsetid",
                                                                 "kill",
                                                                 "setgid",
                                                                 "setuid",
                                                                 "setpcap",
                                                                 "linux_immutable",
                                                                 "net_bind_service",
                                                                 "net_broadcast",
                                                                 "net_admin",
                                                                 "net_raw",
                                                                 "ipc_lock",
                                                                 "ipc_owner",
                                                                 "sys_module",
                                                                 "sys_rawio",
                                                                 "sys_chroot",
                                                                 "sys_ptrace",
                                                                 "sys_pacct",
                                                                 "sys_admin",
                                                                 "sys_boot",
                                                                 "sys_nice",
                                                                 "sys_resource",
                                                                 "sys_time",
                                                                 "sys_tty_config",
                                                                 "mknod",
                                                                 "lease",
                                                                 "audit_write",
                                                                 "audit_control",
                                                                 "setfcap",
                                                                 "mac_override",
                                                                 "mac_admin",
                                                                 "syslog",
                                                                 "wake_alarm",
                                                                 "block_suspend",
                                                                 "audit_read",
                                                                 "perfmon",
                                                                 "bpf",
                                                                 "checkpoint_restore"});

std::string capability_names(std::uint64_t mask) {
  std::string names;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    if ((mask >> bit & 1) == 0) continue;
    if (!names.empty()) names += ", ";
    names += bit < kCapabilities.size() ? kCapabilities[bit] : formatted("{}", bit);
  }
  return names.empty() ? "none" : names;
}

// Of the task in the first row.
void show_text(Turn& turn, Key key, const char* what, std::string text) {
  const std::size_t row = first_row(turn);
  turn.session.bottom().toggle(
      key, formatted("{} for pid {}, {}", what, turn.shown.pid(row), turn.shown.name(row)),
      std::move(text));
}

std::string known(const std::string& value) {
  return value.empty() || value == "-" ? "n/a" : value;
}

void show(Turn& turn, Key key, const char* what, FieldId field) {
  const std::size_t row = first_row(turn);
  if (row < turn.shown.row_count()) show_text(turn, key, what, known(turn.shown.value(row, field)));
}

}  // namespace

void show_capabilities(Turn& turn) {
  const std::size_t row = first_row(turn);
  if (row >= turn.shown.row_count()) return;
  const std::optional<std::uint64_t> mask = turn.shown.capabilities(row);
  show_text(turn, ctrl('a'), "capabilities", mask ? capability_names(*mask) : "n/a");
}

void show_cgroups(Turn& turn) { show(turn, ctrl('g'), "control groups", FieldId::kCgroups); }
void show_command_line(Turn& turn) { show(turn, ctrl('k'), "command line", FieldId::kCommand); }
void show_environment(Turn& turn) { show(turn, ctrl('n'), "environment", FieldId::kEnviron); }
void show_groups(Turn& turn) { show(turn, ctrl('u'), "supplementary groups", FieldId::kSupgrps); }

void show_namespaces(Turn& turn) {
  constexpr std::pair<const char*, FieldId> kKinds[] = {
      {"cgroup", FieldId::kNsCgroup}, {"ipc", FieldId::kNsIpc}, {"mnt", FieldId::kNsMnt},
      {"net", FieldId::kNsNet},       {"pid", FieldId::kNsPid}, {"time", FieldId::kNsTime},
      {"user", FieldId::kNsUser},     {"uts", FieldId::kNsUts}};
  const std::size_t row = first_row(turn);
  if (row >= turn.shown.row_count()) return;
  std::string text;
  for (const auto& [kind, field] : kKinds) {
    text +=
        formatted("{}{}: {}", text.empty() ? "" : ", ", kind, known(turn.shown.value(row, field)));
  }
  show_text(turn, ctrl('p'), "namespaces", std::move(text));
}

void show_messages(Turn& turn) {
  std::string text;
  for (const std::string& message : turn.session.messages()) {
    text += (text.empty() ? "" : "; ") + message;
  }
  turn.session.bottom().toggle(
      ctrl('l'), "message log, last 10 messages:", text.empty() ? "none" : std::move(text));
}

void turn_details_page(Turn& turn) { turn.session.bottom().turn_page(); }

}  // namespace cvtools::top
