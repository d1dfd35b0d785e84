// SPDX-License-Identifier: Apache-2.0
// Shares of one whole as they are printed.
#pragma once

#include <span>

namespace cvtools {

// Rounds shares that are 100 in all to `decimals`, so that what is printed is 100 in all too: each
// is cut off, and what that leaves goes to those which lost most. Shares of another sum, such as
// those of which none is known, stay as they are.
void round_shares(std::span<double> shares, int decimals);

}  // namespace cvtools
