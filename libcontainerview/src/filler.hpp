// SPDX-License-Identifier: Apache-2.0
// From figures to the ABI's structs of figures, and how these leave.
#pragma once

#include "handles.hpp"
#include "view/figure.hpp"
#include "view/uptime.hpp"

namespace cv {

// Fills one figure of an ABI struct: its field and its bit in the masks.
template <typename Struct>
class Filler {
 public:
  explicit Filler(Struct& out) : out_(out) {}

  template <typename Value, typename Field>
  Filler& put(std::uint64_t bit, const Figure<Value>& figure, Field Struct::*field) {
    if (!figure.value) return *this;
    out_.*field = static_cast<Field>(*figure.value);
    out_.valid |= bit;
    if (figure.quality == Quality::kEstimated) out_.estimated |= bit;
    if (figure.quality == Quality::kHost) out_.host |= bit;
    return *this;
  }

 private:
  Struct& out_;
};

// Checks what every getter checks, lets `fill` write a zeroed struct and copies it out.
template <typename Struct, typename Fill>
std::int32_t get(const cv_snapshot* snapshot, std::uint32_t needs, Struct* out,
                 Fill&& fill) noexcept {
  if (snapshot == nullptr || !usable(out)) return CV_ERR_INVALID;
  if (!snapshot->data.has(needs)) return CV_ERR_NOT_SAMPLED;
  return guarded(nullptr, [&] {
    Struct full{};
    fill(full);
    return copy_out(full, out);
  });
}

inline cv_load load_of(const LoadView& view) {
  cv_load out{};
  Filler(out)
      .put(CV_LOAD_AVG_1M, view.avg_1m, &cv_load::avg_1m)
      .put(CV_LOAD_AVG_5M, view.avg_5m, &cv_load::avg_5m)
      .put(CV_LOAD_AVG_15M, view.avg_15m, &cv_load::avg_15m)
      .put(CV_LOAD_RUNNING, view.running, &cv_load::running)
      .put(CV_LOAD_TOTAL, view.total, &cv_load::total);
  out.source = static_cast<std::int32_t>(view.source);
  out.history_seconds = view.history_seconds;
  return out;
}

}  // namespace cv
