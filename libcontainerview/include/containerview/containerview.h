/* SPDX-License-Identifier: Apache-2.0
 *
 * libcontainerview: the CPU, memory, load and uptime of the container that a process lives in, read
 * from cgroup v1, v2 or hybrid hierarchies without privileges, daemon or mount.
 *
 * This header is the whole ABI. It is C11 and C++; C++ programs may prefer containerview.hpp.
 *
 * How it is used:
 *   cv_open()   -> cv_context   where to look: this process, a pid, a cgroup, a captured tree
 *   cv_sample() -> cv_snapshot  the raw kernel counters asked for, read once, with a time stamp
 *   cv_get_*()  -> figures      computed from one snapshot, or from two for rates; no I/O
 *
 * Contracts that hold for every function:
 * - Structs carry their `size`; the caller sets it to sizeof before the call (CV_INIT does). Fields
 *   are only ever appended, so old callers and new libraries fit together, and the reverse.
 * - `valid` tells which figures are known. A figure whose bit is clear is unknown and its field 0.
 *   `estimated`: known but not exact. `host`: the machine's figure, for want of a container's.
 * - Strings belong to the snapshot (or context) and live until it is freed. They are UTF-8 only as
 * far as the kernel's file was.
 * - No function prints, exits, throws, reads the environment or keeps global state. A context and
 * its snapshots may be used by one thread at a time; different contexts are independent.
 * - Functions return a cv_status. `error` may be NULL; when given, it says what failed and where.
 */
#ifndef CONTAINERVIEW_CONTAINERVIEW_H
#define CONTAINERVIEW_CONTAINERVIEW_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define CV_API __attribute__((visibility("default")))
#else
#define CV_API
#endif

#ifdef __cplusplus
#define CV_NOEXCEPT noexcept
extern "C" {
#else
#define CV_NOEXCEPT
#endif

/* CV_INIT(cv_memory, memory); declares a zeroed struct with its size set. */
#define CV_INIT(type, name)         \
  type name;                        \
  memset(&(name), 0, sizeof(type)); \
  (name).size = sizeof(type)

/* Append-only. */
typedef enum cv_status {
  CV_OK = 0,
  CV_ERR_INVALID = 1,     /* an argument breaks this header's contract */
  CV_ERR_NO_MEMORY = 2,   /* allocation failed */
  CV_ERR_NOT_FOUND = 3,   /* no such file, process, cgroup or key */
  CV_ERR_ACCESS = 4,      /* exists, but this process may not read it */
  CV_ERR_MALFORMED = 5,   /* a kernel file does not read as documented; path and line are set */
  CV_ERR_GONE = 6,        /* vanished while it was read */
  CV_ERR_IO = 7,          /* any other failed system call; sys_errno is set */
  CV_ERR_UNAVAILABLE = 8, /* the kernel or this place does not tell */
  CV_ERR_NOT_SAMPLED = 9, /* the snapshot was taken without the flag that reads this */
  CV_ERR_INTERNAL = 10    /* a bug in this library */
} cv_status;

typedef struct cv_error {
  size_t size;
  int32_t status;    /* cv_status */
  int32_t sys_errno; /* errno of the failed call, or 0 */
  uint32_t line;     /* 1-based line of `path`, or 0 */
  uint32_t reserved;
  char path[512];    /* as this process names the file, or "" */
  char message[768]; /* one line: path, line and reason */
} cv_error;

typedef struct cv_context cv_context;
typedef struct cv_snapshot cv_snapshot;
typedef struct cv_explanation cv_explanation;

/* The version of the library that is running, "MAJOR.MINOR.PATCH". Never NULL. */
CV_API const char* cv_version(void) CV_NOEXCEPT;

/* A short English name of a status. Never NULL. */
CV_API const char* cv_status_text(int32_t status) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ opening ------- */

typedef enum cv_scope_request {
  CV_SCOPE_AUTO = 0,     /* the container that the target is in, or the host when it is in none */
  CV_SCOPE_HOST = 1,     /* the classic, host-wide view */
  CV_SCOPE_CONTAINER = 2 /* the target's own cgroup, with the limits over all its ancestors */
} cv_scope_request;

enum {
  /* Keep every file that is read, for cv_explain() and for capturing a machine (cv_get_read()). */
  CV_OPEN_RECORD_READS = 1u << 0,
  /* List the devices of cv_options.disks instead of, not beside, the machine's or container's. */
  CV_OPEN_GIVEN_DISKS_ONLY = 1u << 1
};

/* Where a sampler records what it saw, unless told otherwise. */
#define CV_HISTORY_DIR "/run/containerview"

typedef struct cv_options {
  size_t size;
  int32_t scope;       /* cv_scope_request */
  uint32_t flags;      /* CV_OPEN_* */
  const char* sysroot; /* directory that holds proc/ and sys/; NULL or "/" is this machine. Symbolic
                          links are resolved inside it. Time then comes from its proc/uptime and the
                          btime of its proc/stat. */
  int32_t pid;         /* view from this process (in the reader's PID namespace); 0: this process.
                          Needs ptrace-read access to it. */
  uint32_t
      cache_used_pct; /* 0..100: this share of the file cache counts as used (figure memory.used) */
  const char* cgroup; /* view this cgroup: a directory under a cgroup mount, or a path as
                         /proc/PID/cgroup shows it. NULL: the target's own. Excludes pid. */
  const char* history; /* directory where samplers record loads (cv_sampler_open); NULL:
                          CV_HISTORY_DIR. Read only of this machine, never of a sysroot. */
  const char* disks;   /* directory of counters of devices that user space drives: block/X/stat as
                          below /sys, or diskstats as in /proc. NULL: none. */
  const char* disk_names; /* cv_disk.persistent_name is that of /dev/disk/by-TYPE: "id", "uuid", ...
                             NULL: none. */
} cv_options;

/* Opens a view. Reads nothing but what tells whether the target exists and may be read.
 * Errors: INVALID (options), NOT_FOUND (sysroot, pid, cgroup, disks, disk_names), ACCESS (pid),
 * NO_MEMORY. */
CV_API int32_t cv_open(const cv_options* options, cv_context** context,
                       cv_error* error) CV_NOEXCEPT;
CV_API void cv_close(cv_context* context) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ sampling ------ */

enum {
  CV_SAMPLE_MEMORY = 1u << 0, /* cv_get_memory, cv_get_swap, cv_get_commit, cv_get_memory_details */
  CV_SAMPLE_CPU = 1u << 1,    /* cv_get_cpu_capacity, cv_get_cpu_usage, cv_get_throttling */
  CV_SAMPLE_PIDS = 1u << 2,   /* cv_get_pids */
  CV_SAMPLE_PRESSURE = 1u << 3, /* cv_get_pressure */
  CV_SAMPLE_UPTIME = 1u << 4,   /* cv_get_uptime */
  CV_SAMPLE_USERS = 1u << 5,    /* cv_get_users */
  CV_SAMPLE_LOAD = 1u << 6,     /* cv_get_load; implies UPTIME */
  CV_SAMPLE_LIMITS = 1u << 7,   /* cv_get_limits: the caller's effective limits, whatever the scope;
                                   engine and id of cv_get_scope */
  CV_SAMPLE_MEMORY_DETAILS = 1u << 8, /* peak, low, min, events, hugetlb of cv_get_memory_details */
  CV_SAMPLE_IO_PRESSURE = 1u << 9,    /* io.pressure alone. Where its total is to stand for the time
                                         waited, sample it 10 to 20 times a second: read more sparsely
                                         it tells less than was, of tasks that migrate between CPUs. */
  CV_SAMPLE_CPUS = 1u << 10,          /* cv_get_cpus */
  CV_SAMPLE_CPUS_DETAILS = 1u << 11,  /* installed, online, cpuset of cv_get_cpus; implies CPUS */
  CV_SAMPLE_DISKS = 1u << 12,         /* cv_get_disk, cv_get_disk_group, cv_get_disk_totals */
  CV_SAMPLE_MACHINE = 1u << 13,       /* cv_get_machine */
  CV_SAMPLE_ACTIVITY = 1u << 14,      /* cv_get_activity; implies MEMORY, UPTIME and, in a
                                         container, DISKS and IO_PRESSURE */
  CV_SAMPLE_SLABS = 1u << 15,         /* cv_get_slab */
  CV_SAMPLE_PER_CPU = 1u << 16,       /* cv_get_cpu_row; implies CPU */
  CV_SAMPLE_CPU_PLACES = 1u << 17,    /* cv_get_cpu_place: a file for each core */
  CV_SAMPLE_DISK_LIMITS = 1u << 18    /* cv_get_disk_limits; implies DISKS */
};

/* Reads what the CV_SAMPLE_* flags ask for and nothing else. A file that is missing, unreadable or
 * malformed takes only its own figures down; what was wrong is listed by cv_get_problem().
 * Errors: INVALID, NO_MEMORY, GONE (the target process ended). */
CV_API int32_t cv_sample(cv_context* context, uint32_t what, cv_snapshot** snapshot,
                         cv_error* error) CV_NOEXCEPT;
CV_API void cv_snapshot_free(cv_snapshot* snapshot) CV_NOEXCEPT;

/* What was malformed, unreadable or cannot be seen from here: one line each, path first. */
CV_API size_t cv_problem_count(const cv_snapshot* snapshot) CV_NOEXCEPT;
CV_API const char* cv_get_problem(const cv_snapshot* snapshot, size_t index) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ scope --------- */

typedef enum cv_scope_kind { CV_KIND_HOST = 0, CV_KIND_CONTAINER = 1 } cv_scope_kind;
typedef enum cv_cgroup_version {
  CV_CGROUP_NONE = 0,
  CV_CGROUP_V1 = 1,
  CV_CGROUP_V2 = 2,
  CV_CGROUP_HYBRID = 3 /* some controllers in v1 hierarchies, some in v2 */
} cv_cgroup_version;

/* Index of cv_scope.cgroups. */
typedef enum cv_controller {
  CV_CONTROLLER_CPU = 0,
  CV_CONTROLLER_CPUACCT = 1, /* the same directory as CPU on v2 */
  CV_CONTROLLER_MEMORY = 2,
  CV_CONTROLLER_CPUSET = 3,
  CV_CONTROLLER_IO = 4, /* blkio on v1 */
  CV_CONTROLLER_PIDS = 5,
  CV_CONTROLLER_COUNT = 6
} cv_controller;

typedef struct cv_scope {
  size_t size;
  int32_t kind;           /* cv_scope_kind */
  int32_t cgroup_version; /* cv_cgroup_version, of the controllers above */
  int64_t realtime_nsec;  /* when the snapshot was taken, CLOCK_REALTIME */
  int64_t boottime_nsec;  /* the same instant, CLOCK_BOOTTIME; 0: a tree that does not tell */
  const char* cgroup;     /* the boundary's directory (v2, or v1's memory controller); NULL: host */
  const char* reason;     /* the rule that found the boundary, in words */
  const char* engine;     /* docker, podman, containerd, cri-o, lxc, nspawn, ...; NULL: unknown, or
                             sampled without CV_SAMPLE_LIMITS, as is id */
  const char* id;         /* the engine's id or name of the container; NULL: unknown */
  const char*
      cgroups[8]; /* by cv_controller: the target's own directory; NULL: controller absent */
  int32_t rule;   /* 1..5 as in containerview(7); 0: forced by the options */
  int32_t limits_above_hidden; /* 1: the root of the cgroup mount is not the machine's, and limits
                                  above it, if there are any, can not be seen */
} cv_scope;

CV_API int32_t cv_get_scope(const cv_snapshot* snapshot, cv_scope* scope) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ limits -------- */

typedef enum cv_limit_state {
  CV_LIMIT_UNKNOWN = 0, /* could not be read, malformed, or hidden from here */
  CV_LIMIT_UNLIMITED = 1,
  CV_LIMIT_LIMITED = 2
} cv_limit_state;

typedef struct cv_limit {
  int32_t state; /* cv_limit_state */
  int32_t reserved;
  uint64_t value; /* bytes or count; 0 unless limited */
  uint64_t raw; /* as the kernel printed it, also when it amounts to "unlimited"; 0: "max", none */
  const char* source; /* directory that sets it; NULL: none, or hidden */
} cv_limit;

typedef struct cv_cpu_quota {
  int32_t state; /* cv_limit_state */
  int32_t reserved;
  double cpus; /* quota / period; 0 unless limited */
  uint64_t quota_usec;
  uint64_t period_usec;
  const char* source; /* directory whose quota binds */
} cv_cpu_quota;

enum { /* cv_limits.valid, .host */
       CV_LIMITS_CPUSET = 1u << 0,
       CV_LIMITS_AFFINITY = 1u << 1,
       CV_LIMITS_ONLINE = 1u << 2,
       CV_LIMITS_EFFECTIVE_CPUS = 1u << 3, /* and whole_cpus */
       CV_LIMITS_RUNTIMES = 1u << 4
};

/* What different runtimes make of the same limits; 0 is never a valid answer. */
typedef struct cv_runtime_cpus {
  uint32_t java, go, dotnet, rust, nproc, automaxprocs;
} cv_runtime_cpus;

typedef struct cv_limits {
  size_t size;
  uint64_t valid, host;    /* of the CV_LIMITS_* below */
  cv_cpu_quota cpu_quota;  /* smallest over the target's cgroup and all its ancestors */
  cv_limit memory;         /* bytes; a limit at or above the host's memory is unlimited */
  cv_limit memory_high;    /* bytes */
  cv_limit swap;           /* bytes of swap alone, also on v1 */
  cv_limit pids;           /* count */
  const char* cpuset_cpus; /* list format, "0-3,8"; NULL: no cpuset controller */
  uint32_t cpuset_count;
  uint32_t affinity_count;
  uint32_t online_count;
  uint32_t whole_cpus;   /* ceil(min(effective_cpus, affinity)), at least 1 */
  double effective_cpus; /* min(quota, cpuset, online); fractional */
  cv_runtime_cpus runtimes;
} cv_limits;

/* Needs CV_SAMPLE_LIMITS. */
CV_API int32_t cv_get_limits(const cv_snapshot* snapshot, cv_limits* limits) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ memory -------- */

enum { /* cv_memory.valid, .estimated, .host */
       CV_MEMORY_TOTAL = 1u << 0,
       CV_MEMORY_USED = 1u << 1,
       CV_MEMORY_FREE = 1u << 2,
       CV_MEMORY_SHARED = 1u << 3,
       CV_MEMORY_BUFFERS = 1u << 4,
       CV_MEMORY_CACHE = 1u << 5,
       CV_MEMORY_BUFF_CACHE = 1u << 6,
       CV_MEMORY_AVAILABLE = 1u << 7,
       CV_MEMORY_OTHER = 1u << 8
};

/* memory.stat, memory.max, memory.current (v1: memory.limit_in_bytes, memory.usage_in_bytes) of
 * every limited level, /proc/meminfo for the machine. total = used + available + other. */
typedef struct cv_memory {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t total_bytes;      /* smallest limit, the machine's memory being the outermost */
  uint64_t used_bytes;       /* the container's own, less what can be reclaimed at once */
  uint64_t free_bytes;       /* smallest distance of usage to limit over the levels */
  uint64_t shared_bytes;     /* shmem and tmpfs */
  uint64_t buffers_bytes;    /* 0 in a container: cache holds all */
  uint64_t cache_bytes;      /* page cache, shared included */
  uint64_t buff_cache_bytes; /* buffers + cache + reclaimable slab */
  uint64_t available_bytes;  /* free + reclaimable, smallest over the levels */
  uint64_t other_bytes;      /* neither: held by others under the same limits, or above high */
} cv_memory;

enum { CV_SWAP_TOTAL = 1u << 0, CV_SWAP_USED = 1u << 1, CV_SWAP_FREE = 1u << 2 };

/* memory.swap.max, memory.swap.current; v1: memsw less memory; the machine's SwapTotal caps it. */
typedef struct cv_swap {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t total_bytes, used_bytes, free_bytes;
} cv_swap;

enum { CV_COMMIT_LIMIT = 1u << 0, CV_COMMIT_COMMITTED = 1u << 1 };

/* CommitLimit and Committed_AS of /proc/meminfo: the machine's, cgroups have no counterpart. */
typedef struct cv_commit {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t limit_bytes, committed_bytes;
} cv_commit;

enum { /* cv_memory_details.valid, .estimated, .host */
       CV_DETAIL_USAGE = 1u << 0,
       CV_DETAIL_WORKING_SET = 1u << 1,
       CV_DETAIL_RECLAIMABLE = 1u << 2,
       CV_DETAIL_PEAK = 1u << 3,
       CV_DETAIL_LOW = 1u << 4,
       CV_DETAIL_MIN = 1u << 5,
       CV_DETAIL_EVENTS_HIGH = 1u << 6,
       CV_DETAIL_EVENTS_MAX = 1u << 7,
       CV_DETAIL_EVENTS_OOM = 1u << 8,
       CV_DETAIL_OOM_KILLS = 1u << 9,
       CV_DETAIL_HUGETLB = 1u << 10,
       CV_DETAIL_ACTIVE = 1u << 11,
       CV_DETAIL_INACTIVE = 1u << 12,
       CV_DETAIL_LOW_TOTAL = 1u << 13,
       CV_DETAIL_LOW_FREE = 1u << 14,
       CV_DETAIL_HIGH_TOTAL = 1u << 15,
       CV_DETAIL_HIGH_FREE = 1u << 16
};

/* The figures that docker stats (usage - inactive_file) and kubectl top (working set) show, and the
 * cgroup's events. Of the boundary, or of the cgroup whose limit binds when it lies below. */
typedef struct cv_memory_details {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t usage_bytes;                         /* memory.current; v1 memory.usage_in_bytes */
  uint64_t working_set_bytes;                   /* usage - inactive_file, not below 0 */
  uint64_t reclaimable_bytes;                   /* what `available` adds to `free` */
  uint64_t peak_bytes;                          /* memory.peak; v1 memory.max_usage_in_bytes */
  uint64_t low_bytes;                           /* memory.low */
  uint64_t min_bytes;                           /* memory.min */
  uint64_t high_events, max_events, oom_events; /* memory.events */
  uint64_t oom_kills;     /* oom_kill of memory.events; v1 memory.oom_control */
  uint64_t hugetlb_bytes; /* hugetlb.*.current: not part of memory.current */
  uint64_t active_bytes, inactive_bytes;
  uint64_t low_total_bytes, low_free_bytes, high_total_bytes, high_free_bytes; /* free -l */
} cv_memory_details;

/* All need CV_SAMPLE_MEMORY. */
CV_API int32_t cv_get_memory(const cv_snapshot* snapshot, cv_memory* memory) CV_NOEXCEPT;
CV_API int32_t cv_get_swap(const cv_snapshot* snapshot, cv_swap* swap) CV_NOEXCEPT;
CV_API int32_t cv_get_commit(const cv_snapshot* snapshot, cv_commit* commit) CV_NOEXCEPT;
CV_API int32_t cv_get_memory_details(const cv_snapshot* snapshot,
                                     cv_memory_details* details) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ cpu ----------- */

enum { CV_CPU_CAPACITY = 1u << 0 };

/* min(quota, cpuset, online) of the container: the number of CPUs that "100 %" stands for. */
typedef struct cv_cpu_capacity {
  size_t size;
  uint64_t valid, estimated, host;
  double effective_cpus;
} cv_cpu_capacity;

enum { /* cv_cpu_usage.valid, .estimated, .host */
       CV_CPU_USER = 1u << 0,
       CV_CPU_SYSTEM = 1u << 1,
       CV_CPU_NICE = 1u << 2,
       CV_CPU_IDLE = 1u << 3,
       CV_CPU_IOWAIT = 1u << 4,
       CV_CPU_IRQ = 1u << 5,
       CV_CPU_SOFTIRQ = 1u << 6,
       CV_CPU_STEAL = 1u << 7,
       CV_CPU_THROTTLED = 1u << 8,
       CV_CPU_EFFECTIVE = 1u << 9,
       CV_CPU_GUEST = 1u << 10
};

/* Shares of effective_cpus x elapsed time; user .. steal sum to 100. Busy to the quota reads 100.
 * On the host each is the growth of its counter in /proc/stat; where none has grown all are 0. */
typedef struct cv_cpu_usage {
  size_t size;
  uint64_t valid, estimated, host;
  double user_pct, system_pct, nice_pct, idle_pct, iowait_pct, irq_pct, softirq_pct, steal_pct;
  double throttled_pct;  /* 100 x throttled periods / periods of the cgroup whose quota binds */
  double effective_cpus; /* mean of both ends */
  double guest_pct;      /* virtual CPUs: a part of user and nice. Of a container 0 where the
                            machine ran none, if CV_SAMPLE_ACTIVITY is in both; else not told. */
} cv_cpu_usage;

enum {
  CV_THROTTLING_PERIODS = 1u << 0,
  CV_THROTTLING_THROTTLED = 1u << 1,
  CV_THROTTLING_TIME = 1u << 2
};

/* cpu.stat of the cgroup whose quota binds: totals since it was made. */
typedef struct cv_throttling {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t periods, throttled_periods;
  uint64_t throttled_usec; /* summed over CPUs */
} cv_throttling;

/* All need CV_SAMPLE_CPU. cv_get_cpu_usage: `begin` must be an earlier snapshot of the same
 * context, or NULL: since the counters began, which is when the container was started (`end` must
 * then hold CV_SAMPLE_UPTIME, and the figures are estimated) or the machine. A counter that went
 * backwards or a cgroup that was made anew leaves the figures invalid. iowait_pct needs
 * CV_SAMPLE_IO_PRESSURE in both. */
CV_API int32_t cv_get_cpu_capacity(const cv_snapshot* snapshot,
                                   cv_cpu_capacity* capacity) CV_NOEXCEPT;
CV_API int32_t cv_get_cpu_usage(const cv_snapshot* begin, const cv_snapshot* end,
                                cv_cpu_usage* usage) CV_NOEXCEPT;
CV_API int32_t cv_get_throttling(const cv_snapshot* snapshot,
                                 cv_throttling* throttling) CV_NOEXCEPT;

enum { /* cv_cpus.valid, .estimated, .host */
       CV_CPUS_INSTALLED = 1u << 0,
       CV_CPUS_ONLINE = 1u << 1,
       CV_CPUS_CPUSET = 1u << 2,
       CV_CPUS_AFFINITY = 1u << 3,
       CV_CPUS_USABLE = 1u << 4
};

/* How many CPUs the target process may use at once, as nproc(1) counts, whatever the scope. */
typedef struct cv_cpus {
  size_t size;
  uint64_t valid, estimated, host;
  uint32_t installed_count; /* that the machine can have; cpu/possible of /sys/devices/system */
  uint32_t online_count;
  uint32_t cpuset_count;
  uint32_t affinity_count; /* that the process may run on; of those online */
  double usable_cpus;      /* min(affinity, quota); estimated: the quota is unknown */
  cv_cpu_quota quota;      /* smallest over the target's cgroup and all its ancestors */
  int32_t quota_exempt;    /* 1: a real-time policy, which no quota holds back */
  uint32_t reserved;
} cv_cpus;

/* Needs CV_SAMPLE_CPUS. */
CV_API int32_t cv_get_cpus(const cv_snapshot* snapshot, cv_cpus* cpus) CV_NOEXCEPT;

enum { /* cv_cpu_row.valid, .estimated, .host */
       CV_CPU_ROW_USER = 1u << 0,
       CV_CPU_ROW_SYSTEM = 1u << 1,
       CV_CPU_ROW_IDLE = 1u << 2,
       CV_CPU_ROW_NICE = 1u << 3,
       CV_CPU_ROW_IOWAIT = 1u << 4,
       CV_CPU_ROW_IRQ = 1u << 5,
       CV_CPU_ROW_SOFTIRQ = 1u << 6,
       CV_CPU_ROW_STEAL = 1u << 7
};

/* What one CPU of the container did for it; of the machine on the host. Shares of that CPU's time.
 */
typedef struct cv_cpu_row {
  size_t size;
  uint64_t valid, estimated, host;
  uint32_t cpu; /* its number */
  uint32_t reserved;
  double user_pct, system_pct, nice_pct, idle_pct, iowait_pct, irq_pct, softirq_pct, steal_pct;
} cv_cpu_row;

/* The container's CPUs (cpuset, less what is offline), or the machine's. Both snapshots need
 * CV_SAMPLE_PER_CPU; `begin` may be NULL: since the counters began, as far as they tell. cgroup v2
 * does not count by CPU: user, system and idle are unknown there, and cv_get_task_cpu() has an
 * estimate. */
CV_API size_t cv_cpu_row_count(const cv_snapshot* snapshot) CV_NOEXCEPT;
CV_API int32_t cv_get_cpu_row(const cv_snapshot* begin, const cv_snapshot* end, size_t index,
                              cv_cpu_row* row) CV_NOEXCEPT;

/* By performance: told apart where a machine has both. */
typedef enum cv_core_type {
  CV_CORE_UNKNOWN = 0,
  CV_CORE_PERFORMANCE =
      1,                /* Intel's P-core; elsewhere one of several threads beside others of one */
  CV_CORE_EFFICIENT = 2 /* Intel's E-core; elsewhere one of one thread beside others of several */
} cv_core_type;

enum { /* cv_cpu_place.valid */
       CV_CPU_PLACE_NODE = 1u << 0,
       CV_CPU_PLACE_CORE = 1u << 1
};

/* Where one of the machine's CPUs is: sys/devices/system/node/node<N>/cpulist,
 * sys/devices/system/cpu/cpu<N>/topology/thread_siblings_list, sys/devices/cpu_{core,atom}/cpus. */
typedef struct cv_cpu_place {
  size_t size;
  uint64_t valid;
  uint32_t cpu;       /* its number */
  uint32_t node;      /* the number of its NUMA node */
  uint32_t core;      /* the lowest number of the CPUs that are threads of its core */
  uint32_t core_type; /* cv_core_type */
} cv_cpu_place;

/* Both need CV_SAMPLE_CPU_PLACES. Of all CPUs that are online, the container's or not, by number.
 */
CV_API size_t cv_cpu_place_count(const cv_snapshot* snapshot) CV_NOEXCEPT;
CV_API int32_t cv_get_cpu_place(const cv_snapshot* snapshot, size_t index,
                                cv_cpu_place* place) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ disks --------- */

/* Who counted the I/O. */
typedef enum cv_disk_source {
  CV_DISK_SOURCE_NONE = 0,
  CV_DISK_SOURCE_IO_STAT = 1,   /* io.stat */
  CV_DISK_SOURCE_CFQ = 2,       /* v1: blkio.io_*, Linux before 5.0 */
  CV_DISK_SOURCE_THROTTLE = 3,  /* v1: blkio.throttle.io_* */
  CV_DISK_SOURCE_BFQ = 4,       /* v1: blkio.bfq.io_* */
  CV_DISK_SOURCE_PROCESSES = 5, /* the sum of /proc/PID/io: bytes only, not told by device */
  CV_DISK_SOURCE_DEVICE = 6     /* the machine's: /proc/diskstats */
} cv_disk_source;

/* Where the awaits come from. */
typedef enum cv_await_source {
  CV_AWAIT_NONE = 0,
  CV_AWAIT_COUNTERS = 1, /* measured */
  CV_AWAIT_DEVICE = 2,   /* the device's mean over the requests of all */
  CV_AWAIT_PRESSURE = 3  /* io.pressure by request, where that is more: throttled. Synchronous waits
                            only. */
} cv_await_source;

enum { /* cv_disk.valid, .estimated, .host */
       CV_DISK_NUMBER = 1u << 0,
       CV_DISK_TPS = 1u << 1,
       CV_DISK_READS = 1u << 2,
       CV_DISK_WRITES = 1u << 3,
       CV_DISK_DISCARDS = 1u << 4,
       CV_DISK_FLUSHES = 1u << 5,
       CV_DISK_READ_RATE = 1u << 6,
       CV_DISK_WRITE_RATE = 1u << 7,
       CV_DISK_DISCARD_RATE = 1u << 8,
       CV_DISK_READ_BYTES = 1u << 9,
       CV_DISK_WRITTEN_BYTES = 1u << 10,
       CV_DISK_DISCARDED_BYTES = 1u << 11,
       CV_DISK_READ_MERGES = 1u << 12, /* and read_merged_pct; likewise the next two */
       CV_DISK_WRITE_MERGES = 1u << 13,
       CV_DISK_DISCARD_MERGES = 1u << 14,
       CV_DISK_R_AWAIT = 1u << 15,
       CV_DISK_W_AWAIT = 1u << 16,
       CV_DISK_D_AWAIT = 1u << 17,
       CV_DISK_F_AWAIT = 1u << 18,
       CV_DISK_READ_SIZE = 1u << 19,
       CV_DISK_WRITE_SIZE = 1u << 20,
       CV_DISK_DISCARD_SIZE = 1u << 21,
       CV_DISK_QUEUE = 1u << 22,
       CV_DISK_UTIL = 1u << 23,
       CV_DISK_AWAIT = 1u << 24,
       CV_DISK_SIZE = 1u << 25,
       CV_DISK_RATE = 1u << 26,
       CV_DISK_MERGES = 1u << 27
};

/* A block device over an interval. Of a container: what its cgroup was charged with. It is charged
 * for a partition at the disk, and at every level of stacked devices (dm, md, loop). */
typedef struct cv_disk {
  size_t size;
  uint64_t valid, estimated, host;
  const char* name;            /* without /dev; "total" of CV_DISK_SOURCE_PROCESSES */
  const char* mapper_name;     /* of a device mapper device, else NULL */
  const char* partition_of;    /* the disk of a partition, else NULL; the machine's only */
  const char* persistent_name; /* below /dev/disk/by-TYPE, or NULL: see cv_options.disk_names */
  const char* stacked_on;      /* names of devices in this list, with commas between, or NULL */
  uint32_t major_number, minor_number;
  int32_t source;       /* cv_disk_source */
  int32_t await_source; /* cv_await_source */
  int32_t used;         /* 1: has done I/O since its counters began */
  int32_t active;       /* 1: has done I/O within the interval */
  double tps;           /* reads, writes and discards per second */
  double reads_per_sec, writes_per_sec, discards_per_sec, flushes_per_sec;
  double read_bytes_per_sec, written_bytes_per_sec, discarded_bytes_per_sec;
  uint64_t read_bytes, written_bytes, discarded_bytes; /* within the interval */
  double read_merges_per_sec, write_merges_per_sec, discard_merges_per_sec;
  double read_merged_pct, write_merged_pct, discard_merged_pct;
  double r_await_ms, w_await_ms, d_await_ms, f_await_ms;
  double read_size_bytes, write_size_bytes, discard_size_bytes; /* of one request, mean */
  double queue_size;
  double util_pct; /* of a container with limits (CV_SAMPLE_DISK_LIMITS): the share used; else the
                      device's */
  double await_ms, size_bytes, bytes_per_sec, merges_per_sec; /* of all but flushes */
} cv_disk;

enum { /* cv_disk_limits.valid, .estimated, .host */
       CV_DISK_LIMIT_READ_RATE = 1u << 0,
       CV_DISK_LIMIT_WRITE_RATE = 1u << 1,
       CV_DISK_LIMIT_READS = 1u << 2,
       CV_DISK_LIMIT_WRITES = 1u << 3,
       CV_DISK_LIMIT_USED = 1u << 4
};

/* io.max, the smallest over the boundary and its ancestors; v1: blkio.throttle.*_device of the
 * boundary. Not valid: no limit. */
typedef struct cv_disk_limits {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t read_bytes_per_sec, written_bytes_per_sec, reads_per_sec, writes_per_sec;
  double used_pct; /* of the one that is used most */
  int32_t known;   /* 0: they could not all be read */
  int32_t reserved;
} cv_disk_limits;

/* All need CV_SAMPLE_DISKS in both snapshots, CV_SAMPLE_IO_PRESSURE for awaits by pressure. `begin`
 * is an earlier snapshot of the same context, or NULL as for cv_get_cpu_usage. Indices are those of
 * `end`. cv_get_disk_group: several as one; what is stacked on another of them is counted on top
 * only. It has no name and no number. cv_get_disk_limits: needs CV_SAMPLE_DISK_LIMITS in `end`. */
CV_API size_t cv_disk_count(const cv_snapshot* snapshot) CV_NOEXCEPT;
CV_API int32_t cv_get_disk(const cv_snapshot* begin, const cv_snapshot* end, size_t index,
                           cv_disk* disk) CV_NOEXCEPT;
CV_API int32_t cv_get_disk_group(const cv_snapshot* begin, const cv_snapshot* end,
                                 const size_t* indices, size_t count, cv_disk* disk) CV_NOEXCEPT;
CV_API int32_t cv_get_disk_limits(const cv_snapshot* begin, const cv_snapshot* end, size_t index,
                                  cv_disk_limits* limits) CV_NOEXCEPT;

enum { /* cv_disk_totals.valid, .estimated, .host */
       CV_DISK_TOTAL_READS = 1u << 0,
       CV_DISK_TOTAL_READ_MERGES = 1u << 1,
       CV_DISK_TOTAL_READ_BYTES = 1u << 2,
       CV_DISK_TOTAL_READ_TIME = 1u << 3,
       CV_DISK_TOTAL_WRITES = 1u << 4,
       CV_DISK_TOTAL_WRITE_MERGES = 1u << 5,
       CV_DISK_TOTAL_WRITTEN_BYTES = 1u << 6,
       CV_DISK_TOTAL_WRITE_TIME = 1u << 7,
       CV_DISK_TOTAL_IN_FLIGHT = 1u << 8,
       CV_DISK_TOTAL_BUSY = 1u << 9,
       CV_DISK_TOTAL_QUEUE = 1u << 10
};

/* What a device did, or a container on it, since the counters began. */
typedef struct cv_disk_totals {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t reads, read_merges, read_bytes, read_msec; /* times: waits of all requests together */
  uint64_t writes, write_merges, written_bytes, write_msec;
  uint64_t in_flight; /* requests, now */
  uint64_t busy_msec; /* with a request in flight */
  uint64_t queue_msec;
} cv_disk_totals;

/* Needs CV_SAMPLE_DISKS. */
CV_API int32_t cv_get_disk_totals(const cv_snapshot* snapshot, size_t index,
                                  cv_disk_totals* totals) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ activity ------ */

enum { /* cv_activity.valid, .estimated, .host */
       CV_ACTIVITY_RUNNING = 1u << 0,
       CV_ACTIVITY_BLOCKED = 1u << 1,
       CV_ACTIVITY_SWITCHES = 1u << 2,
       CV_ACTIVITY_INTERRUPTS = 1u << 3,
       CV_ACTIVITY_FORKS = 1u << 4,
       CV_ACTIVITY_SWAPPED_IN = 1u << 5,
       CV_ACTIVITY_SWAPPED_OUT = 1u << 6,
       CV_ACTIVITY_PAGED_IN = 1u << 7,
       CV_ACTIVITY_PAGED_OUT = 1u << 8,
       CV_ACTIVITY_ALLOCATED_DMA = 1u << 9,
       CV_ACTIVITY_ALLOCATED_DMA32 = 1u << 10,
       CV_ACTIVITY_ALLOCATED_HIGH = 1u << 11,
       CV_ACTIVITY_ALLOCATED_MOVABLE = 1u << 12,
       CV_ACTIVITY_ALLOCATED_NORMAL = 1u << 13,
       CV_ACTIVITY_FREED = 1u << 14,
       CV_ACTIVITY_ELAPSED = 1u << 15,
       CV_ACTIVITY_STARTED = 1u << 16
};

/* What the scheduler and the memory management did: /proc/stat and /proc/vmstat of the machine. Of
 * a container its threads' states and context switches, which lack what ended threads did, the ids
 * that its own PID namespace gave, its swapping and its I/O. */
typedef struct cv_activity {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t running, blocked;                    /* threads, now */
  uint64_t context_switches, interrupts, forks; /* these and the following: in the interval */
  uint64_t swapped_in_bytes, swapped_out_bytes;
  uint64_t paged_in_bytes, paged_out_bytes; /* from and to disks */
  uint64_t allocated_dma_pages, allocated_dma32_pages, allocated_high_pages,
      allocated_movable_pages, allocated_normal_pages, freed_pages;
  int64_t elapsed_nsec;
  int64_t started_realtime_sec; /* the machine, or the container */
} cv_activity;

/* Needs CV_SAMPLE_ACTIVITY in both. `begin` may be NULL, as for cv_get_cpu_usage. */
CV_API int32_t cv_get_activity(const cv_snapshot* begin, const cv_snapshot* end,
                               cv_activity* activity) CV_NOEXCEPT;

enum { /* cv_cpu_times.valid, .estimated, .host */
       CV_CPU_TIME_USER = 1u << 0,
       CV_CPU_TIME_NICE = 1u << 1,
       CV_CPU_TIME_SYSTEM = 1u << 2,
       CV_CPU_TIME_IDLE = 1u << 3,
       CV_CPU_TIME_IOWAIT = 1u << 4,
       CV_CPU_TIME_IRQ = 1u << 5,
       CV_CPU_TIME_SOFTIRQ = 1u << 6,
       CV_CPU_TIME_STEAL = 1u << 7,
       CV_CPU_TIME_GUEST = 1u << 8,
       CV_CPU_TIME_GUEST_NICE = 1u << 9
};

/* CPU time since the machine or the container started, the shares of cv_get_cpu_usage since then as
 * times. guest and guest_nice are part of user and nice. */
typedef struct cv_cpu_times {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t user_usec, nice_usec, system_usec, idle_usec, iowait_usec, irq_usec, softirq_usec,
      steal_usec, guest_usec, guest_nice_usec;
} cv_cpu_times;

/* Needs CV_SAMPLE_CPU, CV_SAMPLE_UPTIME and, for iowait, CV_SAMPLE_IO_PRESSURE. */
CV_API int32_t cv_get_cpu_times(const cv_snapshot* snapshot, cv_cpu_times* times) CV_NOEXCEPT;

/* A cache of kernel objects, of /proc/slabinfo: the machine's, and for root only. */
typedef struct cv_slab {
  size_t size;
  const char* name;
  uint64_t active_objects, objects, object_bytes, objects_per_slab;
} cv_slab;

/* Both need CV_SAMPLE_SLABS. In the kernel's order. */
CV_API size_t cv_slab_count(const cv_snapshot* snapshot) CV_NOEXCEPT;
CV_API int32_t cv_get_slab(const cv_snapshot* snapshot, size_t index, cv_slab* slab) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ others -------- */

enum { CV_PIDS_CURRENT = 1u << 0 };

/* pids.current (threads, as the kernel counts) and the smallest pids.max over the ancestors. */
typedef struct cv_pids {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t current;
  cv_limit limit;
} cv_pids;
CV_API int32_t cv_get_pids(const cv_snapshot* snapshot, cv_pids* pids) CV_NOEXCEPT;

typedef enum cv_resource {
  CV_RESOURCE_CPU = 0,
  CV_RESOURCE_MEMORY = 1,
  CV_RESOURCE_IO = 2
} cv_resource;

enum { CV_PRESSURE_SOME = 1u << 0, CV_PRESSURE_FULL = 1u << 1 };

/* cpu.pressure, memory.pressure, io.pressure of the boundary: never /proc/pressure inside a
 * container. */
typedef struct cv_pressure {
  size_t size;
  uint64_t valid, estimated, host;
  double some_avg10_pct, some_avg60_pct, some_avg300_pct;
  double full_avg10_pct, full_avg60_pct, full_avg300_pct;
  uint64_t some_total_usec, full_total_usec;
} cv_pressure;
CV_API int32_t cv_get_pressure(const cv_snapshot* snapshot, int32_t resource,
                               cv_pressure* pressure) CV_NOEXCEPT;

enum { CV_UPTIME_UPTIME = 1u << 0 };

/* Age of the container: since the start of its PID 1, else of its oldest process; on the host since
 * boot. /proc/1/stat, CLOCK_BOOTTIME. */
typedef struct cv_uptime {
  size_t size;
  uint64_t valid, estimated, host;
  int64_t uptime_nsec;
  int64_t since_realtime_nsec; /* start as wall-clock time */
} cv_uptime;
CV_API int32_t cv_get_uptime(const cv_snapshot* snapshot, cv_uptime* uptime) CV_NOEXCEPT;

enum { CV_USERS_COUNT = 1u << 0 };
typedef struct cv_users {
  size_t size;
  uint64_t valid, estimated, host;
  uint64_t count; /* login sessions: /run/systemd/sessions, else utmp */
} cv_users;
CV_API int32_t cv_get_users(const cv_snapshot* snapshot, cv_users* users) CV_NOEXCEPT;

typedef enum cv_load_source {
  CV_LOAD_NONE = 0,
  CV_LOAD_SAMPLER = 1,  /* from the history of a running sampler */
  CV_LOAD_ESTIMATE = 2, /* from one look at the living threads */
  CV_LOAD_HOST = 3      /* /proc/loadavg */
} cv_load_source;

enum {
  CV_LOAD_AVG_1M = 1u << 0,
  CV_LOAD_AVG_5M = 1u << 1,
  CV_LOAD_AVG_15M = 1u << 2,
  CV_LOAD_RUNNING = 1u << 3,
  CV_LOAD_TOTAL = 1u << 4
};

/* Mean number of threads that run, wait for a CPU (throttled included) or sleep uninterruptibly,
 * damped over 1, 5 and 15 minutes; a container younger than the window shows the mean of its life.
 */
typedef struct cv_load {
  size_t size;
  uint64_t valid, estimated, host;
  double avg_1m, avg_5m, avg_15m;
  int32_t source; /* cv_load_source */
  uint32_t reserved;
  double history_seconds;  /* how much the averages rest on; 0: one look */
  uint64_t running, total; /* threads runnable now, threads in all */
} cv_load;
CV_API int32_t cv_get_load(const cv_snapshot* snapshot, cv_load* load) CV_NOEXCEPT;

enum { CV_MACHINE_CPUS = 1u << 0 };

/* uname(2) of the reader; of a captured tree its proc/sys/kernel. */
typedef struct cv_machine {
  size_t size;
  uint64_t valid, estimated, host;
  const char* sysname;
  const char* nodename;
  const char* release;
  const char* architecture;
  uint64_t cpus; /* present, offline ones included; of a container's machine, if CV_SAMPLE_CPU is
                    there too, those that are online */
} cv_machine;
CV_API int32_t cv_get_machine(const cv_snapshot* snapshot, cv_machine* machine) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ sampler ------- */

/* Measures the load over time, of one container or of all that a machine has, and may record it for
 * the cv_get_load() of others. It starts no thread and never waits: the caller does.
 *
 *   uint64_t wait;
 *   while (cv_sampler_step(sampler, &wait, NULL) == CV_OK) sleep for `wait` nanoseconds;
 */
typedef struct cv_sampler cv_sampler;

enum {
  CV_SAMPLER_ALL = 1u << 0,        /* every container in the cgroup tree, as they come and go */
  CV_SAMPLER_DIRECTORIES = 1u << 1 /* history/ENGINE-ID/FILE instead of history/FILE */
};

typedef struct cv_sampler_options {
  size_t size;
  uint32_t flags;          /* CV_SAMPLER_* */
  uint32_t interval_msec;  /* at least 2000; 0: 5000 */
  uint32_t subsample_msec; /* mean distance of looks at thread states, where such are needed:
                              200..500; 0: 350 */
  uint32_t reserved;
  const char* history;    /* directory to record in; NULL: nothing is recorded */
  const cv_options* view; /* whose container; NULL: this process's. Not with CV_SAMPLER_ALL, and no
                             sysroot. */
} cv_sampler_options;

/* Errors: those of cv_open(); INVALID (options, another sampler records there), ACCESS, IO (the
 * directory), UNAVAILABLE (no cgroups are mounted). */
CV_API int32_t cv_sampler_open(const cv_sampler_options* options, cv_sampler** sampler,
                               cv_error* error) CV_NOEXCEPT;
CV_API void cv_sampler_close(cv_sampler* sampler) CV_NOEXCEPT;

/* Does what is due, and tells after how many nanoseconds there is more to do. */
CV_API int32_t cv_sampler_step(cv_sampler* sampler, uint64_t* wait_nsec,
                               cv_error* error) CV_NOEXCEPT;

/* What went wrong in the last step, for a log: one line each, path first. */
CV_API size_t cv_sampler_problem_count(const cv_sampler* sampler) CV_NOEXCEPT;
CV_API const char* cv_sampler_problem(const cv_sampler* sampler, size_t index) CV_NOEXCEPT;

typedef enum cv_sampled_method {
  CV_SAMPLED_NONE = 0,
  CV_SAMPLED_BY_COUNTERS = 1, /* /proc/PID/task/TID/schedstat */
  CV_SAMPLED_BY_STATES = 2    /* states of threads alone: no schedstat, or a short interval */
} cv_sampled_method;

enum { CV_SAMPLED_MEAN = 1u << 0 };

/* A container that is being sampled, and its load over the last interval. Strings are good until
 * the next step. */
typedef struct cv_sampled {
  size_t size;
  uint64_t valid, estimated, host;
  double mean_load;
  double interval_seconds;
  int32_t method; /* cv_sampled_method */
  uint32_t reserved;
  const char* cgroup; /* its directory; NULL: the whole machine */
  const char* engine; /* as in cv_scope, or systemd; told with CV_SAMPLER_ALL */
  const char* id;
} cv_sampled;
CV_API size_t cv_sampled_count(const cv_sampler* sampler) CV_NOEXCEPT;
CV_API int32_t cv_get_sampled(const cv_sampler* sampler, size_t index,
                              cv_sampled* sampled) CV_NOEXCEPT;
/* The averages so far; source is CV_LOAD_SAMPLER once there are any. */
CV_API int32_t cv_get_sampled_load(const cv_sampler* sampler, size_t index,
                                   cv_load* load) CV_NOEXCEPT;

/* Who made the load of the last interval, most first. */
typedef struct cv_sampled_process {
  size_t size;
  int64_t pid;
  const char* command; /* /proc/PID/comm */
  double mean_load;    /* of its threads that live */
  double share_pct;    /* of the container's mean load */
} cv_sampled_process;
CV_API size_t cv_sampled_process_count(cv_sampler* sampler, size_t index) CV_NOEXCEPT;
CV_API int32_t cv_get_sampled_process(cv_sampler* sampler, size_t index, size_t process,
                                      cv_sampled_process* out) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ tasks --------- */

/* The processes (or threads) of the scope, from one look to the next, as top(1) shows them.
 *
 *   cv_tasks_open(context, &options, &tasks, NULL);
 *   while (cv_tasks_refresh(tasks, CV_TASK_STAT, NULL) == CV_OK)
 *     for (size_t i = 0; i < cv_task_count(tasks); ++i) use(cv_get_task(tasks, i));
 *
 * Files are held open from one look to the next where memory and RLIMIT_NOFILE allow. A task that
 * has one thread and has not run since is not read anew at each look, but at every fifth at least.
 */
typedef struct cv_tasks cv_tasks;

enum {
  CV_TASKS_THREADS = 1u << 0, /* each thread is a task */
  CV_TASKS_ALL = 1u << 1      /* all that /proc shows, whatever the scope */
};

typedef struct cv_tasks_options {
  size_t size;
  uint32_t flags;      /* CV_TASKS_* */
  uint32_t pid_count;  /* 0: all */
  const int32_t* pids; /* only these */
} cv_tasks_options;

/* What is read of a task: the files of /proc/PID. STAT is always read. */
enum {
  CV_TASK_STAT = 1u << 0,
  CV_TASK_OWNER = 1u << 1, /* of the directory: effective uid and gid */
  CV_TASK_STATM = 1u << 2,
  CV_TASK_STATUS = 1u << 3,
  CV_TASK_WAIT = 1u << 4, /* schedstat, of every thread */
  CV_TASK_CMDLINE = 1u << 5,
  CV_TASK_ENVIRON = 1u << 6,
  CV_TASK_CGROUP = 1u << 7,
  CV_TASK_WCHAN = 1u << 8,
  CV_TASK_EXE = 1u << 9,
  CV_TASK_OOM = 1u << 10, /* oom_score, oom_score_adj */
  CV_TASK_IO = 1u << 11,
  CV_TASK_SMAPS = 1u << 12, /* smaps_rollup */
  CV_TASK_NAMESPACES = 1u << 13,
  CV_TASK_LOGIN = 1u << 14, /* loginuid */
  CV_TASK_AUTOGROUP = 1u << 15,
  CV_TASK_FILES = 1u << 16,      /* how many are open */
  CV_TASK_THREAD_CPUS = 1u << 17 /* by which CPUs its threads ran: cv_get_task_cpu() */
};

typedef enum cv_namespace {
  CV_NAMESPACE_IPC = 0,
  CV_NAMESPACE_MNT = 1,
  CV_NAMESPACE_NET = 2,
  CV_NAMESPACE_PID = 3,
  CV_NAMESPACE_USER = 4,
  CV_NAMESPACE_UTS = 5,
  CV_NAMESPACE_CGROUP = 6,
  CV_NAMESPACE_TIME = 7,
  CV_NAMESPACE_COUNT = 8
} cv_namespace;

/* What fewer want to know of a task. A file that is not in cv_task.read has its members 0 or NULL.
 */
typedef struct cv_task_details {
  size_t size;
  /* status */
  uint32_t real_uid, effective_uid, saved_uid, fs_uid;
  uint32_t real_gid, effective_gid, saved_gid, fs_gid;
  uint64_t swap_bytes, resident_bytes, anonymous_bytes, file_bytes, shmem_bytes, locked_bytes;
  uint64_t permitted_capabilities; /* a bit for each CAP_* of capabilities(7) */
  const char* groups;              /* supplementary, "4 24 27"; "" */
  /* smaps_rollup */
  uint64_t rss_bytes, pss_bytes, pss_anonymous_bytes, pss_file_bytes, pss_shmem_bytes, unique_bytes;
  /* io; the differences are since the look before */
  uint64_t read_bytes, read_calls, written_bytes, write_calls;
  uint64_t read_bytes_delta, read_calls_delta, written_bytes_delta, write_calls_delta;
  int32_t oom_score, oom_score_adjustment;
  int32_t autogroup, autogroup_nice; /* autogroup: -1 none */
  uint32_t login_uid;                /* UINT32_MAX: none */
  uint32_t open_files;
  uint64_t namespaces[CV_NAMESPACE_COUNT]; /* inode numbers; 0: may not be seen */
  const char* command_line; /* arguments joined by blanks; "": a kernel thread, or a zombie */
  const char* environment;  /* joined by blanks */
  const char* cgroups;      /* lines of /proc/PID/cgroup, joined by ',' */
  const char* wait_channel; /* "0": none */
  const char* executable;
  uint32_t read; /* CV_TASK_*: which of these could be read */
  uint32_t reserved;
} cv_task_details;

/* One task. `size` is what the library fills: a member beyond it is not there. */
typedef struct cv_task {
  size_t size;
  uint32_t read; /* CV_TASK_*: what could be read */
  int32_t pid;   /* of the thread with CV_TASKS_THREADS */
  int32_t process_pid;
  int32_t parent_pid;
  int32_t process_group;
  int32_t session;
  int32_t terminal; /* device number; 0: none */
  int32_t terminal_group;
  int32_t priority, nice;
  uint32_t policy;    /* SCHED_* of sched(7) */
  uint32_t processor; /* last run on */
  uint32_t thread_count;
  uint32_t effective_uid, effective_gid;
  uint32_t kernel_flags; /* PF_* */
  char state;            /* R S D T t Z X I */
  char reserved[7];
  int64_t start_nsec; /* CLOCK_BOOTTIME */
  uint64_t user_nsec, system_nsec, children_nsec;
  uint64_t virtual_bytes;
  uint64_t resident_bytes;                       /* exact with STATM, else some pages off */
  uint64_t shared_bytes, code_bytes, data_bytes; /* statm */
  uint64_t minor_faults, major_faults;
  /* Since the look before; of a task that is new since its start. */
  uint64_t cpu_delta_nsec;
  uint64_t wait_delta_nsec; /* was runnable and waited for a CPU, throttled included */
  uint64_t minor_faults_delta, major_faults_delta;
  const char* command;            /* name, as /proc/PID/stat has it */
  const cv_task_details* details; /* NULL: none was read */
} cv_task;

/* The context must outlive it. Errors: INVALID, NO_MEMORY. */
CV_API int32_t cv_tasks_open(cv_context* context, const cv_tasks_options* options, cv_tasks** tasks,
                             cv_error* error) CV_NOEXCEPT;
CV_API void cv_tasks_close(cv_tasks* tasks) CV_NOEXCEPT;

/* Lists the tasks, and reads `what` (CV_TASK_*) of each. A task that ends meanwhile is not listed.
 * Errors: NO_MEMORY, GONE (the target process ended). */
CV_API int32_t cv_tasks_refresh(cv_tasks* tasks, uint32_t what, cv_error* error) CV_NOEXCEPT;
/* Between the last two looks; 0 at the first. */
CV_API int64_t cv_tasks_interval_nsec(const cv_tasks* tasks) CV_NOEXCEPT;

/* No task has a larger id: /proc/sys/kernel/pid_max, or what it was when pids had 15 bits. */
CV_API int64_t cv_tasks_pid_max(const cv_tasks* tasks) CV_NOEXCEPT;

/* By ascending pid. Good until the next refresh. NULL: no such index. */
CV_API size_t cv_task_count(const cv_tasks* tasks) CV_NOEXCEPT;
CV_API const cv_task* cv_get_task(const cv_tasks* tasks, size_t index) CV_NOEXCEPT;
/* Reads `what` of one task as well, if this look has not done so yet: for those that are shown.
 * Fills the struct that cv_get_task() gave. */
CV_API int32_t cv_tasks_read(cv_tasks* tasks, const cv_task* task, uint32_t what) CV_NOEXCEPT;

/* CPU time since the look before of the tasks that ran last on this CPU: an estimate of what it
 * did, where the kernel keeps no counter. Needs CV_TASK_THREAD_CPUS in both looks. */
CV_API int32_t cv_get_task_cpu(const cv_tasks* tasks, uint32_t cpu, uint64_t* user_nsec,
                               uint64_t* system_nsec) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ explain ------- */

typedef enum cv_quality {
  CV_QUALITY_EXACT = 0,
  CV_QUALITY_ESTIMATED = 1,
  CV_QUALITY_HOST = 2,
  CV_QUALITY_UNAVAILABLE = 3
} cv_quality;

/* Where a figure comes from. The context must have been opened with CV_OPEN_RECORD_READS and the
 * snapshot must hold the figure. Keys are those of the JSON documents, "memory.available_bytes".
 * Errors: NOT_FOUND (no such key), NOT_SAMPLED, INVALID, NO_MEMORY. */
CV_API int32_t cv_explain(const cv_snapshot* snapshot, const char* key,
                          cv_explanation** explanation, cv_error* error) CV_NOEXCEPT;
CV_API void cv_explanation_free(cv_explanation* explanation) CV_NOEXCEPT;

/* The keys that cv_explain() knows, and the CV_SAMPLE_* flags that each needs. */
CV_API size_t cv_explain_key_count(void) CV_NOEXCEPT;
CV_API const char* cv_explain_key(size_t index) CV_NOEXCEPT;
CV_API uint32_t cv_explain_key_sample(size_t index) CV_NOEXCEPT;

typedef struct cv_explained {
  size_t size;
  const char* key;
  const char* value;   /* as text; "unknown" */
  const char* quality; /* exact, estimated, host, unavailable */
  int32_t is_number;   /* value is a number: `number` holds it */
  int32_t is_integer;  /* ... and an exact integer: `integer` holds it */
  double number;
  uint64_t integer;
  const char* formula; /* with the numbers put in */
} cv_explained;
CV_API int32_t cv_get_explained(const cv_explanation* explanation, cv_explained* out) CV_NOEXCEPT;

/* One kernel file that went into a figure. */
typedef struct cv_explained_input {
  size_t size;
  const char* path;
  const char* text;  /* what the file held: the lines that count, or the whole of a short file */
  const char* value; /* what was read from it */
} cv_explained_input;
CV_API size_t cv_explained_input_count(const cv_explanation* explanation) CV_NOEXCEPT;
CV_API int32_t cv_get_explained_input(const cv_explanation* explanation, size_t index,
                                      cv_explained_input* out) CV_NOEXCEPT;
CV_API size_t cv_explained_note_count(const cv_explanation* explanation) CV_NOEXCEPT;
CV_API const char* cv_get_explained_note(const cv_explanation* explanation,
                                         size_t index) CV_NOEXCEPT;

/* ------------------------------------------------------------------------------ recording ----- */

typedef enum cv_read_kind {
  CV_READ_FILE = 0,
  CV_READ_LINK = 1,
  CV_READ_DIRECTORY = 2
} cv_read_kind;

/* One thing that was read while CV_OPEN_RECORD_READS was set, in order, each path once (the
 * latest). */
typedef struct cv_read {
  size_t size;
  int32_t kind;      /* cv_read_kind */
  int32_t sys_errno; /* 0: read; else why not */
  const char* path;  /* absolute, inside the sysroot */
  const char* data;  /* contents, or the link's target; not terminated by NUL */
  size_t data_size;
} cv_read;
CV_API size_t cv_read_count(const cv_context* context) CV_NOEXCEPT;
CV_API int32_t cv_get_read(const cv_context* context, size_t index, cv_read* out) CV_NOEXCEPT;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
