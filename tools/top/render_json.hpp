// SPDX-License-Identifier: Apache-2.0
// A frame as a JSON document: the figures as they are, and the rows that the text would show.
#pragma once

#include <string>

#include "common/json.hpp"
#include "top/frame.hpp"

namespace cvtools::top {

// CV_TASK_* of the fields that every document has.
std::uint32_t document_files();

std::string render_top_json(const Settings& settings, const Sample& sample,
                            const std::vector<Row>& rows, Names& names, JsonStyle style);

}  // namespace cvtools::top
