// SPDX-License-Identifier: Apache-2.0
#include "snapshot/disk_names.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "kernel/proc_mountinfo.hpp"

namespace cv {
namespace {

std::string sysfs_dir(DeviceNumber number) { return "/sys/dev/block/" + to_string(number); }

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// The device that a file is on, by the mount that it is below; none where that is no block device,
// or a mount that is not seen from here.
std::optional<DeviceNumber> device_of_file(std::string_view file, std::string_view mountinfo) {
  std::optional<DeviceNumber> device;
  std::size_t longest = 0;
  for (const MountLine& mount : parse_mountinfo(mountinfo).value) {
    const std::string point = unescape_mount(mount.mount_point);
    const bool holds = file.starts_with(point) &&
                       (point == "/" || file.size() == point.size() || file[point.size()] == '/');
    if (!holds || point.size() < longest) continue;
    longest = point.size();
    device = parse_device_number(mount.device);
  }
  return device && device->major != 0 ? device : std::nullopt;
}

// dm and md name what they are made of; a loop device its file.
std::vector<DeviceNumber> devices_below(const Target& target, const Disk& disk) {
  const Sysroot& root = target.machine();
  const std::string dir = sysfs_dir(*disk.number);
  std::vector<DeviceNumber> below;
  if (disk.name.starts_with("loop")) {
    const auto file = root.read(dir + "/loop/backing_file");
    const auto mounts = file ? root.read(target.proc_dir() + "/mountinfo") : file;
    if (!mounts) return below;
    if (const auto device = device_of_file(trim(*file), *mounts)) below.push_back(*device);
  } else if (disk.name.starts_with("dm-") || disk.name.starts_with("md")) {
    const auto names = root.list(dir + "/slaves");
    if (!names) return below;
    for (const std::string& name : *names)
      if (const auto text =
              root.read(std::string(dir).append("/slaves/").append(name).append("/dev")))
        if (const auto device = parse_device_number(trim(*text))) below.push_back(*device);
  }
  return below;
}

// The whole disk instead of a partition: cgroups are charged there.
DeviceNumber whole_disk(const Sysroot& root, DeviceNumber number) {
  const std::string dir = sysfs_dir(number);
  if (!root.has_file(dir + "/partition")) return number;
  const auto text = root.read(dir + "/../dev");
  const auto disk = text ? parse_device_number(trim(*text)) : std::nullopt;
  return disk.value_or(number);
}

// "sda1" of "sda", "nvme0n1p2" of "nvme0n1".
bool is_partition_name(std::string_view name, std::string_view disk) {
  if (disk.empty() || !name.starts_with(disk)) return false;
  name.remove_prefix(disk.size());
  const bool digit_before = disk.back() >= '0' && disk.back() <= '9';
  if (digit_before) {
    if (!name.starts_with('p')) return false;
    name.remove_prefix(1);
  }
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

void read_mapper_name(const Sysroot& root, Disk& disk) {
  if (!disk.name.starts_with("dm-")) return;
  if (const auto text = root.read("/sys/block/" + disk.name + "/dm/name"))
    disk.mapper_name = trim(*text);
}

// Counters of a disk, or of a partition in its disk's directory.
std::optional<Disk> disk_of_sysfs(Reader& reader, const std::string& dir) {
  auto counters = reader.value(dir + "/stat", parse_block_stat);
  if (!counters) return std::nullopt;
  Disk disk;
  disk.name = device_name_of(base_name(dir));
  disk.device = *counters;
  if (const auto number = reader.root().read(dir + "/dev"))
    disk.number = parse_device_number(trim(*number));
  return disk;
}

std::vector<std::string> names_in(const Sysroot& root, std::string_view directory) {
  auto names = root.list(directory);
  return names ? std::move(*names) : std::vector<std::string>();
}

std::vector<Disk> disks_of_sysfs(Reader& reader, std::string_view block) {
  std::vector<Disk> disks;
  for (const std::string& name : names_in(reader.root(), block)) {
    const std::string dir = std::string(block).append("/").append(name);
    auto disk = disk_of_sysfs(reader, dir);
    if (!disk) continue;
    const std::string whole = disk->name;
    disks.push_back(std::move(*disk));
    const auto inside = reader.root().list_directories(dir);
    if (!inside) continue;
    for (const std::string& part : *inside) {
      if (!is_partition_name(device_name_of(part), whole)) continue;
      if (auto partition = disk_of_sysfs(reader, std::string(dir).append("/").append(part))) {
        partition->partition_of = whole;
        disks.push_back(std::move(*partition));
      }
    }
  }
  return disks;
}

std::vector<Disk> disks_of_diskstats(Reader& reader, const std::string& path) {
  std::vector<Disk> disks;
  const auto lines = reader.keyed(path, parse_diskstats);
  if (!lines) return disks;
  disks.reserve(lines->size());
  for (const DiskLine& line : *lines) {
    Disk& disk = disks.emplace_back();
    disk.number = line.number;
    disk.name = line.name;
    disk.device = line.counters;
  }
  return disks;
}

// A partition is named like a part of a disk, and is not listed beside the disks (directory
// `block`), which is read where there is such a name.
void find_partitions(const Sysroot& root, std::string_view block, std::vector<Disk>& disks) {
  std::optional<std::vector<std::string>> whole;
  const auto listed = [&](const std::string& name) {
    if (!whole) whole = names_in(root, block);
    return std::any_of(whole->begin(), whole->end(),
                       [&](const std::string& other) { return device_name_of(other) == name; });
  };
  for (Disk& disk : disks) {
    const auto parent = std::find_if(disks.begin(), disks.end(), [&](const Disk& other) {
      return is_partition_name(disk.name, other.name);
    });
    if (parent != disks.end() && !listed(disk.name)) disk.partition_of = parent->name;
  }
}

}  // namespace

// One file instead of one for each device, where it is the kernel's: under lxcfs it is the
// container's. In a captured tree the disks' own files come first, as the classic iostat reads
// them.
std::vector<Disk> machine_disks(const Target& target, Reader& reader) {
  std::vector<Disk> disks;
  const bool each = target.mounts().lxcfs_diskstats || !target.machine().live();
  if (each) disks = disks_of_sysfs(reader, "/sys/block");
  if (disks.empty() && !target.mounts().lxcfs_diskstats) {
    disks = disks_of_diskstats(reader, "/proc/diskstats");
    find_partitions(reader.root(), "/sys/block", disks);
  }
  for (Disk& disk : disks) read_mapper_name(reader.root(), disk);
  return disks;
}

std::vector<Disk> given_disks(const Sysroot& directory, std::vector<std::string>& problems) {
  Reader reader(directory, problems);
  std::vector<Disk> disks = disks_of_sysfs(reader, "/block");
  if (disks.empty()) {
    disks = disks_of_diskstats(reader, "/diskstats");
    find_partitions(directory, "/block", disks);
  }
  for (Disk& disk : disks) disk.is_given = true;
  return disks;
}

void add_persistent_names(const Sysroot& root, const std::string& type, std::vector<Disk>& disks) {
  const std::string dir = links_dir(type);
  const auto links = root.list(dir);
  if (!links) return;
  for (const std::string& link : *links) {
    const auto target = root.read_link(std::string(dir).append("/").append(link));
    if (!target) continue;
    for (Disk& disk : disks)
      if (disk.name == base_name(*target)) disk.persistent_name = link;
  }
}

void name_disks(const Target& target, Reader& reader, std::vector<Disk>& disks) {
  const Sysroot& root = reader.root();
  std::optional<std::vector<Disk>> known;  // read where sysfs does not tell
  for (Disk& disk : disks) {
    const std::string dir = sysfs_dir(*disk.number);
    if (const auto link = root.read_link(dir)) disk.name = device_name_of(base_name(*link));
    disk.device = reader.value(dir + "/stat", parse_block_stat);
    if (disk.name.empty() || !disk.device) {
      if (!known) known = machine_disks(target, reader);
      const auto at = std::find_if(known->begin(), known->end(),
                                   [&](const Disk& other) { return other.number == disk.number; });
      if (at != known->end()) {
        disk.name = at->name;
        disk.device = at->device;
      }
    }
    if (disk.name.empty())
      disk.name =
          "dev" + std::to_string(disk.number->major) + "-" + std::to_string(disk.number->minor);
    read_mapper_name(root, disk);
    for (const DeviceNumber number : devices_below(target, disk))
      disk.below.push_back(whole_disk(root, number));
  }
  for (Disk& disk : disks) {
    for (const DeviceNumber number : disk.below) {
      const auto at = std::find_if(disks.begin(), disks.end(),
                                   [&](const Disk& other) { return other.number == number; });
      if (at == disks.end()) continue;
      if (!disk.stacked_on.empty()) disk.stacked_on += ',';
      disk.stacked_on += at->name;
    }
  }
}

}  // namespace cv
