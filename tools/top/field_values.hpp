// SPDX-License-Identifier: Apache-2.0
// The values of the fields that are more than a member of the task. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "top/fields.hpp"

namespace cvtools::top {

double cpu_pct(const cv_task& task, const FieldContext& context);
double wait_pct(const cv_task& task, const FieldContext& context);
// CPU time since its start, over its age.
double utilization_pct(const cv_task& task, const FieldContext& context, bool with_children);
std::int64_t cpu_nsec(const cv_task& task, const FieldContext& context);

// The name, or with 'c' the command line: "[kthreadd]" where there is none, "<defunct>" behind that
// of a zombie.
std::string command_of(const cv_task& task, const FieldContext& context);

// Out of the lines of /proc/PID/cgroup, joined by ','. "-" where they tell nothing.
std::string cgroups_text(std::string_view cgroups);              // without those at a root
std::string cgroup_name(std::string_view cgroups);               // of the named hierarchy, else all
std::string lxc_name(std::string_view cgroups);                  // "web" of lxc.payload.web
std::string docker_id(std::string_view cgroups);                 // first 12 of the 64 digits
std::string class_name(std::uint32_t policy);                    // "TS", "FF", ...
std::string group_names(std::string_view groups, Names* names);  // null: the numbers

}  // namespace cvtools::top
