// SPDX-License-Identifier: Apache-2.0
// Block I/O: a container's by device from its cgroup's files, the machine's from its disks'.
#include <algorithm>
#include <map>

#include "base/saturate.hpp"
#include "base/text.hpp"
#include "kernel/io_files.hpp"
#include "kernel/machine.hpp"
#include "snapshot/disk_names.hpp"
#include "snapshot/reader.hpp"
#include "snapshot/sampler.hpp"
#include "snapshot/threads.hpp"

namespace cv {
namespace {

using IoTable = std::map<DeviceNumber, Disk>;

void lower(std::optional<std::uint64_t>& limit, std::optional<std::uint64_t> other) {
  if (other) limit = std::min(limit.value_or(*other), *other);
}

void add(std::optional<std::uint64_t>& sum, std::optional<std::uint64_t> value) {
  if (value) sum = saturating_add(sum.value_or(0), *value);
}

// cgroup v2 -----------------------------------------------------------------------------------

bool read_io_stat(Reader& reader, const std::string& dir, IoTable& table) {
  const auto lines = reader.keyed(dir + "/io.stat", parse_io_stat);
  if (!lines) return false;
  for (const IoStatLine& line : *lines) {
    Disk& disk = table[line.number];
    if (!line.rbytes && !line.wbytes && !line.dbytes) continue;  // nothing was told: see the parser
    IoCounters& io = disk.io.of(IoSource::kIoStat);
    io.read = {line.rbytes, line.rios, {}, {}};
    io.write = {line.wbytes, line.wios, {}, {}};
    io.discard = {line.dbytes, line.dios, {}, {}};
  }
  return true;
}

// The boundary's limits and those of its ancestors: all of them hold.
void read_io_max(Reader& reader, const Location& location, const std::string& boundary,
                 DiskSample& sample, IoTable& table) {
  for (const std::string& dir : level_dirs(location)) {
    if (dir.size() > boundary.size()) continue;  // below it: not the container's as a whole
    const auto text = reader.root().read(dir + "/io.max");
    if (!text) {
      if (!text.error().absent()) {
        reader.note(text.error());
        sample.limits_known = false;
      }
      continue;
    }
    auto lines = parse_io_max(*text);
    if (lines.error) {
      lines.error->path = dir + "/io.max";
      reader.note(*lines.error);
      sample.limits_known = false;
    }
    for (const IoMaxLine& line : lines.value) {
      const auto at = table.find(line.number);
      if (at == table.end()) continue;
      IoLimits& limits = at->second.limits;
      lower(limits.rbps, line.rbps);
      lower(limits.wbps, line.wbps);
      lower(limits.riops, line.riops);
      lower(limits.wiops, line.wiops);
    }
  }
}

// cgroup v1 -----------------------------------------------------------------------------------

// A file of rows by device and direction, and where its values go.
struct BlkioFile {
  IoSource source;
  const char* name;
  std::optional<std::uint64_t> IoDirection::*member;
};
constexpr BlkioFile kBlkioFiles[] = {
    {IoSource::kThrottle, "blkio.throttle.io_service_bytes", &IoDirection::bytes},
    {IoSource::kThrottle, "blkio.throttle.io_serviced", &IoDirection::ios},
    {IoSource::kBfq, "blkio.bfq.io_service_bytes", &IoDirection::bytes},
    {IoSource::kBfq, "blkio.bfq.io_serviced", &IoDirection::ios},
    {IoSource::kCfq, "blkio.io_service_bytes", &IoDirection::bytes},
    {IoSource::kCfq, "blkio.io_serviced", &IoDirection::ios},
    {IoSource::kCfq, "blkio.io_merged", &IoDirection::merges},
    {IoSource::kCfq, "blkio.io_service_time", &IoDirection::wait_nsec},
    {IoSource::kCfq, "blkio.io_wait_time", &IoDirection::wait_nsec},
};

void add_rows(const BlkioFile& file, const std::vector<BlkioRow>& rows, IoTable& table) {
  for (const BlkioRow& row : rows) {
    IoCounters& io = table[row.number].io.of(file.source);
    add(io.read.*file.member, row.read);
    add(io.write.*file.member, row.write);
    add(io.discard.*file.member, row.discard);
  }
}

void add_busy_time(const std::vector<BlkioValue>& values, IoTable& table) {
  for (const BlkioValue& value : values) {
    if (IoCounters* io = table[value.number].io.find(IoSource::kCfq))
      add(io->busy_msec, value.value);
  }
}

// The files without "_recursive" count a cgroup's own tasks only: add the cgroups below up.
template <typename Visit>
void visit_subtree(Reader& reader, const std::string& dir, const Visit& visit) {
  visit(dir);
  if (const auto children = reader.root().list_directories(dir))
    for (const std::string& name : *children)
      visit_subtree(reader, std::string(dir).append("/").append(name), visit);
}

bool read_blkio_counters(Reader& reader, const std::string& dir, IoTable& table) {
  bool any = false;
  // The first file of a source tells whether the kernel has it, and devices: a file costs.
  bool has_rows[kIoSourceCount] = {};
  for (const BlkioFile& file : kBlkioFiles) {
    bool& has = has_rows[static_cast<std::size_t>(file.source)];
    const bool is_first = file.member == &IoDirection::bytes;
    if (!is_first && !has) continue;
    const std::string path = dir + "/" + file.name;
    const auto add = [&](const std::string& of) {
      const auto rows = reader.keyed(of, parse_blkio_rows);
      if (!rows) return false;
      has |= !rows->empty();
      add_rows(file, *rows, table);
      return true;
    };
    if (add(path + "_recursive")) {
      any = true;
      continue;
    }
    if (is_first && !reader.root().has_file(path)) continue;
    any = true;
    visit_subtree(reader, dir, [&](const std::string& below) { add(below + "/" + file.name); });
  }
  if (!has_rows[static_cast<std::size_t>(IoSource::kCfq)]) return any;
  if (auto values = reader.keyed(dir + "/blkio.time_recursive", parse_blkio_values))
    add_busy_time(*values, table);
  else if (auto own = reader.keyed(dir + "/blkio.time", parse_blkio_values))
    add_busy_time(*own, table);
  return any;
}

bool is_zero(const IoDirection& direction) { return direction.bytes.value_or(0) == 0; }

// Whether a device has a zero in this direction.
bool has_zero(const IoTable& table, IoDirection IoCounters::*direction) {
  return std::any_of(table.begin(), table.end(), [&](const auto& entry) {
    const IoBySource& io = entry.second.io;
    return std::any_of(io.begin(), io.end(),
                       [&](const auto& counted) { return is_zero(counted.second.*direction); });
  });
}

// v1 rules hold for the cgroup that has them, not for those below it. Where nobody asks for limits,
// those that may tell whether a zero is one.
void read_blkio_rules(Reader& reader, const std::string& dir, bool limits, IoTable& table) {
  if (table.empty()) return;
  struct Rule {
    const char* name;
    std::optional<std::uint64_t> IoLimits::*limit;
    bool Disk::*present;
    IoDirection IoCounters::*direction;
  };
  constexpr Rule kRules[] = {
      {"read_bps_device", &IoLimits::rbps, &Disk::rule_read, &IoCounters::read},
      {"write_bps_device", &IoLimits::wbps, &Disk::rule_write, &IoCounters::write},
      {"read_iops_device", &IoLimits::riops, &Disk::rule_read, &IoCounters::read},
      {"write_iops_device", &IoLimits::wiops, &Disk::rule_write, &IoCounters::write},
  };
  for (const Rule& rule : kRules) {
    if (!limits && !has_zero(table, rule.direction)) continue;
    const auto values = reader.keyed(dir + "/blkio.throttle." + rule.name, parse_blkio_values);
    if (!values) continue;
    for (const BlkioValue& value : *values) {
      const auto at = table.find(value.number);
      if (at == table.end()) continue;
      if (limits) at->second.limits.*rule.limit = value.value;
      at->second.*rule.present = true;
    }
  }
}

// "6.1.0-56-cloud-amd64": 6 * 1000 + 1; 0: not a version.
std::uint64_t release_number(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return 0;
  const std::string_view rest = text.substr(dot + 1);
  const auto major = parse_u64(text.substr(0, dot));
  const auto minor = parse_u64(rest.substr(0, rest.find_first_not_of("0123456789")));
  return major && minor && *minor < 1000 ? *major * 1000 + *minor : 0;
}

std::uint64_t release_of(const Sysroot& machine) {
  if (machine.live()) return release_number(machine_name().release);
  const auto text = machine.read("/proc/sys/kernel/osrelease");
  return text ? release_number(trim(*text)) : 0;
}
bool counts_only_under_a_rule(std::uint64_t release) { return release >= 5016 && release <= 6004; }
bool leaves_devices_out(std::uint64_t release) { return release >= 6010; }

// Whether some of the zeros in the table, or its emptiness, may mean "not counted".
bool may_be_uncounted(const IoTable& table) {
  return table.empty() || std::any_of(table.begin(), table.end(), [&](const auto& entry) {
           const Disk& disk = entry.second;
           return std::all_of(disk.io.begin(), disk.io.end(), [&](const auto& counted) {
             const IoCounters& io = counted.second;
             return (is_zero(io.read) && !disk.rule_read) ||
                    (is_zero(io.write) && !disk.rule_write);
           });
         });
}

// What the container's processes caused, ended ones included where their parent is in it. Others'
// files need privileges: then it is the sum of our own.
std::optional<Disk> sum_of_processes(const Target& target, const std::string& dir, Reader& reader) {
  Disk sum;
  bool noted = false;  // once: there may be thousands
  std::vector<std::uint64_t> pids;
  append_ids_of_subtree(target.cgroup_root(), dir, "cgroup.procs", pids);
  if (pids.empty() && whole_proc_is_ours(target)) pids = ids_of_proc(target.machine(), "/proc");
  for (const std::uint64_t pid : pids) {
    const std::string path = "/proc/" + std::to_string(pid) + "/io";
    const auto text = target.machine().read(path);
    if (!text) {
      if (!noted) reader.note(text.error());
      noted = noted || !text.error().absent();
      continue;
    }
    const ProcessIo io = parse_process_io(*text).value;
    if (!io.read_bytes || !io.write_bytes) continue;
    IoCounters& counters = sum.io.of(IoSource::kProcesses);
    add(counters.read.bytes, io.read_bytes);
    add(counters.write.bytes,
        saturating_sub(*io.write_bytes, io.cancelled_write_bytes.value_or(0)));
  }
  if (!sum.is_sum_of_processes()) return std::nullopt;
  sum.name = "total";
  return sum;
}

// Whether the machine has used a disk that is not in the table.
bool lacks_a_disk(const Target& target, Reader& machine, const IoTable& table) {
  const auto used = [](const DiskCounters& counters) {
    return counters.read.ios + counters.write.ios + counters.discard.ios != 0;
  };
  const std::vector<Disk> disks = machine_disks(target, machine);
  return std::any_of(disks.begin(), disks.end(), [&](const Disk& disk) {
    return disk.number && disk.partition_of.empty() && disk.device && used(*disk.device) &&
           table.find(*disk.number) == table.end();
  });
}

// What the devices have counted in a direction; what is stacked, at the top.
std::uint64_t counted_bytes(const std::vector<Disk>& disks, IoDirection IoCounters::*direction) {
  std::uint64_t sum = 0;
  for (const Disk& disk : disks) {
    if (is_below_another(disks, disk)) continue;
    std::uint64_t most = 0;  // several may count the same
    for (const auto& [source, io] : disk.io)
      most = std::max(most, (io.*direction).bytes.value_or(0));
    sum = saturating_add(sum, most);
  }
  return sum;
}

bool is_more(const Disk& processes, const std::vector<Disk>& disks) {
  const auto exceeds = [&](IoDirection IoCounters::*direction) {
    const IoCounters& caused = *processes.io.find(IoSource::kProcesses);
    return (caused.*direction).bytes.value_or(0) > counted_bytes(disks, direction);
  };
  return exceeds(&IoCounters::read) || exceeds(&IoCounters::write);
}

void sample_container(const Target& target, Snapshot& snapshot) {
  DiskSample& sample = snapshot.disks;
  const Location* location = target.placement()->find(Controller::kIo);
  const auto boundary = target.scope()->dir(*target.placement(), Controller::kIo);
  if (location == nullptr || !boundary) return;
  Reader reader(target.cgroup_root(), snapshot.problems);
  Reader machine(target.machine(), snapshot.problems);
  sample.dir = *boundary;
  sample.is_v2 = location->is_v2;
  sample.inode = reader.root().cgroup_inode(*boundary);
  const bool limits = snapshot.has(kSampleDiskLimits);
  IoTable table;
  std::optional<Disk> processes;
  if (location->is_v2) {
    sample.has_counters = read_io_stat(reader, *boundary, table);
    if (limits) read_io_max(reader, *location, *boundary, sample, table);
  } else {
    sample.has_counters = read_blkio_counters(reader, *boundary, table);
    read_blkio_rules(reader, *boundary, limits, table);
    const std::uint64_t release = release_of(target.machine());
    const bool may_lack = may_be_uncounted(table);
    if (may_lack) sample.counts_only_under_a_rule = counts_only_under_a_rule(release);
    if (may_lack || (leaves_devices_out(release) && lacks_a_disk(target, machine, table)))
      processes = sum_of_processes(target, *boundary, machine);
  }
  for (auto& [number, disk] : table) {
    disk.number = number;
    sample.disks.push_back(std::move(disk));
  }
  name_disks(target, machine, sample.disks);
  // Where it is no more than what the devices tell, their zeros are zeros.
  if (processes && (sample.disks.empty() || sample.counts_only_under_a_rule ||
                    is_more(*processes, sample.disks)))
    sample.disks.push_back(std::move(*processes));
}

}  // namespace

void sample_disks(const Target& target, Snapshot& snapshot) {
  std::vector<Disk>& disks = snapshot.disks.disks;
  if (target.options().given_disks_only) {
    // Nothing of the kernel's.
  } else if (target.scope()->is_container) {
    sample_container(target, snapshot);
  } else {
    Reader machine(target.machine(), snapshot.problems);
    disks = machine_disks(target, machine);
  }
  if (target.given_disks() != nullptr)
    for (Disk& disk : given_disks(*target.given_disks(), snapshot.problems))
      disks.push_back(std::move(disk));
  if (!target.options().disk_names.empty())
    add_persistent_names(target.machine(), target.options().disk_names, disks);
}

}  // namespace cv
