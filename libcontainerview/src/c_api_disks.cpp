// SPDX-License-Identifier: Apache-2.0
// The C ABI of block devices. Translation only, as in c_api.cpp.
#include "filler.hpp"
#include "view/disk.hpp"
#include "view/origin.hpp"

namespace {

std::int32_t source_of(cv::IoSource source) {
  switch (source) {
    case cv::IoSource::kIoStat:
      return CV_DISK_SOURCE_IO_STAT;
    case cv::IoSource::kCfq:
      return CV_DISK_SOURCE_CFQ;
    case cv::IoSource::kThrottle:
      return CV_DISK_SOURCE_THROTTLE;
    case cv::IoSource::kBfq:
      return CV_DISK_SOURCE_BFQ;
    case cv::IoSource::kProcesses:
      return CV_DISK_SOURCE_PROCESSES;
    case cv::IoSource::kDevice:
      return CV_DISK_SOURCE_DEVICE;
    case cv::IoSource::kNone:
      break;
  }
  return CV_DISK_SOURCE_NONE;
}

const char* text_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

void fill_figures(const cv::DiskView& view, cv_disk& out) {
  out.await_source = static_cast<std::int32_t>(view.await_source);
  out.used = view.used ? 1 : 0;
  out.active = view.active ? 1 : 0;
  cv::Filler(out)
      .put(CV_DISK_TPS, view.all.ios, &cv_disk::tps)
      .put(CV_DISK_READS, view.read.ios, &cv_disk::reads_per_sec)
      .put(CV_DISK_WRITES, view.write.ios, &cv_disk::writes_per_sec)
      .put(CV_DISK_DISCARDS, view.discard.ios, &cv_disk::discards_per_sec)
      .put(CV_DISK_FLUSHES, view.flush.ios, &cv_disk::flushes_per_sec)
      .put(CV_DISK_READ_RATE, view.read.bytes_per_sec, &cv_disk::read_bytes_per_sec)
      .put(CV_DISK_WRITE_RATE, view.write.bytes_per_sec, &cv_disk::written_bytes_per_sec)
      .put(CV_DISK_DISCARD_RATE, view.discard.bytes_per_sec, &cv_disk::discarded_bytes_per_sec)
      .put(CV_DISK_READ_BYTES, view.read.bytes, &cv_disk::read_bytes)
      .put(CV_DISK_WRITTEN_BYTES, view.write.bytes, &cv_disk::written_bytes)
      .put(CV_DISK_DISCARDED_BYTES, view.discard.bytes, &cv_disk::discarded_bytes)
      .put(CV_DISK_READ_MERGES, view.read.merges, &cv_disk::read_merges_per_sec)
      .put(CV_DISK_WRITE_MERGES, view.write.merges, &cv_disk::write_merges_per_sec)
      .put(CV_DISK_DISCARD_MERGES, view.discard.merges, &cv_disk::discard_merges_per_sec)
      .put(CV_DISK_READ_MERGES, view.read.merged_pct, &cv_disk::read_merged_pct)
      .put(CV_DISK_WRITE_MERGES, view.write.merged_pct, &cv_disk::write_merged_pct)
      .put(CV_DISK_DISCARD_MERGES, view.discard.merged_pct, &cv_disk::discard_merged_pct)
      .put(CV_DISK_R_AWAIT, view.read.await_msec, &cv_disk::r_await_ms)
      .put(CV_DISK_W_AWAIT, view.write.await_msec, &cv_disk::w_await_ms)
      .put(CV_DISK_D_AWAIT, view.discard.await_msec, &cv_disk::d_await_ms)
      .put(CV_DISK_F_AWAIT, view.flush.await_msec, &cv_disk::f_await_ms)
      .put(CV_DISK_READ_SIZE, view.read.request_bytes, &cv_disk::read_size_bytes)
      .put(CV_DISK_WRITE_SIZE, view.write.request_bytes, &cv_disk::write_size_bytes)
      .put(CV_DISK_DISCARD_SIZE, view.discard.request_bytes, &cv_disk::discard_size_bytes)
      .put(CV_DISK_QUEUE, view.queue, &cv_disk::queue_size)
      .put(CV_DISK_UTIL, view.util_pct, &cv_disk::util_pct)
      .put(CV_DISK_AWAIT, view.all.await_msec, &cv_disk::await_ms)
      .put(CV_DISK_SIZE, view.all.request_bytes, &cv_disk::size_bytes)
      .put(CV_DISK_RATE, view.all.bytes_per_sec, &cv_disk::bytes_per_sec)
      .put(CV_DISK_MERGES, view.all.merges, &cv_disk::merges_per_sec);
}

// Checks both ends and calls fill(begin, end, out).
template <typename Struct, typename Fill>
std::int32_t get_between(const cv_snapshot* begin, const cv_snapshot* end, Struct* out, Fill&& fill,
                         std::uint32_t needs = CV_SAMPLE_DISKS) noexcept {
  if (begin != nullptr && !begin->data.has(CV_SAMPLE_DISKS)) return CV_ERR_NOT_SAMPLED;
  const std::uint32_t age = begin == nullptr ? unsigned{CV_SAMPLE_UPTIME} : 0u;
  return cv::get(end, needs | age, out, [&](Struct& full) {
    if (begin != nullptr)
      fill(begin->data, end->data, full);
    else
      fill(cv::disk_origin_of(end->data), end->data, full);
  });
}

}  // namespace

extern "C" {

size_t cv_disk_count(const cv_snapshot* snapshot) noexcept {
  return snapshot == nullptr ? 0 : snapshot->data.disks.disks.size();
}

int32_t cv_get_disk(const cv_snapshot* begin, const cv_snapshot* end, size_t index,
                    cv_disk* disk) noexcept {
  if (index >= cv_disk_count(end)) return CV_ERR_INVALID;
  return get_between(begin, end, disk,
                     [&](const cv::Snapshot& from, const cv::Snapshot& to, cv_disk& out) {
                       const cv::Disk& device = end->data.disks.disks[index];
                       const cv::DiskView view = cv::derive_disk(from, to, index);
                       out.name = device.name.c_str();
                       out.mapper_name = text_or_null(device.mapper_name);
                       out.persistent_name = text_or_null(device.persistent_name);
                       out.partition_of = text_or_null(device.partition_of);
                       out.stacked_on = text_or_null(device.stacked_on);
                       if (device.number) {
                         out.valid |= CV_DISK_NUMBER;
                         out.major_number = device.number->major;
                         out.minor_number = device.number->minor;
                       }
                       out.source = source_of(view.source);
                       fill_figures(view, out);
                     });
}

int32_t cv_get_disk_group(const cv_snapshot* begin, const cv_snapshot* end, const size_t* indices,
                          size_t count, cv_disk* disk) noexcept {
  if (count != 0 && indices == nullptr) return CV_ERR_INVALID;
  for (size_t i = 0; i < count; ++i)
    if (indices[i] >= cv_disk_count(end)) return CV_ERR_INVALID;
  return get_between(begin, end, disk,
                     [&](const cv::Snapshot& from, const cv::Snapshot& to, cv_disk& out) {
                       fill_figures(cv::derive_disk_group(from, to, {indices, count}), out);
                     });
}

int32_t cv_get_disk_limits(const cv_snapshot* begin, const cv_snapshot* end, size_t index,
                           cv_disk_limits* limits) noexcept {
  if (index >= cv_disk_count(end)) return CV_ERR_INVALID;
  return get_between(
      begin, end, limits,
      [&](const cv::Snapshot& from, const cv::Snapshot& to, cv_disk_limits& out) {
        const cv::IoLimits& set = end->data.disks.disks[index].limits;
        const auto put = [&](std::uint64_t bit, std::optional<std::uint64_t> limit,
                             std::uint64_t cv_disk_limits::*field) {
          cv::Filler(out).put(bit, cv::Figure<std::uint64_t>::of(limit), field);
        };
        put(CV_DISK_LIMIT_READ_RATE, set.rbps, &cv_disk_limits::read_bytes_per_sec);
        put(CV_DISK_LIMIT_WRITE_RATE, set.wbps, &cv_disk_limits::written_bytes_per_sec);
        put(CV_DISK_LIMIT_READS, set.riops, &cv_disk_limits::reads_per_sec);
        put(CV_DISK_LIMIT_WRITES, set.wiops, &cv_disk_limits::writes_per_sec);
        cv::Filler(out).put(CV_DISK_LIMIT_USED, cv::derive_disk(from, to, index).limit_used_pct,
                            &cv_disk_limits::used_pct);
        out.known = end->data.disks.limits_known ? 1 : 0;
      },
      CV_SAMPLE_DISK_LIMITS);
}

int32_t cv_get_disk_totals(const cv_snapshot* snapshot, size_t index,
                           cv_disk_totals* totals) noexcept {
  if (index >= cv_disk_count(snapshot)) return CV_ERR_INVALID;
  return cv::get(snapshot, CV_SAMPLE_DISKS, totals, [&](cv_disk_totals& out) {
    using Out = cv_disk_totals;
    const cv::DiskTotals sums = cv::derive_disk_totals(snapshot->data, index);
    cv::Filler(out)
        .put(CV_DISK_TOTAL_READS, sums.read.ios, &Out::reads)
        .put(CV_DISK_TOTAL_READ_MERGES, sums.read.merges, &Out::read_merges)
        .put(CV_DISK_TOTAL_READ_BYTES, sums.read.bytes, &Out::read_bytes)
        .put(CV_DISK_TOTAL_READ_TIME, sums.read.msec, &Out::read_msec)
        .put(CV_DISK_TOTAL_WRITES, sums.write.ios, &Out::writes)
        .put(CV_DISK_TOTAL_WRITE_MERGES, sums.write.merges, &Out::write_merges)
        .put(CV_DISK_TOTAL_WRITTEN_BYTES, sums.write.bytes, &Out::written_bytes)
        .put(CV_DISK_TOTAL_WRITE_TIME, sums.write.msec, &Out::write_msec)
        .put(CV_DISK_TOTAL_IN_FLIGHT, sums.in_flight, &Out::in_flight)
        .put(CV_DISK_TOTAL_BUSY, sums.busy_msec, &Out::busy_msec)
        .put(CV_DISK_TOTAL_QUEUE, sums.queue_msec, &Out::queue_msec);
  });
}

}  // extern "C"
