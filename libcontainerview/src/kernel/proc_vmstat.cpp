// SPDX-License-Identifier: Apache-2.0
#include "kernel/proc_vmstat.hpp"

namespace cv {

Parsed<ProcVmstat> parse_proc_vmstat(std::string_view text) {
  Parsed<ProcVmstat> parsed;
  ProcVmstat& value = parsed.value;
  const std::array fields{
      KeyedField{"pgpgin", &value.pgpgin},
      KeyedField{"pgpgout", &value.pgpgout},
      KeyedField{"pswpin", &value.pswpin},
      KeyedField{"pswpout", &value.pswpout},
      KeyedField{"pgalloc_dma", &value.pgalloc_dma},
      KeyedField{"pgalloc_dma32", &value.pgalloc_dma32},
      KeyedField{"pgalloc_high", &value.pgalloc_high},
      KeyedField{"pgalloc_movable", &value.pgalloc_movable},
      KeyedField{"pgalloc_normal", &value.pgalloc_normal},
      KeyedField{"pgfree", &value.pgfree},
  };
  parsed.error = parse_flat_keyed(text, fields);
  return parsed;
}

}  // namespace cv
