// SPDX-License-Identifier: Apache-2.0
// What all JSON documents have in common.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/fields.hpp"
#include "common/json.hpp"
#include "containerview/containerview.hpp"

namespace cvtools {

// "2026-11-22T22:10:00Z"
std::string utc_text(std::chrono::system_clock::time_point time);

// schema, version, time
void put_identity(JsonDocument& json, std::string_view schema, const containerview::Scope& scope);
// quality
void put_quality(JsonDocument& json, const QualityLists& quality);
// kind, cgroup_version, cgroup: in the open object
void put_scope_members(JsonDocument& json, const containerview::Scope& scope);

// The whole head: schema, version, time, scope, quality.
void put_head(JsonDocument& json, std::string_view schema, const containerview::Scope& scope,
              const QualityLists& quality);

std::string_view to_string(cv_cgroup_version version);

}  // namespace cvtools
