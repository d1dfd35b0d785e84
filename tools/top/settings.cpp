// SPDX-License-Identifier: Apache-2.0
#include "top/settings.hpp"

#include <algorithm>
#include <initializer_list>

namespace cvtools::top {
namespace {

// Those shown, in their order; then all others by number.
std::vector<FieldChoice> field_list(std::initializer_list<FieldId> shown) {
  std::vector<FieldChoice> fields;
  for (const FieldId id : shown) fields.push_back({id, true});
  for (std::size_t number = 0; number < kFieldCount; ++number) {
    const auto id = static_cast<FieldId>(number);
    if (std::find(shown.begin(), shown.end(), id) == shown.end()) fields.push_back({id, false});
  }
  return fields;
}

}  // namespace

Settings default_settings() {
  using enum FieldId;
  constexpr int kRed = 1, kGreen = 2, kYellow = 3, kBlue = 4, kMagenta = 5, kCyan = 6, kWhite = 7;
  Settings settings;
  auto& [def, job, mem, usr] = settings.windows;
  const auto fill = [](Window& window, const char* name, FieldId sort, int text, int header) {
    window.name = name;
    window.sort = sort;
    window.summary_colour = window.message_colour = window.sort_colour = text;
    window.header_colour = header;
  };
  fill(def, "Def", kCpu, kRed, kYellow);
  def.fields = field_list({kPid, kUser, kPr, kNi, kVirt, kRes, kShr, kS, FieldId::kCpu,
                           FieldId::kMem, kTimePlus, kCommand});
  fill(job, "Job", kPid, kCyan, kWhite);
  job.fields = field_list({kPid, kPpid, kTimePlus, FieldId::kCpu, FieldId::kMem, kPr, kNi, kS,
                           kVirt, kRes, kUid, kCommand});
  fill(mem, "Mem", FieldId::kMem, kMagenta, kBlue);
  mem.fields = field_list({kPid, FieldId::kMem, kVirt, kRes, kCode, kData, kShr, kNmaj, kNdrt,
                           FieldId::kCpu, kCommand});
  fill(usr, "Usr", kUser, kYellow, kGreen);
  usr.fields = field_list({kPid, kPpid, kUid, kUser, kRuser, kTty, kTimePlus, FieldId::kCpu,
                           FieldId::kMem, kS, kCommand});
  return settings;
}

}  // namespace cvtools::top
