// SPDX-License-Identifier: Apache-2.0
// The load, as every tool shows it.
#pragma once

#include "common/fields.hpp"

namespace cvtools {

inline Value load_source(const cv_load& raw) {
  switch (raw.source) {
    case CV_LOAD_SAMPLER:
      return "sampler";
    case CV_LOAD_ESTIMATE:
      return "estimate";
    case CV_LOAD_HOST:
      return "host";
    default:
      return std::monostate{};
  }
}

inline constexpr Field<cv_load> kLoadFields[] = {
    {"avg_1m", member<&cv_load::avg_1m>, CV_LOAD_AVG_1M},
    {"avg_5m", member<&cv_load::avg_5m>, CV_LOAD_AVG_5M},
    {"avg_15m", member<&cv_load::avg_15m>, CV_LOAD_AVG_15M},
    {"source", load_source, 0},
    {"history_seconds", member<&cv_load::history_seconds>, 0},
    {"running", member<&cv_load::running>, CV_LOAD_RUNNING},
    {"total", member<&cv_load::total>, CV_LOAD_TOTAL},
};

}  // namespace cvtools
