// SPDX-License-Identifier: Apache-2.0
// The part of the C ABI that vmstat's figures come through.
#include "filler.hpp"
#include "view/activity.hpp"
#include "view/origin.hpp"

extern "C" {

int32_t cv_get_activity(const cv_snapshot* begin, const cv_snapshot* end,
                        cv_activity* activity) noexcept {
  if (begin != nullptr && !begin->data.has(CV_SAMPLE_ACTIVITY)) return CV_ERR_NOT_SAMPLED;
  return cv::get(end, CV_SAMPLE_ACTIVITY, activity, [&](cv_activity& out) {
    using Out = cv_activity;
    const cv::ActivityView view = begin != nullptr
                                      ? cv::derive_activity(begin->data, end->data)
                                      : cv::derive_activity(cv::origin_of(end->data), end->data);
    cv::Filler(out)
        .put(CV_ACTIVITY_RUNNING, view.running, &Out::running)
        .put(CV_ACTIVITY_BLOCKED, view.blocked, &Out::blocked)
        .put(CV_ACTIVITY_SWITCHES, view.switches, &Out::context_switches)
        .put(CV_ACTIVITY_INTERRUPTS, view.interrupts, &Out::interrupts)
        .put(CV_ACTIVITY_FORKS, view.forks, &Out::forks)
        .put(CV_ACTIVITY_SWAPPED_IN, view.swapped_in, &Out::swapped_in_bytes)
        .put(CV_ACTIVITY_SWAPPED_OUT, view.swapped_out, &Out::swapped_out_bytes)
        .put(CV_ACTIVITY_PAGED_IN, view.paged_in, &Out::paged_in_bytes)
        .put(CV_ACTIVITY_PAGED_OUT, view.paged_out, &Out::paged_out_bytes)
        .put(CV_ACTIVITY_ALLOCATED_DMA, view.allocated[0], &Out::allocated_dma_pages)
        .put(CV_ACTIVITY_ALLOCATED_DMA32, view.allocated[1], &Out::allocated_dma32_pages)
        .put(CV_ACTIVITY_ALLOCATED_HIGH, view.allocated[2], &Out::allocated_high_pages)
        .put(CV_ACTIVITY_ALLOCATED_MOVABLE, view.allocated[3], &Out::allocated_movable_pages)
        .put(CV_ACTIVITY_ALLOCATED_NORMAL, view.allocated[4], &Out::allocated_normal_pages)
        .put(CV_ACTIVITY_FREED, view.freed, &Out::freed_pages)
        .put(CV_ACTIVITY_ELAPSED, view.elapsed_nsec, &Out::elapsed_nsec)
        .put(CV_ACTIVITY_STARTED, view.started_sec, &Out::started_realtime_sec);
  });
}

int32_t cv_get_cpu_times(const cv_snapshot* snapshot, cv_cpu_times* times) noexcept {
  const std::uint32_t needs = CV_SAMPLE_CPU | unsigned{CV_SAMPLE_UPTIME};
  return cv::get(snapshot, needs, times, [&](cv_cpu_times& out) {
    using Out = cv_cpu_times;
    const cv::CpuTimesView view = cv::derive_cpu_times(snapshot->data);
    cv::Filler(out)
        .put(CV_CPU_TIME_USER, view.user, &Out::user_usec)
        .put(CV_CPU_TIME_NICE, view.nice, &Out::nice_usec)
        .put(CV_CPU_TIME_SYSTEM, view.system, &Out::system_usec)
        .put(CV_CPU_TIME_IDLE, view.idle, &Out::idle_usec)
        .put(CV_CPU_TIME_IOWAIT, view.iowait, &Out::iowait_usec)
        .put(CV_CPU_TIME_IRQ, view.irq, &Out::irq_usec)
        .put(CV_CPU_TIME_SOFTIRQ, view.softirq, &Out::softirq_usec)
        .put(CV_CPU_TIME_STEAL, view.steal, &Out::steal_usec)
        .put(CV_CPU_TIME_GUEST, view.guest, &Out::guest_usec)
        .put(CV_CPU_TIME_GUEST_NICE, view.guest_nice, &Out::guest_nice_usec);
  });
}

size_t cv_slab_count(const cv_snapshot* snapshot) noexcept {
  return snapshot == nullptr ? 0 : snapshot->data.slabs.size();
}

int32_t cv_get_slab(const cv_snapshot* snapshot, size_t index, cv_slab* slab) noexcept {
  if (index >= cv_slab_count(snapshot)) return CV_ERR_INVALID;
  return cv::get(snapshot, CV_SAMPLE_SLABS, slab, [&](cv_slab& out) {
    const cv::SlabCache& cache = snapshot->data.slabs[index];
    out.name = cache.name.c_str();
    out.active_objects = cache.active_objects;
    out.objects = cache.objects;
    out.object_bytes = cache.object_bytes;
    out.objects_per_slab = cache.objects_per_slab;
  });
}

}  // extern "C"
