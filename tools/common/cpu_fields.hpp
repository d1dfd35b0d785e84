// SPDX-License-Identifier: Apache-2.0
// The keys under "cpu" that every tool means the same by.
#pragma once

#include "common/fields.hpp"

namespace cvtools {

inline constexpr Field<cv_cpu_usage> kCpuFields[] = {
    {"effective_cpus", member<&cv_cpu_usage::effective_cpus>, CV_CPU_EFFECTIVE},
    {"user_pct", member<&cv_cpu_usage::user_pct>, CV_CPU_USER},
    {"system_pct", member<&cv_cpu_usage::system_pct>, CV_CPU_SYSTEM},
    {"nice_pct", member<&cv_cpu_usage::nice_pct>, CV_CPU_NICE},
    {"idle_pct", member<&cv_cpu_usage::idle_pct>, CV_CPU_IDLE},
    {"iowait_pct", member<&cv_cpu_usage::iowait_pct>, CV_CPU_IOWAIT},
    {"irq_pct", member<&cv_cpu_usage::irq_pct>, CV_CPU_IRQ},
    {"softirq_pct", member<&cv_cpu_usage::softirq_pct>, CV_CPU_SOFTIRQ},
    {"steal_pct", member<&cv_cpu_usage::steal_pct>, CV_CPU_STEAL},
    {"throttled_pct", member<&cv_cpu_usage::throttled_pct>, CV_CPU_THROTTLED},
};

}  // namespace cvtools
