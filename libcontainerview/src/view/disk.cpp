// SPDX-License-Identifier: Apache-2.0
#include "view/disk.hpp"

#include <algorithm>
#include <vector>

#include "base/saturate.hpp"

namespace cv {
namespace {

using Amount = Figure<double>;
using Counter = std::optional<std::uint64_t>;
constexpr double kSectorBytes = 512;

// What happened within an interval.
struct Direction {
  Amount ios, bytes, merges, wait_msec;
};
struct Activity {
  IoSource source = IoSource::kNone;
  AwaitSource await_source = AwaitSource::kNone;
  Direction read, write, discard, flush;
  Amount busy_msec, queue_msec;
  Amount limit_used_pct;
  bool used = false;
  double hundredths = 0;  // length of the interval, in 1/100 s; 0: unknown
};

constexpr Direction Activity::*kDirections[] = {&Activity::read, &Activity::write,
                                                &Activity::discard, &Activity::flush};

Quality worse(Quality a, Quality b) { return std::max(a, b); }

Amount operator+(const Amount& a, const Amount& b) {
  if (!a.value || !b.value) return {};
  return Amount::of(*a.value + *b.value, worse(a.quality, b.quality));
}

// The machine ------------------------------------------------------------------------------------

// /proc/uptime counts hundredths: so must an interval that is to give the classic tools' figures.
double hundredths_between(const Snapshot& begin, const Snapshot& end) {
  if (!end.time.boottime_nsec) return 0;
  constexpr std::int64_t kHundredth = 10'000'000;
  // A tree's uptime went through a double: what is a nanosecond short of a hundredth is one.
  const auto hundredths = [](std::int64_t nsec) { return (nsec + 1000) / kHundredth; };
  const std::int64_t from = begin.is_origin ? 0 : hundredths(begin.time.boottime_nsec.value_or(0));
  return static_cast<double>(std::max<std::int64_t>(1, hundredths(*end.time.boottime_nsec) - from));
}

// A counter that stepped back has not moved.
double moved(std::uint64_t begin, std::uint64_t end) {
  return static_cast<double>(saturating_sub(end, begin));
}

Direction direction_of(const DiskDirection& begin, const DiskDirection& end) {
  return {Amount::of(moved(begin.ios, end.ios)),
          Amount::of(moved(begin.sectors, end.sectors) * kSectorBytes),
          Amount::of(moved(begin.merges, end.merges)), Amount::of(moved(begin.msec, end.msec))};
}

// A device that was taken out and put in again counts from 0.
bool was_replaced(const DiskCounters& begin, const DiskCounters& end) {
  const auto fell = [](const DiskDirection& a, const DiskDirection& b) {
    return b.ios < a.ios && b.sectors <= a.sectors;
  };
  const bool idle = begin.read.ios + begin.write.ios + begin.discard.ios == 0;
  return !idle && (fell(begin.read, end.read) || begin.read.ios == 0) &&
         (fell(begin.write, end.write) || begin.write.ios == 0) &&
         (fell(begin.discard, end.discard) || begin.discard.ios == 0);
}

// What everybody did to a device.
Activity device_activity(const DiskCounters& earlier, const DiskCounters& end) {
  const DiskCounters begin = was_replaced(earlier, end) ? DiskCounters{} : earlier;
  Activity activity;
  activity.source = IoSource::kDevice;
  activity.await_source = AwaitSource::kCounters;
  activity.read = direction_of(begin.read, end.read);
  activity.write = direction_of(begin.write, end.write);
  activity.discard = direction_of(begin.discard, end.discard);
  activity.flush = direction_of(begin.flush, end.flush);
  activity.busy_msec = Amount::of(moved(begin.busy_msec, end.busy_msec));
  activity.queue_msec = Amount::of(moved(begin.queue_msec, end.queue_msec));
  activity.used = end.read.ios + end.write.ios + end.discard.ios + end.flush.ios != 0;
  return activity;
}

// A container ------------------------------------------------------------------------------------

// The same device in another snapshot: by its number, or as the sum of processes.
const Disk* find_disk(const Snapshot& snapshot, const Disk& disk) {
  const auto at = std::find_if(
      snapshot.disks.disks.begin(), snapshot.disks.disks.end(),
      [&](const Disk& other) { return other.number == disk.number && other.name == disk.name; });
  return at == snapshot.disks.disks.end() ? nullptr : &*at;
}

// Of several that count the same I/O, the one that tells most and has counted at all.
IoSource source_of(const Disk& disk) {
  if (disk.is_sum_of_processes()) return IoSource::kProcesses;
  IoSource best = IoSource::kNone;
  for (std::size_t i = kIoSourceCount; i-- > 0;) {
    const IoCounters* io = disk.io.find(static_cast<IoSource>(i));
    if (io == nullptr) continue;
    const bool counted = io->read.bytes.value_or(0) != 0 || io->write.bytes.value_or(0) != 0 ||
                         io->discard.bytes.value_or(0) != 0;
    if (counted || best == IoSource::kNone) best = static_cast<IoSource>(i);
  }
  return best;
}

// Whether a direction's zero is one. blk-throttle of many kernels counts nothing: until some cgroup
// sets a rule for the device (since 6.10: then there is no line either), or in a cgroup and
// direction without a rule (5.16 to 6.4). What processes have caused gives it away.
bool is_counted(const Snapshot& snapshot, IoSource source, Counter bytes, bool has_rule,
                IoDirection IoCounters::*direction) {
  if (source != IoSource::kThrottle && source != IoSource::kBfq) return true;
  if (bytes.value_or(0) != 0 || has_rule) return true;
  if (source == IoSource::kThrottle && snapshot.disks.counts_only_under_a_rule) return false;
  return std::none_of(snapshot.disks.disks.begin(), snapshot.disks.disks.end(),
                      [&](const Disk& disk) {
                        const IoCounters* caused = disk.io.find(IoSource::kProcesses);
                        return caused != nullptr && (caused->*direction).bytes.value_or(0) != 0;
                      });
}

Amount moved(Counter begin, Counter end, Quality quality) {
  if (!begin || !end || *end < *begin) return {};
  return Amount::of(static_cast<double>(*end - *begin), quality);
}

Direction container_direction(const IoDirection& begin, const IoDirection& end, Quality bytes,
                              Quality ios) {
  Direction direction;
  direction.bytes = moved(begin.bytes, end.bytes, bytes);
  direction.ios = moved(begin.ios, end.ios, ios);
  direction.merges = moved(begin.merges, end.merges, ios);
  direction.wait_msec = moved(begin.wait_nsec, end.wait_nsec, ios);
  if (direction.wait_msec.value) *direction.wait_msec.value /= 1e6;
  return direction;
}

// What is not in a cgroup's file at the beginning has counted nothing until then.
IoCounters zero_like(const IoCounters& end) {
  IoCounters zero = end;
  for (IoDirection* direction : {&zero.read, &zero.write, &zero.discard})
    for (Counter* counter :
         {&direction->bytes, &direction->ios, &direction->merges, &direction->wait_nsec})
      if (*counter) *counter = 0;
  if (zero.busy_msec) zero.busy_msec = 0;
  return zero;
}

double elapsed_hundredths(const Snapshot& begin, const Snapshot& end) {
  if (!begin.time.boottime_nsec || !end.time.boottime_nsec) return 0;
  return static_cast<double>(*end.time.boottime_nsec - *begin.time.boottime_nsec) / 1e7;
}

void set_limit_share(const IoLimits& limits, Activity& activity) {
  if (activity.hundredths <= 0) return;
  const auto share = [&](Counter limit, const Amount& amount) {
    if (!limit || *limit == 0 || !amount.value) return;
    const double used = *amount.value / activity.hundredths * 100 / static_cast<double>(*limit);
    activity.limit_used_pct = Amount::of(
        std::max(activity.limit_used_pct.value.value_or(0), used * 100),
        worse(activity.limit_used_pct.value ? activity.limit_used_pct.quality : Quality::kExact,
              amount.quality));
  };
  share(limits.rbps, activity.read.bytes);
  share(limits.wbps, activity.write.bytes);
  share(limits.riops, activity.read.ios);
  share(limits.wiops, activity.write.ios);
}

Activity container_activity(const Snapshot& begin, const Snapshot& end, const Disk& disk) {
  Activity activity;
  activity.hundredths = elapsed_hundredths(begin, end);
  if (begin.disks.dir != end.disks.dir || begin.disks.inode != end.disks.inode) return activity;
  const Disk* earlier = begin.is_origin ? nullptr : find_disk(begin, disk);
  // A line that has lost its counters was read while the kernel changed it: nothing has moved.
  const Disk* counted = source_of(disk) == IoSource::kNone && earlier != nullptr ? earlier : &disk;
  activity.source = source_of(*counted);
  if (activity.source == IoSource::kNone) return activity;
  const IoCounters& last = *counted->io.find(activity.source);
  const bool processes = activity.source == IoSource::kProcesses;
  // The sum of processes is not always made: where it was not, it is not known what it was.
  if (processes && earlier == nullptr && !begin.is_origin) return activity;
  IoCounters first = zero_like(last);
  if (earlier != nullptr)
    if (const IoCounters* counters = earlier->io.find(activity.source)) first = *counters;
  const bool requests = activity.source == IoSource::kCfq;
  // v1 charges what is written back later to the root cgroup: writes are at least this.
  const Quality reads = processes ? Quality::kEstimated : Quality::kExact;
  const Quality writes = end.disks.is_v2 ? Quality::kExact : Quality::kEstimated;
  // All others count bios before they are merged: as many requests at most.
  const Quality ios = requests ? Quality::kExact : Quality::kEstimated;
  const auto set = [&](Direction Activity::*to, IoDirection IoCounters::*from, Quality bytes,
                       bool has_rule) {
    if (is_counted(end, activity.source, (last.*from).bytes, has_rule, from))
      activity.*to = container_direction(first.*from, last.*from, bytes, ios);
  };
  set(&Activity::read, &IoCounters::read, reads, disk.rule_read);
  set(&Activity::write, &IoCounters::write, writes, disk.rule_write);
  // A discard is a write to a rule: where those count, it does.
  set(&Activity::discard, &IoCounters::discard, reads,
      disk.rule_write || last.write.bytes.value_or(0) != 0);
  activity.busy_msec = moved(first.busy_msec, last.busy_msec, Quality::kExact);
  activity.used = last.read.bytes.value_or(0) + last.write.bytes.value_or(0) +
                      last.discard.bytes.value_or(0) + last.read.ios.value_or(0) +
                      last.write.ios.value_or(0) + last.discard.ios.value_or(0) !=
                  0;
  set_limit_share(disk.limits, activity);
  return activity;
}

// Waiting of a container
// ---------------------------------------------------------------------------

// Milliseconds that a task waited for one request, the limits' share of it included: synchronous
// waits only, and at least so much.
std::optional<double> pressure_await(const Snapshot& begin, const Snapshot& end) {
  const auto& a = begin.pressure.io;
  const auto& b = end.pressure.io;
  if (!a || !b || !a->some || !b->some || b->some->total_usec < a->some->total_usec)
    return std::nullopt;
  double requests = 0;
  for (const Disk& disk : end.disks.disks) {
    if (disk.is_sum_of_processes() || disk.is_given || is_below_another(end.disks.disks, disk))
      continue;
    const Activity activity = container_activity(begin, end, disk);
    requests += activity.read.ios.value.value_or(0) + activity.write.ios.value.value_or(0);
  }
  if (requests <= 0) return std::nullopt;
  return static_cast<double>(b->some->total_usec - a->some->total_usec) / 1000 / requests;
}

// What the kernel does not measure for a cgroup is estimated from the device and the pressure.
void estimate_waiting(const Snapshot& begin, const Snapshot& end, const Disk& disk,
                      Activity& activity) {
  if (activity.source == IoSource::kProcesses || activity.source == IoSource::kNone) return;
  if (activity.read.wait_msec.value) {
    activity.await_source = AwaitSource::kCounters;
    activity.queue_msec = activity.read.wait_msec + activity.write.wait_msec;
    return;
  }
  const Disk* earlier = find_disk(begin, disk);
  std::optional<Activity> device;
  if (disk.device && (begin.is_origin || (earlier != nullptr && earlier->device)))
    device = device_activity(begin.is_origin ? DiskCounters{} : *earlier->device, *disk.device);
  const auto pressure = pressure_await(begin, end);
  const auto estimate = [&](Direction Activity::*member, bool by_pressure) {
    Direction& direction = activity.*member;
    if (!direction.ios.value) return;
    std::optional<double> wait;
    if (device) {
      const Direction& all = (*device).*member;
      if (*all.ios.value > 0) wait = *all.wait_msec.value / *all.ios.value;
    }
    AwaitSource source = wait ? AwaitSource::kDevice : AwaitSource::kNone;
    if (by_pressure && pressure && *pressure > wait.value_or(0)) {
      wait = pressure;
      source = AwaitSource::kPressure;
    }
    if (*direction.ios.value <= 0)
      direction.wait_msec = Amount::of(0.0);  // nobody waited for nothing
    else if (wait)
      direction.wait_msec = Amount::of(*wait * *direction.ios.value, Quality::kEstimated);
    if (*direction.ios.value > 0 && source > activity.await_source) activity.await_source = source;
  };
  estimate(&Activity::read, true);
  estimate(&Activity::write, true);
  estimate(&Activity::discard, false);
  activity.queue_msec = activity.read.wait_msec + activity.write.wait_msec;
  // The device's busy time since boot says nothing of a container's time.
  if (device && !begin.is_origin)
    activity.busy_msec = Amount::of(*device->busy_msec.value, Quality::kHost);
}

Activity activity_of(const Snapshot& begin, const Snapshot& end, const Disk& disk) {
  if (end.scope->is_container && !disk.is_given) {
    Activity activity = container_activity(begin, end, disk);
    estimate_waiting(begin, end, disk, activity);
    return activity;
  }
  if (!disk.device) return {};
  const Disk* earlier = begin.is_origin ? nullptr : find_disk(begin, disk);
  const DiskCounters none;
  Activity activity = device_activity(
      earlier != nullptr && earlier->device ? *earlier->device : none, *disk.device);
  activity.hundredths = hundredths_between(begin, end);
  return activity;
}

// Figures
// ------------------------------------------------------------------------------------------

// Divides in the order in which the classic tool does, so that a figure never rounds otherwise.
Amount rate(const Amount& amount, const Activity& activity, Quality quality) {
  if (!amount.value || activity.hundredths <= 0) return {};
  return Amount::of(*amount.value / activity.hundredths * 100, worse(amount.quality, quality));
}

Amount mean(const Amount& sum, const Amount& count) {
  if (!sum.value || !count.value) return {};
  if (*count.value <= 0) return Amount::of(0.0, worse(sum.quality, count.quality));
  return Amount::of(*sum.value / *count.value, worse(sum.quality, count.quality));
}

DiskDirectionView direction_view(const Direction& direction, const Activity& activity,
                                 Quality since) {
  DiskDirectionView view;
  view.count = direction.ios;
  view.merge_count = direction.merges;
  view.wait_msec = direction.wait_msec;
  view.ios = rate(direction.ios, activity, since);
  view.bytes_per_sec = rate(direction.bytes, activity, since);
  if (direction.bytes.value) view.bytes = {to_u64(*direction.bytes.value), direction.bytes.quality};
  view.merges = rate(direction.merges, activity, since);
  if (direction.merges.value && direction.ios.value) {
    const double asked = *direction.merges.value + *direction.ios.value;
    view.merged_pct = Amount::of(asked > 0 ? *direction.merges.value * 100 / asked : 0.0,
                                 worse(direction.merges.quality, direction.ios.quality));
  }
  view.await_msec = mean(direction.wait_msec, direction.ios);
  view.request_bytes = mean(direction.bytes, direction.ios);
  return view;
}

// Unknown parts (discards before 4.19, of the sum of processes) do not make the whole unknown.
Direction sum_of_known(const Activity& activity) {
  Direction all = activity.read;
  const auto plus = [](Amount& sum, const Amount& part) {
    if (!sum.value) return;
    if (part.value) sum = sum + part;
  };
  for (const Direction* part : {&activity.write, &activity.discard}) {
    plus(all.ios, part->ios);
    plus(all.bytes, part->bytes);
    plus(all.merges, part->merges);
    plus(all.wait_msec, part->wait_msec);
  }
  if (!activity.write.ios.value) all = {};  // half of it would be no sum
  return all;
}

DiskView view_of(const Activity& activity, bool is_origin) {
  const bool is_container = activity.source != IoSource::kDevice;
  // How old a container is does not tell exactly since when its cgroup has counted.
  const Quality since = is_container && is_origin ? Quality::kEstimated : Quality::kExact;
  DiskView view;
  view.source = activity.source;
  view.await_source = activity.await_source;
  view.used = activity.used;
  view.read = direction_view(activity.read, activity, since);
  view.write = direction_view(activity.write, activity, since);
  view.discard = direction_view(activity.discard, activity, since);
  view.flush = direction_view(activity.flush, activity, since);
  view.all = direction_view(sum_of_known(activity), activity, since);
  view.busy_msec = activity.busy_msec;
  view.queue_msec = activity.queue_msec;
  view.queue = rate(activity.queue_msec, activity, since);
  if (view.queue.value) *view.queue.value /= 1000;
  view.util_pct = rate(activity.busy_msec, activity, since);
  if (view.util_pct.value) *view.util_pct.value /= 10;
  view.limit_used_pct = activity.limit_used_pct;
  if (view.limit_used_pct.value)
    view.limit_used_pct.quality = worse(view.limit_used_pct.quality, since);
  if (is_container && view.limit_used_pct.value && activity.source != IoSource::kCfq)
    view.util_pct = Amount::of(*view.limit_used_pct.value, Quality::kEstimated);
  for (const auto member : kDirections) {
    const Direction& direction = activity.*member;
    view.active =
        view.active || direction.ios.value.value_or(0) > 0 || direction.bytes.value.value_or(0) > 0;
  }
  return view;
}

void add(Activity& sum, const Activity& part) {
  for (const auto member : kDirections) {
    Direction& to = sum.*member;
    const Direction& from = part.*member;
    to.ios = to.ios + from.ios;
    to.bytes = to.bytes + from.bytes;
    to.merges = to.merges + from.merges;
    to.wait_msec = to.wait_msec + from.wait_msec;
  }
  sum.busy_msec = sum.busy_msec + part.busy_msec;
  sum.queue_msec = sum.queue_msec + part.queue_msec;
  sum.used = sum.used || part.used;
  sum.await_source = std::max(sum.await_source, part.await_source);
}

// The processes' sum has what no device counted, but nothing of requests, and not what some ended
// processes did. Their writes are those to memory: of these only where no device counts any.
void add_processes(Activity& sum, const Activity& processes) {
  for (const auto member : kDirections) {
    const Amount counted = (sum.*member).bytes;
    const Amount& caused = (processes.*member).bytes;
    const bool is_better =
        caused.value &&
        (!counted.value || (member == &Activity::read && *caused.value > *counted.value));
    sum.*member = {};
    (sum.*member).bytes = is_better ? caused : counted;
  }
  sum.busy_msec = sum.queue_msec = {};
  sum.await_source = AwaitSource::kNone;
  sum.source = IoSource::kProcesses;
  sum.used = sum.used || processes.used;
}

}  // namespace

DiskView derive_disk(const Snapshot& begin, const Snapshot& end, std::size_t index) {
  const Activity activity = activity_of(begin, end, end.disks.disks[index]);
  return view_of(activity, begin.is_origin);
}

DiskView derive_disk_group(const Snapshot& begin, const Snapshot& end,
                           std::span<const std::size_t> indices) {
  const auto is_under_a_member = [&](const Disk& disk) {
    return disk.number && std::any_of(indices.begin(), indices.end(), [&](std::size_t other) {
             const auto& below = end.disks.disks[other].below;
             return std::find(below.begin(), below.end(), *disk.number) != below.end();
           });
  };
  std::optional<Activity> sum;
  std::optional<Activity> processes;
  double members = 0;
  for (const std::size_t index : indices) {
    const Disk& disk = end.disks.disks[index];
    if (is_under_a_member(disk)) continue;
    const Activity activity = activity_of(begin, end, disk);
    if (disk.is_sum_of_processes()) {
      processes = activity;
      continue;
    }
    members += 1;
    if (sum)
      add(*sum, activity);
    else
      sum = activity;
  }
  if (processes && sum)
    add_processes(*sum, *processes);
  else if (processes)
    sum = processes;
  if (!sum) {  // of no device: of a container it may be that none is counted
    sum = end.scope->is_container ? Activity{} : device_activity({}, {});
    sum->hundredths = hundredths_between(begin, end);
  }
  sum->limit_used_pct = {};
  DiskView view = view_of(*sum, begin.is_origin);
  if (view.util_pct.value && members > 0) *view.util_pct.value /= members;
  return view;
}

}  // namespace cv
