// SPDX-License-Identifier: Apache-2.0
#include "free/report.hpp"

namespace cvtools {

FreeReport make_free_report(const containerview::Snapshot& snapshot) {
  return {snapshot.scope(), snapshot.memory(), snapshot.swap(), snapshot.commit(),
          snapshot.memory_details()};
}

}  // namespace cvtools
