// SPDX-License-Identifier: Apache-2.0
// All parsers of kernel text in one target: the first byte says which, the rest is the text. It
// ends where the memory ends, so that reading on is found. tests/fuzz/check_targets.py sees to it
// that none is missing.
#include <cmath>
#include <iostream>
#include <iterator>

#include "base/text.hpp"
#include "cgroup/engine.hpp"
#include "history/format.hpp"
#include "kernel/cgroup_files.hpp"
#include "kernel/cpu_list.hpp"
#include "kernel/disk_files.hpp"
#include "kernel/io_files.hpp"
#include "kernel/meminfo.hpp"
#include "kernel/pressure.hpp"
#include "kernel/proc_cgroup.hpp"
#include "kernel/proc_loadavg.hpp"
#include "kernel/proc_mountinfo.hpp"
#include "kernel/proc_pid_stat.hpp"
#include "kernel/proc_stat.hpp"
#include "kernel/proc_task_files.hpp"
#include "kernel/proc_task_stat.hpp"
#include "kernel/proc_vmstat.hpp"
#include "kernel/slabinfo.hpp"
#include "kernel/timens.hpp"
#include "kernel/users.hpp"
#include "places.hpp"
#include "require.hpp"

namespace fuzz {
namespace {

using namespace cv;

void require_good(const Error& error, std::string_view text) {
  const auto ends = std::count(text.begin(), text.end(), '\n');
  require(error.kind == ErrorKind::kMalformed, "a parser's error is Malformed", error.message());
  require(error.path.empty(), "a parser knows no path", error.path);
  require(!error.reason.empty(), "an error has a reason");
  require(error.line <= static_cast<std::uint32_t>(ends) + 1, "the line is one of the text's",
          error.message());
}
template <typename T>
void require_good(const Result<T>& result, std::string_view text) {
  if (!result) require_good(result.error(), text);
}
template <typename T>
void require_good(const Parsed<T>& parsed, std::string_view text) {
  if (parsed.error) require_good(*parsed.error, text);
}
template <typename T>
void require_good(const T&, std::string_view) {}

// Nothing more is known than that errors are well made.
template <auto kParse>
void only(std::string_view text) {
  require_good(kParse(text), text);
}

// A number is read as it is printed.
template <auto kParse>
void number(std::string_view text) {
  const auto result = kParse(text);
  require_good(result, text);
  if (!result) return;
  const auto again = kParse(std::to_string(*result) + "\n");
  require(again && *again == *result, "a number is read as it is printed", text);
}

void limit(std::string_view text) {
  for (const auto& result : {parse_max(text), parse_v1_memory_limit(text)}) {
    require_good(result, text);
    if (result && result->limited) {
      const auto plain = parse_number(text);
      require(plain && *plain == result->value, "a limit is its number", text);
    }
  }
}

void numbers(std::string_view text) {
  const auto all = parse_numbers(text);
  require_good(all, text);
  const auto one = parse_number(text);
  if (one) require(all && all->size() == 1 && all->front() == *one, "one number is a list", text);
  if (all) require(all->size() <= text.size() / 2 + 1, "no more numbers than text", text);
}

void cpu_max(std::string_view text) {
  const auto quota = parse_cpu_max(text);
  require_good(quota, text);
  if (!quota) return;
  require(quota->period_usec != 0, "no period is zero", text);
  require(!quota->limited || (quota->quota_usec != 0 && std::isfinite(quota->cpus())),
          "a quota is a number of CPUs", text);
}

void cfs_quota(std::string_view text) {
  const auto quota = parse_cfs_quota(text);
  require_good(quota, text);
  if (quota && *quota) require(**quota != 0, "no quota is zero", text);
}

void cfs_period(std::string_view text) {
  const auto period = parse_cfs_period(text);
  require_good(period, text);
  if (period) require(*period != 0, "no period is zero", text);
}

void decimal(std::string_view text) {
  const auto value = parse_decimal(text);
  if (value) require(std::isfinite(*value) && *value >= 0, "a decimal is a number", text);
}

void require_list(const CpuList& list, std::string_view text) {
  const auto again = CpuList::parse(list.to_string());
  require(again && again->to_string() == list.to_string(), "a list is read as printed", text);
  require(again->count() == list.count(), "and has as many CPUs", text);
  require(list.within(list).to_string() == list.to_string(), "a list is within itself", text);
  std::uint32_t visited = 0;
  if (list.count() < 5000)
    list.for_each([&](std::uint32_t cpu) {
      require(list.contains(cpu), "it contains what it lists", text);
      ++visited;
    });
  require(list.count() >= 5000 || visited == list.count(), "it lists as many as it counts", text);
  require(list.empty() == (list.count() == 0), "an empty one has none", text);
}

void cpu_list(std::string_view text) {
  const auto list = CpuList::parse(text);
  require_good(list, text);
  if (list) require_list(*list, text);
}

void affinity(std::string_view text) {
  const auto list = parse_affinity(text);
  require_good(list, text);
  if (list) require_list(*list, text);
}

void loadavg(std::string_view text) {
  const auto load = parse_loadavg(text);
  require_good(load, text);
  if (!load) return;
  for (const double average : {load->avg_1m, load->avg_5m, load->avg_15m})
    require(std::isfinite(average) && average >= 0, "an average is a number", text);
}

void pressure(std::string_view text) {
  const auto pressure = parse_pressure(text);
  require_good(pressure, text);
  if (!pressure) return;
  require(pressure->some || pressure->full, "there is a line", text);
  for (const auto& line : {pressure->some, pressure->full}) {
    if (!line) continue;
    for (const double average : {line->avg10_pct, line->avg60_pct, line->avg300_pct})
      require(std::isfinite(average) && average >= 0, "an average is a number", text);
  }
}

void uptime(std::string_view text) {
  const auto seconds = parse_proc_uptime(text);
  require_good(seconds, text);
  if (seconds) require(*seconds >= 0 && *seconds <= 9e9, "its nanoseconds fit", text);
}

void proc_stat(std::string_view text) {
  const auto stat = parse_proc_stat(text);
  const auto cpus = parse_cpu_lines(text);
  require_good(stat, text);
  // The first line is that of all of them.
  if (stat) require(cpus.size() <= stat->cpu_count, "no CPU is made up", text);
}

// Whether it is as the kernel writes it, one blank between two: the quick parser takes more for a
// number than that, the other one more for a blank.
bool is_plain_stat(std::string_view text) {
  const std::size_t end = text.rfind(')');
  if (end == std::string_view::npos || end + 3 > text.size() || text[end + 1] != ' ') return false;
  std::string_view rest = text.substr(end + 1);
  if (rest.find('\t') != std::string_view::npos || rest.find("  ") != std::string_view::npos)
    return false;
  if (next_field(rest).size() != 1) return false;
  for (int field = 4; field <= 41; ++field) {
    const std::string_view value = next_field(rest);
    const bool is_signed = value.starts_with('-');
    if (is_signed ? !parse_i64(value).has_value() : !parse_u64(value).has_value()) return false;
  }
  return true;
}

void task_stat(std::string_view text) {
  const auto stat = parse_task_stat(text);
  const auto brief = parse_pid_stat(text);
  require_good(stat, text);
  require_good(brief, text);
  only<parse_is_real_time>(text);
  if (stat) require_within(stat->command, text, "a name is of the text");
  if (!is_plain_stat(text) || !brief || text.find('(') > text.rfind(')')) return;
  require(stat && stat->state == brief->state && stat->start_ticks == brief->start_ticks,
          "both parsers of stat agree", text);
  require(stat->thread_count == static_cast<std::uint32_t>(brief->num_threads),
          "also on its threads", text);
}

// Sizes are whole KiB, or the largest that can be told.
void require_kib(std::initializer_list<std::uint64_t> sizes, std::string_view text) {
  for (const std::uint64_t size : sizes)
    require(size % 1024 == 0 || size == UINT64_MAX, "a size is whole KiB", text);
}

void meminfo(std::string_view text) {
  const auto parsed = parse_meminfo(text);
  require_good(parsed, text);
  const Meminfo& info = parsed.value;
  require_kib({info.mem_total.value_or(0), info.mem_free.value_or(0), info.shmem.value_or(0),
               info.swap_total.value_or(0), info.committed_as.value_or(0)},
              text);
}

void task_status(std::string_view text) {
  const TaskStatus status = parse_task_status(text);
  require_kib({status.swap_bytes, status.resident_bytes, status.anonymous_bytes, status.file_bytes,
               status.shmem_bytes, status.locked_bytes},
              text);
  require(status.groups.size() <= text.size(), "groups are of the text", text);
  only<parse_thread_status>(text);
}

void smaps(std::string_view text) {
  const TaskMaps maps = parse_smaps_rollup(text);
  require_kib({maps.rss_bytes, maps.pss_bytes, maps.pss_anonymous_bytes, maps.pss_file_bytes,
               maps.pss_shmem_bytes, maps.unique_bytes},
              text);
}

void task_io(std::string_view text) {
  const auto io = parse_process_io(text);
  require_good(io, text);
  const TaskIo task = parse_task_io(text);
  // The key ends at a colon there, and at a blank here.
  if (text.find(": ") == std::string_view::npos || io.error) return;
  if (std::count(text.begin(), text.end(), ':') > 1) return;
  if (io.value.read_bytes) require(task.read_bytes == *io.value.read_bytes, "both agree", text);
}

void autogroup(std::string_view text) {
  const auto group = parse_autogroup(text);
  require_good(group, text);
  if (!group) return;
  if (trim(text).empty()) return require(group->id < 0, "no text, no autogroup", text);
  require(group->id >= 0, "an autogroup has a number", text);
  require(text.find(std::to_string(group->id)) != std::string_view::npos, "that of the text", text);
}

void diskstats(std::string_view text) {
  const auto disks = parse_diskstats(text);
  require_good(disks, text);
  for (const DiskLine& line : disks.value) {
    require(!line.name.empty() && line.name.find('!') == std::string::npos, "a disk has a name",
            text);
    require(parse_device_number(to_string(line.number)) == line.number,
            "a device number is read as printed", text);
  }
}

void device_number(std::string_view text) {
  const auto device = parse_device_number(text);
  if (device)
    require(parse_device_number(to_string(*device)) == device, "it is read as printed", text);
  require(device_name_of(text).size() == text.size(), "a name keeps its length", text);
}

template <auto kParse>
void rows(std::string_view text) {
  const auto parsed = kParse(text);
  require_good(parsed, text);
  require(parsed.value.size() <= text.size() / 3, "no more devices than text", text);
}

void cgroup(std::string_view text) {
  const auto parsed = parse_proc_cgroup(text);
  require_good(parsed, text);
  require(parsed.error || !parsed.value.entries.empty(), "nothing is an error", text);
  for (const CgroupMembership& entry : parsed.value.entries) {
    require(entry.path.starts_with('/'), "a path is absolute", text);
    require(entry.path == "/" || !entry.path.ends_with('/'), "and has no slash at its end", text);
    require(!entry.is_v2 || entry.controllers.empty(), "v2 names no controllers", text);
  }
}

void mountinfo(std::string_view text) {
  const auto parsed = parse_mountinfo(text);
  require_good(parsed, text);
  for (const MountLine& line : parsed.value) {
    for (const auto& part :
         {line.root, line.mount_point, line.fs_type, line.super_options, line.device})
      require_within(part, text, "a field is of the text");
    require(line.mount_point.starts_with('/'), "a mount point is absolute", text);
    require(unescape_mount(line.mount_point).size() <= line.mount_point.size(),
            "unescaping makes nothing longer", text);
  }
  const auto engine = engine_of_mounts(parsed.value);
  if (engine) require(!engine->engine.empty() && !engine->id.empty(), "an engine has names", text);
}

void engine(std::string_view text) {
  const auto engine = engine_of_path(text);
  if (!engine) return;
  require(text.starts_with(engine->path), "an engine's cgroup is an ancestor", text);
  require(!engine->engine.empty(), "an engine has a name", text);
  require(!engine->id.empty(), "and its container too", text);
}

void boottime_offset(std::string_view text) {
  const auto offset = parse_boottime_offset(text);
  require_good(offset, text);
}

void users(std::string_view text) {
  require(count_utmp_users(text) <= text.size() / 300, "no more users than records", text);
  is_user_session(text);
}

void history_name(std::string_view text) {
  const HistoryKey key = history_key_of(text);
  if (key.hierarchy != Hierarchy::kNone)
    require(history_key_of(key.file_name()) == key, "a name leads to its key", text);
}

struct Parser {
  const char* name;
  void (*run)(std::string_view text);
};
// The names are those of the seeds in make_corpus.py. Only ever add at the end: the committed
// regressions go by the number.
constexpr Parser kParsers[] = {
    {"limit", limit},
    {"number", number<parse_number>},
    {"numbers", numbers},
    {"cpu_max", cpu_max},
    {"cfs_quota", cfs_quota},
    {"cfs_period", cfs_period},
    {"cpu_stat", only<parse_cpu_stat>},
    {"cpuacct_stat", only<parse_cpuacct_stat>},
    {"memory_stat_v1", only<parse_memory_stat_v1>},
    {"memory_stat_v2", only<parse_memory_stat_v2>},
    {"memory_events", only<parse_memory_events>},
    {"controllers", [](std::string_view text) { has_controller(text, "memory"); }},
    {"cpu_list", cpu_list},
    {"affinity", affinity},
    {"decimal", decimal},
    {"loadavg", loadavg},
    {"pressure", pressure},
    {"uptime", uptime},
    {"proc_stat", proc_stat},
    {"task_stat", task_stat},
    {"schedstat", only<parse_schedstat>},
    {"process_of", only<parse_process_of>},
    {"task_status", task_status},
    {"statm", only<parse_statm>},
    {"smaps_rollup", smaps},
    {"task_io", task_io},
    {"autogroup", autogroup},
    {"namespace_link", only<parse_namespace_link>},
    {"meminfo", meminfo},
    {"vmstat", only<parse_proc_vmstat>},
    {"slabinfo", only<parse_slabinfo>},
    {"diskstats", diskstats},
    {"block_stat", only<parse_block_stat>},
    {"device_number", device_number},
    {"io_stat", rows<parse_io_stat>},
    {"io_max", rows<parse_io_max>},
    {"blkio_rows", rows<parse_blkio_rows>},
    {"blkio_values", rows<parse_blkio_values>},
    {"cgroup", cgroup},
    {"mountinfo", mountinfo},
    {"engine", engine},
    {"boottime_offset", boottime_offset},
    {"users", users},
    {"history_name", history_name},
    {"places", check_places},
};

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const fuzz::Parser& parser = fuzz::kParsers[input.byte() % std::size(fuzz::kParsers)];
  parser.run(input.rest());
  return 0;
}

// --list: the parsers by their numbers, for make_corpus.py.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc == 2 && std::string_view((*argv)[1]) == "--list") {
    for (const fuzz::Parser& parser : fuzz::kParsers) std::cout << parser.name << '\n';
    std::cout.flush();
    std::_Exit(0);
  }
  return 0;
}
