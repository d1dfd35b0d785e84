// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "top/field_values.hpp"
#include "top/fields.hpp"
#include "top/names.hpp"

namespace cvtools::top {
namespace {

// NOLINTNEXTLINE(readability-identifier-length): 82 rows of them
#define CV_VALUE(...)                                         \
  [](const cv_task& t, const FieldContext& c) -> FieldValue { \
    static_cast<void>(t);                                     \
    static_cast<void>(c);                                     \
    return __VA_ARGS__;                                       \
  }

template <typename Number>
std::int64_t i(Number number) {
  return static_cast<std::int64_t>(number);
}
std::string_view user(const FieldContext& context, std::uint32_t uid) {
  return context.names->user(uid);
}
std::string_view group(const FieldContext& context, std::uint32_t gid) {
  return context.names->group(gid);
}
// Where the total is not known, a share of it is not either.
FieldValue mem_pct(const cv_task& task, const FieldContext& context) {
  if (context.total_bytes == 0) return std::monostate{};
  return static_cast<double>(task.resident_bytes) / static_cast<double>(context.total_bytes) * 100;
}
std::string_view text_or_dash(const char* text) { return *text != '\0' ? text : "-"; }
std::string_view wait_channel(const cv_task& task) {
  const std::string_view channel = task.details->wait_channel;
  return channel.empty() || channel == "0" ? "-" : channel;
}
// The kernel's "none" is all ones.
std::int64_t login_uid(const cv_task& task) {
  return static_cast<std::int32_t>(task.details->login_uid);
}
// In a cgroup namespace of its own a container does not see what it is called: its tasks' paths are
// "/" there, and only those of others begin with "/..".
bool is_own(const cv_task& task, const FieldContext& context, std::string_view engine) {
  return context.engine == engine &&
         std::string_view(task.details->cgroups).find(":/..") == std::string_view::npos;
}
std::string lxc(const cv_task& task, const FieldContext& context) {
  std::string name = lxc_name(task.details->cgroups);
  return name == "-" && is_own(task, context, "lxc") ? std::string(context.container_id) : name;
}
std::string docker(const cv_task& task, const FieldContext& context) {
  constexpr std::size_t kShown = 12;
  std::string id = docker_id(task.details->cgroups);
  if (id != "-" || !is_own(task, context, "docker")) return id;
  return std::string(context.container_id.substr(0, kShown));
}
// Of the CPU that it ran on last.
FieldValue numa_node(const cv_task& task, const FieldContext& context) {
  const cv_cpu_place* place = place_of(context.cpu_places, task.processor);
  if (place == nullptr || (place->valid & CV_CPU_PLACE_NODE) == 0) return std::monostate{};
  return std::int64_t{place->node};
}
// When the container had lived for how long; on the host since boot.
FieldValue started(const cv_task& task, const FieldContext& context) {
  if (context.uptime_nsec < 0) return std::monostate{};
  const std::int64_t origin = context.boottime_nsec - context.uptime_nsec;
  return std::max<std::int64_t>(0, task.start_nsec - origin);
}

constexpr FieldSpec kTable[] = {
    {FieldId::kPid, "PID", "pid", "process or thread", 5, true, FieldFormat::kInteger, 0,
     CV_VALUE(i(t.pid)), true},
    {FieldId::kPpid, "PPID", "parent_pid", "its parent", 5, true, FieldFormat::kInteger, 0,
     CV_VALUE(i(t.parent_pid))},
    {FieldId::kUid, "UID", "uid", "effective user, number", 5, true, FieldFormat::kInteger,
     CV_TASK_OWNER, CV_VALUE(i(t.effective_uid))},
    {FieldId::kUser, "USER", "user", "effective user", 8, false, FieldFormat::kText, CV_TASK_OWNER,
     CV_VALUE(user(c, t.effective_uid)), true},
    {FieldId::kRuid, "RUID", "real_uid", "real user, number", 5, true, FieldFormat::kInteger,
     CV_TASK_STATUS, CV_VALUE(i(t.details->real_uid))},
    {FieldId::kRuser, "RUSER", "real_user", "real user", 8, false, FieldFormat::kText,
     CV_TASK_STATUS, CV_VALUE(user(c, t.details->real_uid))},
    {FieldId::kSuid, "SUID", "saved_uid", "saved user, number", 5, true, FieldFormat::kInteger,
     CV_TASK_STATUS, CV_VALUE(i(t.details->saved_uid))},
    {FieldId::kSuser, "SUSER", "saved_user", "saved user", 8, false, FieldFormat::kText,
     CV_TASK_STATUS, CV_VALUE(user(c, t.details->saved_uid))},
    {FieldId::kGid, "GID", "gid", "effective group, number", 5, true, FieldFormat::kInteger,
     CV_TASK_OWNER, CV_VALUE(i(t.effective_gid))},
    {FieldId::kGroup, "GROUP", "group", "effective group", 8, false, FieldFormat::kText,
     CV_TASK_OWNER, CV_VALUE(group(c, t.effective_gid))},
    {FieldId::kPgrp, "PGRP", "process_group", "process group", 5, true, FieldFormat::kInteger, 0,
     CV_VALUE(i(t.process_group))},
    {FieldId::kTty, "TTY", "tty", "terminal", 8, false, FieldFormat::kText, 0,
     CV_VALUE(std::string(c.names->terminal(t.terminal)))},
    {FieldId::kTpgid, "TPGID", "tty_process_group", "terminal's process group", 5, true,
     FieldFormat::kInteger, 0, CV_VALUE(i(t.terminal_group))},
    {FieldId::kSid, "SID", "session", "session", 5, true, FieldFormat::kInteger, 0,
     CV_VALUE(i(t.session))},
    {FieldId::kPr, "PR", "priority", "priority", 3, true, FieldFormat::kPriority, 0,
     CV_VALUE(i(t.priority)), true},
    {FieldId::kNi, "NI", "nice", "nice value", 3, true, FieldFormat::kAmount, 0,
     CV_VALUE(i(t.nice)), true},
    {FieldId::kNth, "nTH", "threads", "threads", 3, true, FieldFormat::kCount, 0,
     CV_VALUE(i(t.thread_count))},
    {FieldId::kP, "P", "last_cpu", "CPU it ran on last", 1, true, FieldFormat::kInteger, 0,
     CV_VALUE(i(t.processor))},
    {FieldId::kCpu, "%CPU", "cpu_pct", "share of a CPU", 5, true, FieldFormat::kPercent, 0,
     CV_VALUE(cpu_pct(t, c)), true},
    {FieldId::kTime, "TIME", "time_seconds", "CPU time", 6, true, FieldFormat::kMinutes, 0,
     CV_VALUE(cpu_nsec(t, c))},
    {FieldId::kTimePlus, "TIME+", "time_seconds", "CPU time to 1/100 s", 9, true,
     FieldFormat::kHundredths, 0, CV_VALUE(cpu_nsec(t, c)), true},
    {FieldId::kMem, "%MEM", "mem_pct", "share of memory (RES)", 5, true, FieldFormat::kPercent, 0,
     CV_VALUE(mem_pct(t, c)), true},
    {FieldId::kVirt, "VIRT", "virt_bytes", "address space", 7, true, FieldFormat::kMemory, 0,
     CV_VALUE(i(t.virtual_bytes)), true},
    {FieldId::kSwap, "SWAP", "swap_bytes", "swapped out", 6, true, FieldFormat::kMemory,
     CV_TASK_STATUS, CV_VALUE(i(t.details->swap_bytes))},
    {FieldId::kRes, "RES", "res_bytes", "resident memory", 6, true, FieldFormat::kMemory, 0,
     CV_VALUE(i(t.resident_bytes)), true},
    {FieldId::kCode, "CODE", "code_bytes", "program text", 6, true, FieldFormat::kMemory,
     CV_TASK_STATM, CV_VALUE(i(t.code_bytes))},
    {FieldId::kData, "DATA", "data_bytes", "data and stack", 7, true, FieldFormat::kMemory,
     CV_TASK_STATM, CV_VALUE(i(t.data_bytes))},
    {FieldId::kShr, "SHR", "shr_bytes", "shared memory", 6, true, FieldFormat::kMemory,
     CV_TASK_STATM, CV_VALUE(i(t.shared_bytes)), true},
    {FieldId::kNmaj, "nMaj", "major_faults", "major faults", 4, true, FieldFormat::kCount, 0,
     CV_VALUE(i(t.major_faults))},
    {FieldId::kNmin, "nMin", "minor_faults", "minor faults", 4, true, FieldFormat::kCount, 0,
     CV_VALUE(i(t.minor_faults))},
    {FieldId::kNdrt, "nDRT", "dirty_pages", "dirty pages (always 0)", 4, true, FieldFormat::kCount,
     0, CV_VALUE(i(0))},
    {FieldId::kS, "S", "state", "state", 1, false, FieldFormat::kText, 0,
     CV_VALUE(std::string(1, t.state)), true},
    {FieldId::kCommand, "COMMAND", "command", "name or command line", 0, false, FieldFormat::kText,
     0, CV_VALUE(command_of(t, c)), true},
    {FieldId::kWchan, "WCHAN", "wait_channel", "sleeps in", 10, false, FieldFormat::kText,
     CV_TASK_WCHAN, CV_VALUE(wait_channel(t))},
    {FieldId::kFlags, "Flags", "flags", "kernel flags", 8, false, FieldFormat::kFlags, 0,
     CV_VALUE(i(t.kernel_flags))},
    {FieldId::kCgroups, "CGROUPS", "cgroups", "control groups", 0, false, FieldFormat::kText,
     CV_TASK_CGROUP, CV_VALUE(cgroups_text(t.details->cgroups))},
    {FieldId::kSupgids, "SUPGIDS", "supplementary_gids", "further groups, numbers", 0, false,
     FieldFormat::kText, CV_TASK_STATUS, CV_VALUE(group_names(t.details->groups, nullptr))},
    {FieldId::kSupgrps, "SUPGRPS", "supplementary_groups", "further groups", 0, false,
     FieldFormat::kText, CV_TASK_STATUS, CV_VALUE(group_names(t.details->groups, c.names))},
    {FieldId::kTgid, "TGID", "thread_group", "process of a thread", 5, true, FieldFormat::kInteger,
     0, CV_VALUE(i(t.process_pid))},
    {FieldId::kOoma, "OOMa", "oom_score_adjustment", "OOM adjustment", 5, true,
     FieldFormat::kAmount, CV_TASK_OOM, CV_VALUE(i(t.details->oom_score_adjustment))},
    {FieldId::kOoms, "OOMs", "oom_score", "OOM score", 4, true, FieldFormat::kAmount, CV_TASK_OOM,
     CV_VALUE(i(t.details->oom_score))},
    {FieldId::kEnviron, "ENVIRON", "environment", "environment", 0, false, FieldFormat::kText,
     CV_TASK_ENVIRON, CV_VALUE(text_or_dash(t.details->environment))},
    {FieldId::kVmj, "vMj", "major_faults_delta", "major faults since", 3, true, FieldFormat::kCount,
     0, CV_VALUE(i(t.major_faults_delta))},
    {FieldId::kVmn, "vMn", "minor_faults_delta", "minor faults since", 3, true, FieldFormat::kCount,
     0, CV_VALUE(i(t.minor_faults_delta))},
    {FieldId::kUsed, "USED", "used_bytes", "resident and swapped", 6, true, FieldFormat::kMemory,
     CV_TASK_STATUS, CV_VALUE(i(t.details->resident_bytes + t.details->swap_bytes))},
    {FieldId::kNsIpc, "nsIPC", "namespace_ipc", "IPC namespace", 10, true, FieldFormat::kInteger,
     CV_TASK_NAMESPACES, CV_VALUE(i(t.details->namespaces[CV_NAMESPACE_IPC]))},
    {FieldId::kNsMnt, "nsMNT", "namespace_mnt", "mount namespace", 10, true, FieldFormat::kInteger,
     CV_TASK_NAMESPACES, CV_VALUE(i(t.details->namespaces[CV_NAMESPACE_MNT]))},
    {FieldId::kNsNet, "nsNET", "namespace_net", "network namespace", 10, true,
     FieldFormat::kInteger, CV_TASK_NAMESPACES,
     CV_VALUE(i(t.details->namespaces[CV_NAMESPACE_NET]))},
    {FieldId::kNsPid, "nsPID", "namespace_pid", "PID namespace", 10, true, FieldFormat::kInteger,
     CV_TASK_NAMESPACES, CV_VALUE(i(t.details->namespaces[CV_NAMESPACE_PID]))},
    {FieldId::kNsUser, "nsUSER", "namespace_user", "user namespace", 10, true,
     FieldFormat::kInteger, CV_TASK_NAMESPACES,
     CV_VALUE(i(t.details->namespaces[CV_NAMESPACE_USER]))},
    {FieldId::kNsUts, "nsUTS", "namespace_uts", "host name namespace", 10, true,
     FieldFormat::kInteger, CV_TASK_NAMESPACES,
     CV_VALUE(i(t.details->namespaces[CV_NAMESPACE_UTS]))},
    {FieldId::kLxc, "LXC", "lxc", "LXC container", 8, false, FieldFormat::kText, CV_TASK_CGROUP,
     CV_VALUE(lxc(t, c))},
    {FieldId::kRsan, "RSan", "res_anonymous_bytes", "resident, anonymous", 6, true,
     FieldFormat::kMemory, CV_TASK_STATUS, CV_VALUE(i(t.details->anonymous_bytes))},
    {FieldId::kRsfd, "RSfd", "res_file_bytes", "resident, of files", 6, true, FieldFormat::kMemory,
     CV_TASK_STATUS, CV_VALUE(i(t.details->file_bytes))},
    {FieldId::kRslk, "RSlk", "res_locked_bytes", "locked in memory", 6, true, FieldFormat::kMemory,
     CV_TASK_STATUS, CV_VALUE(i(t.details->locked_bytes))},
    {FieldId::kRssh, "RSsh", "res_shared_bytes", "resident, shared", 6, true, FieldFormat::kMemory,
     CV_TASK_STATUS, CV_VALUE(i(t.details->shmem_bytes))},
    {FieldId::kCgname, "CGNAME", "cgroup_name", "named control group", 0, false, FieldFormat::kText,
     CV_TASK_CGROUP, CV_VALUE(cgroup_name(t.details->cgroups))},
    {FieldId::kNu, "NU", "numa_node", "NUMA node of P", 2, true, FieldFormat::kInteger, 0,
     CV_VALUE(numa_node(t, c))},
    {FieldId::kLogid, "LOGID", "login_uid", "login user, number", 5, true, FieldFormat::kInteger,
     CV_TASK_LOGIN, CV_VALUE(login_uid(t))},
    {FieldId::kExe, "EXE", "executable", "program file", 0, false, FieldFormat::kText, CV_TASK_EXE,
     CV_VALUE(text_or_dash(t.details->executable))},
    {FieldId::kRss, "RSS", "rss_bytes", "resident (smaps)", 6, true, FieldFormat::kMemory,
     CV_TASK_SMAPS, CV_VALUE(i(t.details->rss_bytes))},
    {FieldId::kPss, "PSS", "pss_bytes", "resident, shares divided", 6, true, FieldFormat::kMemory,
     CV_TASK_SMAPS, CV_VALUE(i(t.details->pss_bytes))},
    {FieldId::kPsan, "PSan", "pss_anonymous_bytes", "PSS, anonymous", 6, true, FieldFormat::kMemory,
     CV_TASK_SMAPS, CV_VALUE(i(t.details->pss_anonymous_bytes))},
    {FieldId::kPsfd, "PSfd", "pss_file_bytes", "PSS, of files", 6, true, FieldFormat::kMemory,
     CV_TASK_SMAPS, CV_VALUE(i(t.details->pss_file_bytes))},
    {FieldId::kPssh, "PSsh", "pss_shared_bytes", "PSS, shared", 6, true, FieldFormat::kMemory,
     CV_TASK_SMAPS, CV_VALUE(i(t.details->pss_shmem_bytes))},
    {FieldId::kUss, "USS", "uss_bytes", "resident, not shared", 6, true, FieldFormat::kMemory,
     CV_TASK_SMAPS, CV_VALUE(i(t.details->unique_bytes))},
    {FieldId::kIor, "ioR", "io_read_bytes", "bytes read", 6, true, FieldFormat::kMemory, CV_TASK_IO,
     CV_VALUE(i(t.details->read_bytes))},
    {FieldId::kIorop, "ioRop", "io_read_calls", "read calls", 5, true, FieldFormat::kCount,
     CV_TASK_IO, CV_VALUE(i(t.details->read_calls))},
    {FieldId::kIow, "ioW", "io_written_bytes", "bytes written", 6, true, FieldFormat::kMemory,
     CV_TASK_IO, CV_VALUE(i(t.details->written_bytes))},
    {FieldId::kIowop, "ioWop", "io_write_calls", "write calls", 5, true, FieldFormat::kCount,
     CV_TASK_IO, CV_VALUE(i(t.details->write_calls))},
    {FieldId::kAgid, "AGID", "autogroup", "autogroup", 5, true, FieldFormat::kInteger,
     CV_TASK_AUTOGROUP, CV_VALUE(i(t.details->autogroup))},
    {FieldId::kAgni, "AGNI", "autogroup_nice", "autogroup's nice value", 4, true,
     FieldFormat::kAmount, CV_TASK_AUTOGROUP, CV_VALUE(i(t.details->autogroup_nice))},
    {FieldId::kStarted, "STARTED", "started_seconds", "started, since boot", 7, true,
     FieldFormat::kMinutes, 0, CV_VALUE(started(t, c))},
    {FieldId::kElapsed, "ELAPSED", "elapsed_seconds", "time since its start", 7, true,
     FieldFormat::kHours, 0, CV_VALUE(i(c.boottime_nsec - t.start_nsec))},
    {FieldId::kCuu, "%CUU", "utilization_pct", "CPU time over age", 6, true, FieldFormat::kRatio, 0,
     CV_VALUE(utilization_pct(t, c, false))},
    {FieldId::kCuc, "%CUC", "utilization_with_children_pct", "same, with children", 7, true,
     FieldFormat::kRatio, 0, CV_VALUE(utilization_pct(t, c, true))},
    {FieldId::kNsCgroup, "nsCGROUP", "namespace_cgroup", "cgroup namespace", 10, true,
     FieldFormat::kInteger, CV_TASK_NAMESPACES,
     CV_VALUE(i(t.details->namespaces[CV_NAMESPACE_CGROUP]))},
    {FieldId::kNsTime, "nsTIME", "namespace_time", "time namespace", 10, true,
     FieldFormat::kInteger, CV_TASK_NAMESPACES,
     CV_VALUE(i(t.details->namespaces[CV_NAMESPACE_TIME]))},
    {FieldId::kCls, "CLS", "scheduling_class", "scheduling class", 3, false, FieldFormat::kText, 0,
     CV_VALUE(class_name(t.policy))},
    {FieldId::kDocker, "Docker", "docker_id", "Docker container", 8, false, FieldFormat::kText,
     CV_TASK_CGROUP, CV_VALUE(docker(t, c))},
    {FieldId::kNfd, "nFD", "open_files", "open files", 3, true, FieldFormat::kCount, CV_TASK_FILES,
     CV_VALUE(i(t.details->open_files))},
    {FieldId::kWait, "WAIT%", "wait_pct", "share waited for a CPU", 5, true, FieldFormat::kPercent,
     CV_TASK_WAIT, CV_VALUE(wait_pct(t, c))},
};
static_assert(std::size(kTable) == kFieldCount);

#undef CV_VALUE

constexpr bool in_order() {
  for (std::size_t n = 0; n < kFieldCount; ++n)
    if (static_cast<std::size_t>(kTable[n].id) != n) return false;
  return true;
}
static_assert(in_order(), "a row's place is its id");

}  // namespace

const cv_cpu_place* place_of(std::span<const cv_cpu_place> places, std::uint32_t cpu) {
  for (const cv_cpu_place& place : places)
    if (place.cpu == cpu) return &place;
  return nullptr;
}

std::span<const FieldSpec> field_table() { return kTable; }

const FieldSpec& spec_of(FieldId id) { return kTable[static_cast<std::size_t>(id)]; }

std::optional<FieldId> field_named(std::string_view name) {
  for (const FieldSpec& spec : kTable)
    if (name == spec.name) return spec.id;
  return std::nullopt;
}

std::uint32_t files_of(FieldId id, bool command_line) {
  if (id == FieldId::kCommand && command_line) return CV_TASK_CMDLINE;
  // stat has it too, but not exactly.
  if (id == FieldId::kRes || id == FieldId::kMem) return CV_TASK_STATM;
  return spec_of(id).files;
}

FieldValue value_of(const FieldSpec& spec, const cv_task& task, const FieldContext& context) {
  if ((spec.files & ~task.read) != 0) return std::monostate{};
  return spec.value(task, context);
}

double number_value(const cv_task& task, const FieldSpec& spec, const FieldContext& context) {
  const FieldValue value = value_of(spec, task, context);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return -1;
}

std::string text_value(const cv_task& task, const FieldSpec& spec, const FieldContext& context) {
  const FieldValue value = value_of(spec, task, context);
  if (const auto* view = std::get_if<std::string_view>(&value)) return std::string(*view);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return {};
}

}  // namespace cvtools::top
