// SPDX-License-Identifier: Apache-2.0
// 'Z': the colours of a window.
#pragma once

#include <memory>

#include "top/session.hpp"

namespace cvtools::top {

// `colours`: how many the terminal has.
std::unique_ptr<Cover> make_colours_screen(Window& window, int colours);

}  // namespace cvtools::top
