// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cvtools {

// Takes program code that is not in use out of this process's resident memory. The kernel maps some
// 64 KiB of a file around each address that is ever touched, and a start touches most of it; what
// the daemon goes on with comes back from the page cache, at a microsecond for each such part.
void release_code();

}  // namespace cvtools
