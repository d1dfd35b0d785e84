// SPDX-License-Identifier: Apache-2.0
#include "watch/held_files.hpp"

#include <sys/resource.h>

#include "load/budget.hpp"
#include "snapshot/sampler.hpp"
#include "view/memory.hpp"

namespace cv {
namespace {

// What is left in the memory cgroup that this process is charged to.
std::optional<std::uint64_t> own_memory_headroom() {
  TargetOptions own;
  own.scope = ScopeRequest::kContainer;
  auto target = Target::open(own);
  if (!target) return std::nullopt;
  const auto snapshot = Sampler(std::move(*target)).sample(kSampleMemory);
  return snapshot ? derive_memory(*snapshot).available.value : std::nullopt;
}

}  // namespace

std::size_t allowed_held_files(std::size_t held) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) files.rlim_cur = 0;
  auto headroom = own_memory_headroom();
  if (headroom) *headroom += held * kHeldFileBytes;
  return held_file_limit(files.rlim_cur, headroom);
}

}  // namespace cv
