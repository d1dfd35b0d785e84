// SPDX-License-Identifier: Apache-2.0
#include "common/cpu_fields.hpp"
#include "common/document.hpp"
#include "vmstat/render.hpp"

namespace cvtools {
namespace {

using containerview::Quality;

constexpr Field<cv_cpu_usage> kGuestField[] = {
    {"guest_pct", member<&cv_cpu_usage::guest_pct>, CV_CPU_GUEST},
};

constexpr Field<cv_disk_totals> kDiskFields[] = {
    {"reads", member<&cv_disk_totals::reads>, CV_DISK_TOTAL_READS},
    {"read_merges", member<&cv_disk_totals::read_merges>, CV_DISK_TOTAL_READ_MERGES},
    {"read_bytes", member<&cv_disk_totals::read_bytes>, CV_DISK_TOTAL_READ_BYTES},
    {"read_ms", member<&cv_disk_totals::read_msec>, CV_DISK_TOTAL_READ_TIME},
    {"writes", member<&cv_disk_totals::writes>, CV_DISK_TOTAL_WRITES},
    {"write_merges", member<&cv_disk_totals::write_merges>, CV_DISK_TOTAL_WRITE_MERGES},
    {"written_bytes", member<&cv_disk_totals::written_bytes>, CV_DISK_TOTAL_WRITTEN_BYTES},
    {"write_ms", member<&cv_disk_totals::write_msec>, CV_DISK_TOTAL_WRITE_TIME},
    {"in_flight", member<&cv_disk_totals::in_flight>, CV_DISK_TOTAL_IN_FLIGHT},
    {"busy_ms", member<&cv_disk_totals::busy_msec>, CV_DISK_TOTAL_BUSY},
    {"queue_ms", member<&cv_disk_totals::queue_msec>, CV_DISK_TOTAL_QUEUE},
};

// What -s and -f count since the start.
constexpr Field<cv_activity> kTotalFields[] = {
    {"read_bytes", member<&cv_activity::paged_in_bytes>, CV_ACTIVITY_PAGED_IN},
    {"written_bytes", member<&cv_activity::paged_out_bytes>, CV_ACTIVITY_PAGED_OUT},
    {"swapped_in_bytes", member<&cv_activity::swapped_in_bytes>, CV_ACTIVITY_SWAPPED_IN},
    {"swapped_out_bytes", member<&cv_activity::swapped_out_bytes>, CV_ACTIVITY_SWAPPED_OUT},
    {"allocated_dma_pages", member<&cv_activity::allocated_dma_pages>, CV_ACTIVITY_ALLOCATED_DMA},
    {"allocated_dma32_pages", member<&cv_activity::allocated_dma32_pages>,
     CV_ACTIVITY_ALLOCATED_DMA32},
    {"allocated_high_pages", member<&cv_activity::allocated_high_pages>,
     CV_ACTIVITY_ALLOCATED_HIGH},
    {"allocated_movable_pages", member<&cv_activity::allocated_movable_pages>,
     CV_ACTIVITY_ALLOCATED_MOVABLE},
    {"allocated_normal_pages", member<&cv_activity::allocated_normal_pages>,
     CV_ACTIVITY_ALLOCATED_NORMAL},
    {"freed_pages", member<&cv_activity::freed_pages>, CV_ACTIVITY_FREED},
    {"interrupts", member<&cv_activity::interrupts>, CV_ACTIVITY_INTERRUPTS},
    {"context_switches", member<&cv_activity::context_switches>, CV_ACTIVITY_SWITCHES},
    {"forks", member<&cv_activity::forks>, CV_ACTIVITY_FORKS},
};

template <std::uint64_t cv_cpu_times::*kMember>
Value seconds(const cv_cpu_times& times) {
  return static_cast<double>(times.*kMember) / 1e6;
}
constexpr Field<cv_cpu_times> kTimeFields[] = {
    {"user_seconds", seconds<&cv_cpu_times::user_usec>, CV_CPU_TIME_USER},
    {"nice_seconds", seconds<&cv_cpu_times::nice_usec>, CV_CPU_TIME_NICE},
    {"system_seconds", seconds<&cv_cpu_times::system_usec>, CV_CPU_TIME_SYSTEM},
    {"idle_seconds", seconds<&cv_cpu_times::idle_usec>, CV_CPU_TIME_IDLE},
    {"iowait_seconds", seconds<&cv_cpu_times::iowait_usec>, CV_CPU_TIME_IOWAIT},
    {"irq_seconds", seconds<&cv_cpu_times::irq_usec>, CV_CPU_TIME_IRQ},
    {"softirq_seconds", seconds<&cv_cpu_times::softirq_usec>, CV_CPU_TIME_SOFTIRQ},
    {"steal_seconds", seconds<&cv_cpu_times::steal_usec>, CV_CPU_TIME_STEAL},
    {"guest_seconds", seconds<&cv_cpu_times::guest_usec>, CV_CPU_TIME_GUEST},
    {"guest_nice_seconds", seconds<&cv_cpu_times::guest_nice_usec>, CV_CPU_TIME_GUEST_NICE},
};

struct SlabField {
  const char* key;
  std::uint64_t cv_slab::*member;
};
constexpr SlabField kSlabFields[] = {
    {"active_objects", &cv_slab::active_objects},
    {"objects", &cv_slab::objects},
    {"object_bytes", &cv_slab::object_bytes},
    {"objects_per_slab", &cv_slab::objects_per_slab},
};

// One figure of the document.
struct Entry {
  std::string_view group;
  std::string_view key;
  Value value;
  Quality quality;
};

Entry rate_entry(const VmstatReport& report, std::string_view group, std::string_view key,
                 std::uint64_t cv_activity::*member, std::uint64_t bit) {
  const Known known = rate(report, member, bit);
  return {group, key, to_value(known.value), known.quality};
}

// In the order of the document, those of a group together.
std::vector<Entry> entries_of(const VmstatReport& report) {
  using Raw = cv_activity;
  const auto& [since_start, scope, activity, memory, details, swap, cpu] = report;
  return {
      {"procs", "running", to_value(activity.running()), activity.quality(CV_ACTIVITY_RUNNING)},
      {"procs", "blocked", to_value(activity.blocked()), activity.quality(CV_ACTIVITY_BLOCKED)},
      {"memory", "swapped_bytes", to_value(swap.used_bytes()), swap.quality(CV_SWAP_USED)},
      {"memory", "free_bytes", to_value(memory.free_bytes()), memory.quality(CV_MEMORY_FREE)},
      {"memory", "buffers_bytes", to_value(memory.buffers_bytes()),
       memory.quality(CV_MEMORY_BUFFERS)},
      // The text's column counts reclaimable slab too: buff_cache_bytes less buffers_bytes.
      {"memory", "cache_bytes", to_value(memory.cache_bytes()), memory.quality(CV_MEMORY_CACHE)},
      {"memory", "buff_cache_bytes", to_value(memory.buff_cache_bytes()),
       memory.quality(CV_MEMORY_BUFF_CACHE)},
      {"memory", "inactive_bytes", to_value(details.inactive_bytes()),
       details.quality(CV_DETAIL_INACTIVE)},
      {"memory", "active_bytes", to_value(details.active_bytes()),
       details.quality(CV_DETAIL_ACTIVE)},
      rate_entry(report, "swap", "in_bytes_per_sec", &Raw::swapped_in_bytes,
                 CV_ACTIVITY_SWAPPED_IN),
      rate_entry(report, "swap", "out_bytes_per_sec", &Raw::swapped_out_bytes,
                 CV_ACTIVITY_SWAPPED_OUT),
      rate_entry(report, "io", "read_bytes_per_sec", &Raw::paged_in_bytes, CV_ACTIVITY_PAGED_IN),
      rate_entry(report, "io", "written_bytes_per_sec", &Raw::paged_out_bytes,
                 CV_ACTIVITY_PAGED_OUT),
      rate_entry(report, "system", "interrupts_per_sec", &Raw::interrupts, CV_ACTIVITY_INTERRUPTS),
      rate_entry(report, "system", "context_switches_per_sec", &Raw::context_switches,
                 CV_ACTIVITY_SWITCHES),
  };
}

// What a mode adds to the figures of the table.
class Extras {
 public:
  Extras(const containerview::Snapshot& now, const VmstatOptions& options) {
    switch (options.mode) {
      case VmstatMode::kForks:
      case VmstatMode::kStatistics:
        totals_ = now.activity_since(nullptr);
        times_ = now.cpu_times();
        has_totals_ = true;
        break;
      case VmstatMode::kDisks:
      case VmstatMode::kDiskSum:
        disks_ = vmstat_disks(now);
        break;
      case VmstatMode::kPartition:
        disks_ = vmstat_disks(now);
        std::erase_if(*disks_,
                      [&](const VmstatDisk& disk) { return disk.name != options.partition; });
        break;
      case VmstatMode::kSlabs:
        slabs_ = vmstat_slabs(now);
        slabs_are_the_machines_ = now.scope().kind() == CV_KIND_CONTAINER;
        break;
      case VmstatMode::kTable:
        break;
    }
  }

  void add_quality(QualityLists& quality) const {
    if (has_totals_) {
      quality.add("totals.", kTotalFields, totals_);
      quality.add("totals.", kTimeFields, times_);
    }
    if (disks_) {
      for (const VmstatDisk& disk : *disks_) quality.add("disks[].", kDiskFields, disk.totals);
      quality.make_unique();
    }
    if (slabs_are_the_machines_)
      for (const SlabField& field : kSlabFields)
        quality.host.push_back(std::string("slabs[].") + field.key);
  }

  void put(JsonDocument& json) const {
    if (has_totals_) {
      json.open_object("totals");
      put_fields(json, kTotalFields, totals_);
      put_fields(json, kTimeFields, times_);
      json.close();
    }
    if (disks_) {
      json.open_array("disks");
      for (const VmstatDisk& disk : *disks_) {
        json.push_object();
        json.put("name", disk.name);
        json.put("is_partition", disk.is_partition);
        put_fields(json, kDiskFields, disk.totals);
        json.close();
      }
      json.close();
    }
    if (slabs_) {
      json.open_array("slabs");
      for (const cv_slab& slab : *slabs_) {
        json.push_object();
        json.put("name", std::string(slab.name));
        for (const SlabField& field : kSlabFields) json.put(field.key, slab.*field.member);
        json.close();
      }
      json.close();
    }
  }

 private:
  bool has_totals_ = false;
  containerview::Activity totals_;
  containerview::CpuTimes times_;
  std::optional<std::vector<VmstatDisk>> disks_;
  std::optional<std::vector<cv_slab>> slabs_;
  bool slabs_are_the_machines_ = false;
};

}  // namespace

std::string render_vmstat_json(const VmstatReport& report, const containerview::Snapshot& now,
                               const VmstatOptions& options, JsonStyle style) {
  const Extras extras(now, options);
  const std::vector<Entry> entries = entries_of(report);
  QualityLists quality;
  for (const Entry& entry : entries)
    quality.add(std::string(entry.group) + "." + std::string(entry.key), entry.quality);
  quality.add("cpu.", kCpuFields, report.cpu);
  quality.add("cpu.", kGuestField, report.cpu);
  extras.add_quality(quality);

  JsonDocument json;
  put_head(json, "containerview.vmstat/1", report.scope, quality);
  std::string_view open;
  for (const Entry& entry : entries) {
    if (entry.group != open) {
      if (!open.empty()) json.close();
      json.open_object(entry.group);
      open = entry.group;
    }
    json.put(entry.key, entry.value);
  }
  json.close();
  json.open_object("cpu");
  put_fields(json, kCpuFields, report.cpu);
  put_fields(json, kGuestField, report.cpu);
  json.close();
  extras.put(json);
  return json.text(style);
}

}  // namespace cvtools
