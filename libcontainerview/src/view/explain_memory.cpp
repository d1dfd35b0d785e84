// SPDX-License-Identifier: Apache-2.0
#include "view/explain_keys.hpp"
#include "view/memory.hpp"

namespace cv {
namespace {

constexpr const char* kMeminfo = "/proc/meminfo";

const char* limit_file(const MemorySample& memory) {
  return memory.is_v2 ? "/memory.max" : "/memory.limit_in_bytes";
}
const char* usage_file(const MemorySample& memory) {
  return memory.is_v2 ? "/memory.current" : "/memory.usage_in_bytes";
}

const MemoryLevel& shown_level(const Snapshot& snapshot) {
  return snapshot.memory.levels[*snapshot.memory.shown];
}

// Meminfo as it was read, whatever lies behind it.
void meminfo_input(Explainer& out, std::optional<std::uint64_t> value,
                   std::initializer_list<std::string_view> keys) {
  out.input(kMeminfo, number_text(value), keys);
}

void limit_input(Explainer& out, const MemoryLevel& level) {
  const BytesLimit& max = level.max;
  out.input(level.dir + limit_file(out.snapshot().memory), max.limited()   ? number_text(max.value)
                                                           : max.unknown() ? "unknown"
                                                                           : "no limit");
}

void usage_input(Explainer& out, const MemoryLevel& level) {
  out.input(level.dir + usage_file(out.snapshot().memory), number_text(level.usage));
}

void stat_input(Explainer& out, const MemoryLevel& level, std::optional<std::uint64_t> value,
                std::initializer_list<std::string_view> v2_keys,
                std::initializer_list<std::string_view> v1_keys) {
  out.input(level.dir + "/memory.stat", number_text(value),
            out.snapshot().memory.is_v2 ? v2_keys : v1_keys);
}

std::optional<std::uint64_t> reclaimable_of(const Explainer& out, const MemoryLevel& level) {
  if (!level.stat) return std::nullopt;
  return reclaimable_bytes(*level.stat, out.snapshot().cache_used_pct);
}

void reclaimable_input(Explainer& out, const MemoryLevel& level) {
  stat_input(out, level, reclaimable_of(out, level),
             {"active_file", "inactive_file", "file_dirty", "file_writeback", "slab_reclaimable"},
             {"total_active_file", "total_inactive_file", "total_dirty", "total_writeback"});
}

std::string reclaimable_formula(const Explainer& out, const MemoryLevel& level) {
  if (!level.stat) return "reclaimable unknown";
  const MemoryStat& stat = *level.stat;
  std::string text = "active_file " + number_text(stat.active_file) + " + inactive_file " +
                     number_text(stat.inactive_file) + " - dirty " +
                     number_text(stat.dirty.value_or(0)) + " - writeback " +
                     number_text(stat.writeback.value_or(0));
  if (out.snapshot().cache_used_pct != 0)
    text += ", less " + std::to_string(out.snapshot().cache_used_pct) + " % that counts as used";
  if (stat.slab_reclaimable) text += ", + slab_reclaimable " + number_text(stat.slab_reclaimable);
  return text + " = " + number_text(reclaimable_of(out, level));
}

// Says why there is no figure where no memory cgroup can be seen.
bool nothing_shown(Explainer& out) {
  if (out.snapshot().memory.shown) return false;
  out.formula("unknown: no memory cgroup can be seen from here");
  return true;
}

// The figure of a place without an own memory controller: straight from meminfo.
bool explained_by_machine(Explainer& out, const char* formula,
                          std::initializer_list<std::string_view> keys, const Bytes& figure) {
  if (has_own_memory(out.snapshot())) return false;
  meminfo_input(out, figure.value, keys);
  out.formula(formula);
  if (out.snapshot().scope->is_container)
    out.note("no memory controller can be seen at the container's boundary: the machine's figure");
  return true;
}

void note_v1_slab(Explainer& out, const char* text) {
  if (!out.snapshot().memory.is_v2) out.note(text);
}

void swap_limit_inputs(Explainer& out) {
  const MemorySample& memory = out.snapshot().memory;
  for (const MemoryLevel& level : memory.levels) {
    const BytesLimit& limit = memory.is_v2 ? level.swap_max : level.memsw_max;
    out.input(level.dir + (memory.is_v2 ? "/memory.swap.max" : "/memory.memsw.limit_in_bytes"),
              limit.limited()   ? number_text(limit.value)
              : limit.unknown() ? "unknown"
                                : "no limit");
  }
}

// On v1 hierarchical_memory_limit tells them.
void note_limits_above_on_v2(Explainer& out) {
  const Location* location = out.snapshot().placement->find(Controller::kMemory);
  if (location == nullptr || location->is_v2) note_limits_above(out);
}

// Which of memory.max and memory.high count: high alone stands in for the total, beside a limit it
// only caps what is available.
enum class High { kWithoutMax, kAlways };

// "smallest of": every limited level and the machine.
template <typename PerLevel>
void explain_smallest(Explainer& out, High high, const char* host_key,
                      std::optional<std::uint64_t> host_value, PerLevel&& per_level) {
  const MemorySample& memory = out.snapshot().memory;
  const bool with_high = high == High::kAlways || !memory.limit.limited();
  std::string text = "smallest of:";
  for (const MemoryLevel& level : memory.levels) {
    if (level.max.limited()) text += per_level(level, "limit", level.max.value);
    if (with_high && level.high.limited()) {
      out.input(level.dir + "/memory.high", number_text(level.high.value));
      text += per_level(level, "high", level.high.value);
    }
  }
  if (memory.limit.limited() && !memory.limit.level) {
    text +=
        per_level(shown_level(out.snapshot()), "limit of a hidden ancestor", memory.limit.value);
    out.note(
        "an ancestor that the mount hides sets the limit: what others use of it can not be seen");
  }
  if (memory.limit.unknown()) text += " a limit that can not be read;";
  text += std::string(" machine: ") + host_key + " " + number_text(host_value);
  meminfo_input(out, host_value, {host_key});
  out.formula(std::move(text));
  note_limits_above_on_v2(out);
}

void explain_limit(Explainer& out, const EffectiveBytes& limit, const char* file,
                   const char* what) {
  const MemorySample& memory = out.snapshot().memory;
  const bool hidden = (*out.snapshot().placement)[Controller::kMemory].hidden;
  std::string text = std::string("smallest ") + what + " over the cgroup and its ancestors: ";
  if (hidden || limit.unknown()) {
    text += hidden ? "unknown, for no mount shows the cgroup"
                   : "unknown, for not all of them can be read";
  } else if (limit.limited()) {
    out.figure(Bytes::of(limit.value));
    text += number_text(limit.value) + " set by " +
            (limit.level ? memory.levels[*limit.level].dir : std::string("a hidden ancestor"));
  } else {
    out.text_figure("unlimited", Quality::kExact);
    text += "none";
    if (limit.raw != 0)
      out.note("the value set, " + number_text(limit.raw) +
               ", is at or above the machine's memory");
  }
  for (const MemoryLevel& level : memory.levels) out.input(level.dir + file, "");
  out.formula(std::move(text));
  note_limits_above_on_v2(out);
}

}  // namespace

void explain_memory_total(Explainer& out) {
  const Bytes total = derive_memory(out.snapshot()).total;
  out.figure(total);
  if (explained_by_machine(out, "MemTotal", {"MemTotal"}, total)) return;
  const MemorySample& memory = out.snapshot().memory;
  for (const MemoryLevel& level : memory.levels) limit_input(out, level);
  explain_smallest(out, High::kWithoutMax, "MemTotal",
                   memory.host ? memory.host->mem_total : std::nullopt,
                   [](const MemoryLevel& level, const char* what, std::uint64_t limit) {
                     return " " + level.dir + ": " + what + " " + number_text(limit) + ";";
                   });
  if (!memory.limit.limited() && memory.high.limited())
    out.note(
        "memory.high without memory.max: reclaim and throttling begin there, so it is the total");
}

void explain_memory_used(Explainer& out) {
  const MemoryView view = derive_memory(out.snapshot());
  out.figure(view.used);
  if (explained_by_machine(out, "MemTotal - MemAvailable", {"MemTotal", "MemAvailable"}, view.used))
    return;
  const MemoryLevel& level = shown_level(out.snapshot());
  usage_input(out, level);
  reclaimable_input(out, level);
  out.formula("usage " + number_text(level.usage) + " - reclaimable (" +
              reclaimable_formula(out, level) + ") = " + number_text(view.used.value));
  note_v1_slab(out, "cgroup v1 does not tell which slab can be reclaimed: an upper bound");
  if (level.usage && reclaimable_of(out, level) && view.used.value &&
      *view.used.value + *reclaimable_of(out, level) < *level.usage)
    out.note("cut so that used + available do not exceed the total");
}

void explain_memory_free(Explainer& out) {
  const Bytes figure = derive_memory(out.snapshot()).free;
  out.figure(figure);
  if (explained_by_machine(out, "MemFree", {"MemFree"}, figure)) return;
  const MemorySample& memory = out.snapshot().memory;
  explain_smallest(out, High::kWithoutMax, "MemFree",
                   memory.host ? memory.host->mem_free : std::nullopt,
                   [&](const MemoryLevel& level, const char* what, std::uint64_t limit) {
                     limit_input(out, level);
                     usage_input(out, level);
                     return " " + level.dir + ": " + what + " " + number_text(limit) + " - usage " +
                            number_text(level.usage) + ";";
                   });
}

void explain_memory_shared(Explainer& out) {
  const Bytes figure = derive_memory(out.snapshot()).shared;
  out.figure(figure);
  if (explained_by_machine(out, "Shmem", {"Shmem"}, figure)) return;
  stat_input(out, shown_level(out.snapshot()), figure.value, {"shmem"}, {"total_shmem"});
  out.formula("shmem of memory.stat");
}

void explain_memory_buffers(Explainer& out) {
  const Bytes figure = derive_memory(out.snapshot()).buffers;
  out.figure(figure);
  if (explained_by_machine(out, "Buffers", {"Buffers"}, figure)) return;
  out.formula("0: cgroups count block device buffers as file cache");
}

void explain_memory_cache(Explainer& out) {
  const Bytes figure = derive_memory(out.snapshot()).cache;
  out.figure(figure);
  if (explained_by_machine(out, "Cached", {"Cached"}, figure)) return;
  stat_input(out, shown_level(out.snapshot()), figure.value, {"file"}, {"total_cache"});
  out.formula("file (v1: total_cache) of memory.stat");
}

void explain_memory_buff_cache(Explainer& out) {
  const Bytes figure = derive_memory(out.snapshot()).buff_cache;
  out.figure(figure);
  if (explained_by_machine(out, "Buffers + Cached + SReclaimable",
                           {"Buffers", "Cached", "SReclaimable"}, figure))
    return;
  stat_input(out, shown_level(out.snapshot()), figure.value, {"file", "slab_reclaimable"},
             {"total_cache"});
  out.formula("cache + slab_reclaimable = " + number_text(figure.value));
  note_v1_slab(out, "cgroup v1 does not tell which slab can be reclaimed: a lower bound");
}

void explain_memory_available(Explainer& out) {
  const Bytes figure = derive_memory(out.snapshot()).available;
  out.figure(figure);
  if (explained_by_machine(out, "MemAvailable", {"MemAvailable"}, figure)) return;
  const MemorySample& memory = out.snapshot().memory;
  explain_smallest(out, High::kAlways, "MemAvailable",
                   memory.host ? memory.host->mem_available : std::nullopt,
                   [&](const MemoryLevel& level, const char* what, std::uint64_t limit) {
                     limit_input(out, level);
                     usage_input(out, level);
                     reclaimable_input(out, level);
                     return " " + level.dir + ": " + what + " " + number_text(limit) + " - usage " +
                            number_text(level.usage) + " + reclaimable (" +
                            reclaimable_formula(out, level) + ");";
                   });
  note_v1_slab(out, "cgroup v1 does not tell which slab can be reclaimed: a lower bound");
}

void explain_memory_other(Explainer& out) {
  const MemoryView view = derive_memory(out.snapshot());
  out.figure(view.other);
  out.formula("total " + number_text(view.total.value) + " - used " + number_text(view.used.value) +
              " - available " + number_text(view.available.value) + " = " +
              number_text(view.other.value) + ": held by others under the same limit");
}

void explain_memory_usage(Explainer& out) {
  const Bytes figure = derive_memory_details(out.snapshot()).usage;
  out.figure(figure);
  if (nothing_shown(out)) return;
  usage_input(out, shown_level(out.snapshot()));
  out.formula("what the cgroup is charged with, file cache included");
}

void explain_memory_working_set(Explainer& out) {
  const Bytes figure = derive_memory_details(out.snapshot()).working_set;
  out.figure(figure);
  if (nothing_shown(out)) return;
  const MemoryLevel& level = shown_level(out.snapshot());
  usage_input(out, level);
  const auto inactive = level.stat ? level.stat->inactive_file : std::nullopt;
  stat_input(out, level, inactive, {"inactive_file"}, {"total_inactive_file"});
  out.formula("usage " + number_text(level.usage) + " - inactive_file " + number_text(inactive) +
              " = " + number_text(figure.value));
  out.note("what kubectl top and docker stats show");
}

void explain_memory_limit(Explainer& out) {
  const MemorySample& memory = out.snapshot().memory;
  explain_limit(out, memory.limit, limit_file(memory), "limit");
  if (!memory.is_v2 && !memory.levels.empty())
    out.input(memory.levels.front().dir + "/memory.stat", number_text(memory.limit.raw),
              {"hierarchical_memory_limit"});
}

void explain_memory_high(Explainer& out) {
  explain_limit(out, out.snapshot().memory.high, "/memory.high", "memory.high");
}

void explain_memory_oom_kills(Explainer& out) {
  const MemorySample& memory = out.snapshot().memory;
  const auto kills = derive_memory_details(out.snapshot()).oom_kills;
  out.figure(kills);
  if (nothing_shown(out)) return;
  out.input(
      shown_level(out.snapshot()).dir + (memory.is_v2 ? "/memory.events" : "/memory.oom_control"),
      number_text(kills.value), {"oom_kill"});
  out.formula("processes of this cgroup that the OOM killer ended");
}

void explain_swap_total(Explainer& out) {
  const Bytes figure = derive_swap(out.snapshot()).total;
  out.figure(figure);
  const MemorySample& memory = out.snapshot().memory;
  const auto host = memory.host ? memory.host->swap_total : std::nullopt;
  if (has_own_memory(out.snapshot())) swap_limit_inputs(out);
  meminfo_input(out, host, {"SwapTotal"});
  const EffectiveBytes& limit = memory.swap_limit;
  const std::string limit_text = limit.limited()   ? number_text(limit.value)
                                 : limit.unknown() ? "unknown, swap is not accounted here"
                                                   : "none";
  out.formula("smallest of: swap limit " + limit_text + "; machine: SwapTotal " +
              number_text(host));
  if (memory.swappiness && *memory.swappiness == 0 && memory.shown)
    out.note(shown_level(out.snapshot()).dir +
             "/memory.swappiness is 0: nothing more is swapped out");
}

void explain_swap_used(Explainer& out) {
  const Bytes figure = derive_swap(out.snapshot()).used;
  out.figure(figure);
  const MemorySample& memory = out.snapshot().memory;
  const bool own = has_own_memory(out.snapshot()) && !memory.swap_limit.unknown();
  const auto host_total = memory.host ? memory.host->swap_total : std::nullopt;
  if (!own || host_total == 0u) {
    meminfo_input(out, host_total, {"SwapTotal", "SwapFree"});
    return out.formula("SwapTotal - SwapFree = " + number_text(figure.value));
  }
  const MemoryLevel& level = shown_level(out.snapshot());
  if (memory.is_v2) {
    out.input(level.dir + "/memory.swap.current", number_text(level.swap_usage));
    return out.formula("memory.swap.current, at most the total = " + number_text(figure.value));
  }
  if (level.stat && level.stat->swap) {
    out.input(level.dir + "/memory.stat", number_text(level.stat->swap), {"total_swap"});
    return out.formula("total_swap of memory.stat, at most the total = " +
                       number_text(figure.value));
  }
  out.input(level.dir + "/memory.memsw.usage_in_bytes", "memory and swap");
  out.input(level.dir + "/memory.usage_in_bytes", number_text(level.usage));
  out.formula("memory.memsw.usage_in_bytes - memory.usage_in_bytes = " + number_text(figure.value));
}

void explain_swap_free(Explainer& out) {
  const SwapView view = derive_swap(out.snapshot());
  out.figure(view.free);
  meminfo_input(out, view.free.value, {"SwapFree"});
  out.formula("smallest of: total " + number_text(view.total.value) + " - used " +
              number_text(view.used.value) + ", the same of every limited ancestor, SwapFree");
}

void explain_swap_limit(Explainer& out) {
  const MemorySample& memory = out.snapshot().memory;
  explain_limit(out, memory.swap_limit,
                memory.is_v2 ? "/memory.swap.max" : "/memory.memsw.limit_in_bytes", "swap limit");
  if (!memory.is_v2) out.note("cgroup v1 limits memory and swap together: less the memory limit");
}

void explain_commit_limit(Explainer& out) {
  const Bytes figure = derive_commit(out.snapshot()).limit;
  out.figure(figure);
  meminfo_input(out, figure.value, {"CommitLimit"});
  out.formula("CommitLimit: the machine's, cgroups have no counterpart");
}

void explain_commit_committed(Explainer& out) {
  const Bytes figure = derive_commit(out.snapshot()).committed;
  out.figure(figure);
  meminfo_input(out, figure.value, {"Committed_AS"});
  out.formula("Committed_AS: the machine's, cgroups have no counterpart");
}

}  // namespace cv
