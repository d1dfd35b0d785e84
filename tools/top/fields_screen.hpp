// SPDX-License-Identifier: Apache-2.0
// 'f': which fields a window shows, in which order, and by which it is sorted.
#pragma once

#include <memory>

#include "top/session.hpp"

namespace cvtools::top {

std::unique_ptr<Cover> make_fields_screen();

}  // namespace cvtools::top
