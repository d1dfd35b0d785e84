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
  CV_OPEN_RECORD_READS = 1u << 0
};

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
} cv_options;

/* Opens a view. Reads nothing but what tells whether the target exists and may be read.
 * Errors: INVALID (options), NOT_FOUND (sysroot, pid, cgroup), ACCESS (pid), NO_MEMORY. */
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
  CV_SAMPLE_MEMORY_DETAILS = 1u << 8 /* peak, low, min, events, hugetlb of cv_get_memory_details */
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
       CV_CPU_EFFECTIVE = 1u << 9
};

/* Shares of effective_cpus x elapsed time; user .. steal sum to 100. Busy to the quota reads 100.
 */
typedef struct cv_cpu_usage {
  size_t size;
  uint64_t valid, estimated, host;
  double user_pct, system_pct, nice_pct, idle_pct, iowait_pct, irq_pct, softirq_pct, steal_pct;
  double throttled_pct;  /* 100 x throttled periods / periods of the cgroup whose quota binds */
  double effective_cpus; /* mean of both ends */
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
 * context; a counter that went backwards or a cgroup that was made anew leaves the figures invalid.
 */
CV_API int32_t cv_get_cpu_capacity(const cv_snapshot* snapshot,
                                   cv_cpu_capacity* capacity) CV_NOEXCEPT;
CV_API int32_t cv_get_cpu_usage(const cv_snapshot* begin, const cv_snapshot* end,
                                cv_cpu_usage* usage) CV_NOEXCEPT;
CV_API int32_t cv_get_throttling(const cv_snapshot* snapshot,
                                 cv_throttling* throttling) CV_NOEXCEPT;

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
