// SPDX-License-Identifier: Apache-2.0
// One function per figure, gathered in the table of explain_keys.cpp.
#pragma once

#include "view/explain.hpp"

namespace cv {

// explain_memory.cpp
void explain_memory_total(Explainer& out);
void explain_memory_used(Explainer& out);
void explain_memory_free(Explainer& out);
void explain_memory_shared(Explainer& out);
void explain_memory_buffers(Explainer& out);
void explain_memory_cache(Explainer& out);
void explain_memory_buff_cache(Explainer& out);
void explain_memory_available(Explainer& out);
void explain_memory_other(Explainer& out);
void explain_memory_usage(Explainer& out);
void explain_memory_working_set(Explainer& out);
void explain_memory_limit(Explainer& out);
void explain_memory_high(Explainer& out);
void explain_memory_oom_kills(Explainer& out);
void explain_swap_total(Explainer& out);
void explain_swap_used(Explainer& out);
void explain_swap_free(Explainer& out);
void explain_swap_limit(Explainer& out);
void explain_commit_limit(Explainer& out);
void explain_commit_committed(Explainer& out);

// explain_cpu.cpp
void explain_cpu_quota(Explainer& out);
void explain_effective_cpus(Explainer& out);
void explain_whole_cpus(Explainer& out);
void explain_pids_limit(Explainer& out);
void explain_pids_current(Explainer& out);
void explain_uptime(Explainer& out);
void explain_since(Explainer& out);
void explain_users(Explainer& out);
void explain_load_1m(Explainer& out);
void explain_load_5m(Explainer& out);
void explain_load_15m(Explainer& out);
void explain_load_running(Explainer& out);
void explain_load_total(Explainer& out);

}  // namespace cv
