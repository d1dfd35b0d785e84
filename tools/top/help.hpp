// SPDX-License-Identifier: Apache-2.0
// The help, made of the keymap.
#pragma once

#include <memory>

#include "top/session.hpp"

namespace cvtools::top {

std::unique_ptr<Cover> make_help();

}  // namespace cvtools::top
