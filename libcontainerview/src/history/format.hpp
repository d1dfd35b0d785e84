// SPDX-License-Identifier: Apache-2.0
// The history file of one container: what a sampler leaves for readers. Layout and validation only,
// over bytes in memory; kernel/state_dir.cpp makes the files, kernel/sysroot.cpp reads them.
//
// One page, fixed for version 1, in the byte order of the machine (it does not survive a boot):
//
//      0  magic, version, size, boot id, the cgroups that it is of, checksum of these: written once
//    128  slot 0  |  each: sequence, checksum, averages, counts, which samples of the ring count
//    304  slot 1  |
//    480  ring of samples
//
// The writer fills the slot that is not the newest, so that one whole state stands there at any
// instant, a kill -9 included. A slot's sequence is odd while it is written. Its checksum covers
// the samples that it names, so that a reader that was slow can tell: it copies the page once, and
// takes the newest slot that proves whole, or nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace cv {

inline constexpr std::size_t kHistoryBytes = 4096;

enum class Hierarchy : std::uint64_t { kNone = 0, kV2 = 1, kCpu = 2 };

// A cgroup by hierarchy and id. The id is the inode number of its directory: the same from wherever
// it is seen, and never used twice while the machine runs.
struct HistoryKey {
  Hierarchy hierarchy = Hierarchy::kNone;
  std::uint64_t inode = 0;

  std::string file_name() const;  // "v2-1234", "cpu-1234"
  bool operator==(const HistoryKey&) const = default;
};
// The reverse of file_name(); hierarchy kNone: it is no such name.
HistoryKey history_key_of(std::string_view file_name);

// What the file is of.
struct HistoryIdentity {
  static constexpr std::size_t kKeys = 4;

  std::array<char, 40> boot_id{};  // /proc/sys/kernel/random/boot_id, filled up with zeros
  // The same container under each name that a reader may know: its v2 and its v1 cgroup, and the
  // child that an engine made the root of the cgroup namespace.
  std::array<HistoryKey, kKeys> keys{};

  void set_boot_id(std::string_view text);
  bool has(const HistoryKey& key) const;
  bool operator==(const HistoryIdentity&) const = default;
};

// HistoryHead::flags
inline constexpr std::uint32_t kHistoryEstimated1m = 1u << 0;  // averages[0] is not exact
inline constexpr std::uint32_t kHistoryEstimated5m = 1u << 1;
inline constexpr std::uint32_t kHistoryEstimated15m = 1u << 2;
inline constexpr std::uint32_t kHistoryEstimatedAll = 7;

// The state after the last sample. Times are CLOCK_BOOTTIME of the initial time namespace.
struct HistoryHead {
  std::int64_t since_nsec = 0;     // sampled without a break since then
  std::int64_t last_nsec = 0;      // the last sample
  std::int64_t interval_nsec = 0;  // the next is due after this
  double averages[3] = {};         // over 1, 5 and 15 minutes
  double age_sec = 0;              // what the averages rest on
  std::uint64_t running = 0;
  std::uint64_t total = 0;
  // Counters at the last sample: what a sampler that starts anew bridges the gap with.
  std::uint64_t usage_nsec = 0;     // CPU time of the cgroup
  std::uint64_t runnable_nsec = 0;  // of the threads that lived then, since each was born
  double seed_sec = 0;              // of age_sec: estimated when sampling began, not sampled
  std::uint32_t method = 0;         // how the last interval was measured (load/integrator.hpp)
  std::uint32_t flags = 0;
};

// One interval.
struct HistorySample {
  std::uint32_t interval_msec = 0;
  float mean_load = 0;
};
// 15 minutes at the shortest interval, 2 s; one place is always being written.
inline constexpr std::size_t kHistorySamples = 451;

struct History {
  HistoryIdentity identity;
  HistoryHead head;
  std::vector<HistorySample> samples;  // oldest first, the last one ends at head.last_nsec
};

using HistoryPage = std::span<std::byte, kHistoryBytes>;

// An empty file for `identity`: no state yet, readers find nothing in it.
void format_history(HistoryPage page, const HistoryIdentity& identity);

// Adds intervals to one file. It remembers what it wrote, so that it need not check all that stands
// there each time.
class HistoryWriter {
 public:
  // Goes on after the newest whole state of a page that format_history() made; where there is none,
  // with an empty history.
  explicit HistoryWriter(const std::byte* page);
  HistoryWriter() = default;

  // Adds one interval and the state after it, to the same page.
  void append(HistoryPage page, const HistoryHead& head, const HistorySample& sample);

 private:
  std::uint64_t sequence_ = 0, samples_sum_ = 0;
  std::uint16_t next_ = 0, count_ = 0;
  std::uint8_t newest_ = 1;  // slot
};

// The newest whole state. Errors: Malformed (not such a file, or none whole); Unavailable (no state
// yet). Trusts nothing of `bytes`.
Result<History> read_history(std::string_view bytes);

// What the file is of, whatever state it holds; none: it is not such a file.
std::optional<HistoryIdentity> read_history_identity(std::string_view bytes);

// Why a history does not tell of now, or null: it is of another boot or cgroup, stale, or ahead.
// `now_nsec`: CLOCK_BOOTTIME of the initial time namespace.
const char* why_not_current(const History& history, std::string_view boot_id, const HistoryKey& key,
                            std::int64_t now_nsec);

}  // namespace cv
