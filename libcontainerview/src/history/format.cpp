// SPDX-License-Identifier: Apache-2.0
#include "history/format.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <type_traits>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace cv {
namespace {

constexpr std::array<char, 8> kMagic = {'C', 'V', 'L', 'O', 'A', 'D', '\r', '\n'};
constexpr std::uint32_t kVersion = 1;

struct Preamble {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t size;
  HistoryIdentity identity;
  std::uint64_t checksum;  // of all before it
};

struct Slot {
  std::uint64_t sequence;  // odd: being written; 0: never
  std::uint64_t checksum;
  std::uint64_t next;   // place in the ring after the newest sample
  std::uint64_t count;  // samples before it that count
  HistoryHead head;
};

constexpr std::size_t kRingPlaces = kHistorySamples + 1;
constexpr std::size_t kSlotsAt = 128;
constexpr std::size_t kSlotBytes = 176;
constexpr std::size_t kRingAt = kSlotsAt + 2 * kSlotBytes;

static_assert(sizeof(Preamble) <= kSlotsAt && sizeof(Slot) <= kSlotBytes);
static_assert(kRingAt + kRingPlaces * sizeof(HistorySample) <= kHistoryBytes);
static_assert(std::is_trivially_copyable_v<Slot> && std::is_trivially_copyable_v<Preamble>);
// Padding would be bytes that no one wrote, and a checksum over them chance.
static_assert(std::has_unique_object_representations_v<HistoryIdentity>);
static_assert(sizeof(HistoryHead) == 12 * 8 + 2 * 4 && sizeof(Slot) % 8 == 0);

// Told apart: a state that was half written. Not: one that was forged, which the owner's right to
// write the file rules out.
class Checksum {
 public:
  void add(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at, std::min(sizeof word, size - at));
      value_ = (value_ ^ word) * 0x9E3779B97F4A7C15;
      value_ ^= value_ >> 32;
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;
};

template <typename T>
T load_at(const std::byte* bytes, std::size_t at) {
  T value;
  std::memcpy(static_cast<void*>(&value), bytes + at, sizeof value);
  return value;
}

std::uint64_t checksum_of(const Preamble& preamble) {
  Checksum sum;
  sum.add(&preamble, offsetof(Preamble, checksum));
  return sum.value();
}

// Places of the ring that a slot names, oldest first.
std::uint64_t place_of(const Slot& slot, std::uint64_t index) {
  return (slot.next + kRingPlaces - slot.count + index) % kRingPlaces;
}
template <typename Visit>
void for_each_place(const Slot& slot, Visit&& visit) {
  for (std::uint64_t i = 0; i < slot.count; ++i) visit(place_of(slot, i));
}

HistorySample sample_at(const std::byte* page, std::uint64_t place) {
  return load_at<HistorySample>(page, kRingAt + place * sizeof(HistorySample));
}

// The samples of a slot count as the sum of this over them, so that whoever adds one, and drops
// one, need not read the others again.
std::uint64_t checksum_of(const HistorySample& sample, std::uint64_t place) {
  Checksum sum;
  sum.add(&place, sizeof place);
  sum.add(&sample, sizeof sample);
  return sum.value();
}

std::uint64_t samples_sum(const Slot& slot, const std::byte* page) {
  std::uint64_t sum = 0;
  for_each_place(slot,
                 [&](std::uint64_t place) { sum += checksum_of(sample_at(page, place), place); });
  return sum;
}

std::uint64_t checksum_of(const Slot& slot, std::uint64_t samples_sum) {
  Checksum sum;
  sum.add(&slot.sequence, sizeof slot.sequence);
  sum.add(&slot.next, sizeof slot - offsetof(Slot, next));
  sum.add(&samples_sum, sizeof samples_sum);
  return sum.value();
}

std::size_t slot_at(std::size_t index) { return kSlotsAt + index * kSlotBytes; }

// Also what was summed correctly must make sense: the next reader divides by it.
bool plausible(const HistoryHead& head) {
  const auto lasts = [](double seconds) { return seconds >= 0 && seconds < 1e10; };  // 300 years
  const bool times = head.since_nsec >= 0 && head.last_nsec >= head.since_nsec &&
                     head.interval_nsec > 0 && lasts(head.age_sec) && lasts(head.seed_sec);
  return times && head.running <= head.total &&
         std::all_of(std::begin(head.averages), std::end(head.averages),
                     [](double value) { return value >= 0 && value < 1e9; });
}

// The newest whole slot.
std::optional<std::pair<std::size_t, Slot>> newest_slot(const std::byte* page) {
  std::optional<std::pair<std::size_t, Slot>> newest;
  for (const std::size_t index : {0U, 1U}) {
    const auto slot = load_at<Slot>(page, slot_at(index));
    if (slot.sequence == 0 || slot.sequence % 2 != 0) continue;
    if (slot.count > kHistorySamples || slot.next >= kRingPlaces) continue;
    if (slot.checksum != checksum_of(slot, samples_sum(slot, page))) continue;
    if (!plausible(slot.head)) continue;
    if (!newest || slot.sequence > newest->second.sequence) newest.emplace(index, slot);
  }
  return newest;
}

void set_sequence(HistoryPage page, std::size_t index, std::uint64_t sequence) {
  auto* place = reinterpret_cast<std::uint64_t*>(page.data() + slot_at(index));
  std::atomic_ref(*place).store(sequence, std::memory_order_seq_cst);
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

}  // namespace

std::string HistoryKey::file_name() const {
  return (hierarchy == Hierarchy::kV2 ? "v2-" : "cpu-") + std::to_string(inode);
}

HistoryKey history_key_of(std::string_view file_name) {
  for (const auto& [prefix, hierarchy] :
       {std::pair{std::string_view("v2-"), Hierarchy::kV2}, {"cpu-", Hierarchy::kCpu}}) {
    if (!file_name.starts_with(prefix)) continue;
    const auto inode = parse_u64(file_name.substr(prefix.size()));
    if (inode && *inode != 0) return {hierarchy, *inode};
  }
  return {};
}

void HistoryIdentity::set_boot_id(std::string_view text) {
  boot_id = {};
  text = trim(text);
  std::copy_n(text.begin(), std::min(text.size(), boot_id.size()), boot_id.begin());
}

bool HistoryIdentity::has(const HistoryKey& key) const {
  return key.hierarchy != Hierarchy::kNone &&
         std::find(keys.begin(), keys.end(), key) != keys.end();
}

void format_history(HistoryPage page, const HistoryIdentity& identity) {
  std::fill(page.begin(), page.end(), std::byte{0});
  Preamble preamble{kMagic, kVersion, kHistoryBytes, identity, 0};
  preamble.checksum = checksum_of(preamble);
  std::memcpy(page.data(), &preamble, sizeof preamble);
}

HistoryWriter::HistoryWriter(const std::byte* page) {
  const auto newest = newest_slot(page);
  if (!newest) return;
  const auto& [index, slot] = *newest;
  newest_ = static_cast<std::uint8_t>(index);
  sequence_ = slot.sequence;
  next_ = static_cast<std::uint16_t>(slot.next);
  count_ = static_cast<std::uint16_t>(slot.count);
  samples_sum_ = samples_sum(slot, page);
}

void HistoryWriter::append(HistoryPage page, const HistoryHead& head, const HistorySample& sample) {
  const std::size_t index = 1 - newest_;
  Slot slot{sequence_, 0, next_, count_, head};
  set_sequence(page, index, slot.sequence + 1);
  if (slot.count == kHistorySamples) {
    const std::uint64_t oldest = place_of(slot, 0);
    samples_sum_ -= checksum_of(sample_at(page.data(), oldest), oldest);
    --slot.count;
  }
  // Of the newest slot's samples none stands at `next`: it stays whole meanwhile.
  std::memcpy(page.data() + kRingAt + slot.next * sizeof sample, &sample, sizeof sample);
  samples_sum_ += checksum_of(sample, slot.next);
  slot.sequence += 2;
  slot.next = (slot.next + 1) % kRingPlaces;
  ++slot.count;
  slot.checksum = checksum_of(slot, samples_sum_);
  constexpr std::size_t kRest = offsetof(Slot, checksum);
  std::memcpy(page.data() + slot_at(index) + kRest,
              reinterpret_cast<const std::byte*>(&slot) + kRest, sizeof slot - kRest);
  set_sequence(page, index, slot.sequence);
  newest_ = static_cast<std::uint8_t>(index);
  sequence_ = slot.sequence;
  next_ = static_cast<std::uint16_t>(slot.next);
  count_ = static_cast<std::uint16_t>(slot.count);
}

std::optional<HistoryIdentity> read_history_identity(std::string_view bytes) {
  if (bytes.size() != kHistoryBytes) return std::nullopt;
  const auto preamble = load_at<Preamble>(reinterpret_cast<const std::byte*>(bytes.data()), 0);
  const bool good = preamble.magic == kMagic && preamble.version == kVersion &&
                    preamble.checksum == checksum_of(preamble);
  return good ? std::optional(preamble.identity) : std::nullopt;
}

Result<History> read_history(std::string_view bytes) {
  if (bytes.size() != kHistoryBytes) return malformed(0, "not a history file: wrong size");
  const auto* page = reinterpret_cast<const std::byte*>(bytes.data());
  const auto preamble = load_at<Preamble>(page, 0);
  if (preamble.magic != kMagic) return malformed(0, "not a history file");
  if (preamble.version != kVersion || preamble.size != kHistoryBytes)
    return malformed(0, "a history file of another version");
  if (preamble.checksum != checksum_of(preamble)) return malformed(0, "a damaged history file");
  const auto newest = newest_slot(page);
  if (!newest) {
    const bool fresh = load_at<std::uint64_t>(page, slot_at(0)) <= 1;
    return fresh ? fail(ErrorKind::kUnavailable, {}, "no sample yet")
                 : malformed(0, "no whole state in the history file");
  }
  History history{preamble.identity, newest->second.head, {}};
  history.samples.reserve(newest->second.count);
  for_each_place(newest->second,
                 [&](std::uint64_t place) { history.samples.push_back(sample_at(page, place)); });
  return history;
}

const char* why_not_current(const History& history, std::string_view boot_id, const HistoryKey& key,
                            std::int64_t now_nsec) {
  HistoryIdentity expected;
  expected.set_boot_id(boot_id);
  if (history.identity.boot_id != expected.boot_id) return "of another boot";
  if (!history.identity.has(key)) return "of another cgroup";
  const std::int64_t age = now_nsec - history.head.last_nsec;
  if (age < -kNsecPerSec) return "ahead of the clock";
  // One sample may be late on a busy machine; two in a row are not taken.
  if (age / 3 > history.head.interval_nsec) return "stale: the sampler is not running";
  return nullptr;
}

}  // namespace cv
