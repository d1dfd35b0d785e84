// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace cvtools {

// sd_notify(3) without its library: one datagram to the socket that NOTIFY_SOCKET names, a path or,
// with '@' first, an abstract name. Null or empty: nobody waits, which is well. False: not told.
bool notify(const char* socket_name, std::string_view message);

}  // namespace cvtools
