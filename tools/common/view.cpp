// SPDX-License-Identifier: Apache-2.0
#include "common/view.hpp"

#include <cstring>
#include <string>

namespace cvtools {
namespace {

std::optional<cv_scope_request> scope_named(std::string_view name) {
  if (name == "auto") return CV_SCOPE_AUTO;
  if (name == "host") return CV_SCOPE_HOST;
  if (name == "container") return CV_SCOPE_CONTAINER;
  return std::nullopt;
}

// A value that is not understood ends the tool: figures of another scope than the one that was
// asked for would be worse than none.
bool apply_environment(Environment& environment, const ViewOptions& view,
                       containerview::Options& options) {
  if (environment.scope != nullptr && *environment.scope != '\0') {
    const std::optional<cv_scope_request> scope = scope_named(environment.scope);
    if (!scope) {
      complain(environment, std::string("CONTAINERVIEW_SCOPE is '") + environment.scope +
                                "': not one of auto, host, container");
      return false;
    }
    if (!view.says_whose()) options.scope = *scope;
  }
  if (environment.cache_used != nullptr && *environment.cache_used != '\0') {
    const std::optional<std::uint32_t> value = to_percent(environment.cache_used);
    if (!value) {
      complain(environment, std::string("CONTAINERVIEW_CACHE_USED is '") + environment.cache_used +
                                "': not a number from 0 to 100");
      return false;
    }
    options.cache_used_pct = *value;
  }
  return true;
}

}  // namespace

std::optional<containerview::Options> context_options(const ViewOptions& view,
                                                      Environment& environment) {
  containerview::Options options;
  if (!apply_environment(environment, view, options)) return std::nullopt;
  if (view.host) options.scope = CV_SCOPE_HOST;
  if (view.container) options.scope = CV_SCOPE_CONTAINER;
  if (view.cache_used_pct) options.cache_used_pct = *view.cache_used_pct;
  options.pid = view.pid;
  options.cgroup = view.cgroup;
  options.sysroot = view.sysroot;
  options.history = view.history;
  return options;
}

void complain_problems(Environment& environment, const containerview::Snapshot& snapshot) {
  for (std::size_t i = 0; i < snapshot.problem_count(); ++i) {
    complain(environment, snapshot.problem(i));
  }
}

}  // namespace cvtools
