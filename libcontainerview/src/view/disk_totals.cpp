// SPDX-License-Identifier: Apache-2.0
#include "base/saturate.hpp"
#include "view/disk.hpp"
#include "view/origin.hpp"

namespace cv {
namespace {

Figure<std::uint64_t> whole(const Figure<double>& figure) {
  if (!figure.value) return {};
  return {to_u64(*figure.value), figure.quality};
}

DiskTotals::Direction direction_of(const DiskDirectionView& view, bool waits_are_measured) {
  return {whole(view.count), whole(view.merge_count), view.bytes,
          waits_are_measured ? whole(view.wait_msec) : Figure<std::uint64_t>{}};
}

}  // namespace

DiskTotals derive_disk_totals(const Snapshot& snapshot, std::size_t index) {
  const DiskView view = derive_disk(origin_of(snapshot), snapshot, index);
  const bool measured = view.await_source == AwaitSource::kCounters;
  DiskTotals totals;
  totals.read = direction_of(view.read, measured);
  totals.write = direction_of(view.write, measured);
  totals.busy_msec = whole(view.busy_msec);
  if (measured) totals.queue_msec = whole(view.queue_msec);
  const auto& device = snapshot.disks.disks[index].device;
  // Nobody counts which of the requests at a device are the container's.
  if (device && !snapshot.scope->is_container)
    totals.in_flight = Figure<std::uint64_t>::of(device->in_flight);
  return totals;
}

}  // namespace cv
