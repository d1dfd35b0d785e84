// SPDX-License-Identifier: Apache-2.0
#include "multicall/multicall.hpp"

#include <string>

#include "multicall/all_tools.hpp"

namespace cvtools {
namespace {

constexpr std::string_view kInstalledPrefix = "cv-";  // bin/cv-free

const Tool* find_tool(std::string_view name) {
  for (const Tool& tool : all_tools())
    if (tool.name() == name) return &tool;
  return nullptr;
}

const Tool* tool_called(std::string_view name) {
  if (name.starts_with(kInstalledPrefix)) name.remove_prefix(kInstalledPrefix.size());
  return find_tool(name);
}

std::string classic_names() {
  std::string names;
  for (const Tool& tool : all_tools().subspan(1)) {
    if (!names.empty()) names += ", ";
    names += tool.name();
  }
  return names;
}

}  // namespace

int run_multicall(Environment& environment) {
  const Tool& containerview = all_tools().front();
  const Tool* tool = tool_called(short_name(environment));
  // A link may have any name. Only under our own, or under one that says nothing, is the first
  // argument a tool's name: "free uptime" is an error of free's.
  if (tool != nullptr && tool != &containerview) return tool->run(environment);
  if (environment.args.size() > 1) {
    tool = find_tool(environment.args[1]);
    if (tool != nullptr) {
      environment.args = environment.args.subspan(1);
      return tool->run(environment);
    }
  }
  const std::string bundled = classic_names();
  environment.bundled = bundled;
  return containerview.run(environment);
}

}  // namespace cvtools
