// SPDX-License-Identifier: Apache-2.0
#include "view/explain_keys.hpp"

#include <array>

namespace cv {
namespace {

constexpr std::uint32_t kMemoryLimits = kSampleMemory | kSampleLimits;

constexpr std::array kKeys{
    ExplainKey{"memory.total_bytes", kSampleMemory, explain_memory_total},
    ExplainKey{"memory.used_bytes", kSampleMemory, explain_memory_used},
    ExplainKey{"memory.free_bytes", kSampleMemory, explain_memory_free},
    ExplainKey{"memory.shared_bytes", kSampleMemory, explain_memory_shared},
    ExplainKey{"memory.buffers_bytes", kSampleMemory, explain_memory_buffers},
    ExplainKey{"memory.cache_bytes", kSampleMemory, explain_memory_cache},
    ExplainKey{"memory.buff_cache_bytes", kSampleMemory, explain_memory_buff_cache},
    ExplainKey{"memory.available_bytes", kSampleMemory, explain_memory_available},
    ExplainKey{"memory.other_bytes", kSampleMemory, explain_memory_other},
    ExplainKey{"memory.usage_bytes", kMemoryLimits, explain_memory_usage},
    ExplainKey{"memory.working_set_bytes", kMemoryLimits, explain_memory_working_set},
    ExplainKey{"memory.limit.bytes", kMemoryLimits, explain_memory_limit},
    ExplainKey{"memory.high.bytes", kMemoryLimits, explain_memory_high},
    ExplainKey{"memory.oom_kills", kMemoryLimits | kSampleMemoryDetails, explain_memory_oom_kills},
    ExplainKey{"swap.total_bytes", kSampleMemory, explain_swap_total},
    ExplainKey{"swap.used_bytes", kSampleMemory, explain_swap_used},
    ExplainKey{"swap.free_bytes", kSampleMemory, explain_swap_free},
    ExplainKey{"swap.limit.bytes", kMemoryLimits, explain_swap_limit},
    ExplainKey{"commit.limit_bytes", kSampleMemory, explain_commit_limit},
    ExplainKey{"commit.committed_bytes", kSampleMemory, explain_commit_committed},
    ExplainKey{"cpu.quota.cpus", kSampleLimits, explain_cpu_quota},
    ExplainKey{"cpu.effective_cpus", kSampleLimits, explain_effective_cpus},
    ExplainKey{"cpu.whole_cpus", kSampleLimits, explain_whole_cpus},
    ExplainKey{"pids.limit.count", kSampleLimits, explain_pids_limit},
    ExplainKey{"pids.current", kSampleLimits, explain_pids_current},
    ExplainKey{"uptime_seconds", kSampleUptime, explain_uptime},
    ExplainKey{"since", kSampleUptime, explain_since},
    ExplainKey{"users", kSampleUsers, explain_users},
    ExplainKey{"load.avg_1m", kSampleLoad | kSampleUptime, explain_load_1m},
    ExplainKey{"load.avg_5m", kSampleLoad | kSampleUptime, explain_load_5m},
    ExplainKey{"load.avg_15m", kSampleLoad | kSampleUptime, explain_load_15m},
    ExplainKey{"load.running", kSampleLoad | kSampleUptime, explain_load_running},
    ExplainKey{"load.total", kSampleLoad | kSampleUptime, explain_load_total},
};

}  // namespace

std::span<const ExplainKey> explain_keys() { return kKeys; }

}  // namespace cv
