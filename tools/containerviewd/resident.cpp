// SPDX-License-Identifier: Apache-2.0
#include "containerviewd/resident.hpp"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <span>

namespace cvtools {
namespace {

// Of one file that the program is made of, the parts that nobody can have written to: dropping a
// page of another kind would lose what stands in it.
int release_of(dl_phdr_info* info, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (const ElfW(Phdr) & header : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
    if (header.p_type != PT_LOAD || (header.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t end = (begin + header.p_memsz) / page * page;
    if (end > first)
      // NOLINTNEXTLINE(performance-no-int-to-ptr): it is how program headers tell addresses
      madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void release_code() { dl_iterate_phdr(release_of, nullptr); }

}  // namespace cvtools
