// SPDX-License-Identifier: Apache-2.0
// containerview info: which container this is and what limits it.
#pragma once

#include <string>
#include <vector>

#include "common/environment.hpp"
#include "common/json.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {

struct InfoReport {
  containerview::Scope scope;  // texts live as long as the snapshot
  containerview::Limits limits;
  containerview::Memory memory;
  containerview::MemoryDetails details;
  containerview::Pids pids;
  std::vector<std::string_view> problems;
};

InfoReport make_info_report(const containerview::Snapshot& snapshot);

std::string render_info_text(const InfoReport& report);
std::string render_info_json(const InfoReport& report, JsonStyle style);

int run_info(Environment& environment, const containerview::Options& where, bool json);

}  // namespace cvtools
