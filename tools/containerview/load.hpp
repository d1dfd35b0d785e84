// SPDX-License-Identifier: Apache-2.0
// containerview load: how loaded the container is, and who makes the load.
#pragma once

#include <string>
#include <vector>

#include "common/environment.hpp"
#include "common/json.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {

struct LoadReport {
  containerview::Scope scope;  // texts live as long as the snapshot
  containerview::Load load;
  containerview::Sampled now;
  std::vector<containerview::SampledProcess> processes;  // texts live as long as the sampler
};

std::string render_load_text(const LoadReport& report);
std::string render_load_json(const LoadReport& report, JsonStyle style);

int run_load(Environment& environment, const containerview::Options& where, bool json);

}  // namespace cvtools
