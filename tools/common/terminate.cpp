// SPDX-License-Identifier: Apache-2.0
// What libstdc++ does about an exception that nobody catches: it tells its type, demangled, and
// aborts. The tools catch every one (tool_main), and the demangler would be 60 KB of each binary
// that has libstdc++ in it, with tables that are relocated at every start.
#include <cstdlib>

namespace __gnu_cxx {

// Replaces that of libstdc++.a, from where only what is missing is linked.
void __verbose_terminate_handler() { std::abort(); }

}  // namespace __gnu_cxx
