// SPDX-License-Identifier: Apache-2.0
// The reader of history files, which others write: over any bytes, over a page whose checksums were
// made to fit what was changed in it, and over one that was copied while it was written.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "history/format.hpp"
#include "require.hpp"

namespace fuzz {
namespace {

using namespace cv;

using Page = std::array<std::byte, kHistoryBytes>;

constexpr std::size_t kSlotsAt = 128;                 // what is before that is the identity's
constexpr std::size_t kStates = kHistorySamples + 8;  // until the ring has turned over

// Numbers out of the input, and zeros behind its end.
template <typename T>
T take(Input& input) {
  T value{};
  std::array<std::uint8_t, sizeof(T)> bytes;
  for (std::uint8_t& byte : bytes) byte = input.byte();
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// CLOCK_BOOTTIME: not below zero.
std::int64_t take_time(Input& input) { return take<std::int64_t>(input) & INT64_MAX; }

std::string_view text_of(const Page& page) {
  return {reinterpret_cast<const char*>(page.data()), page.size()};
}

HistoryIdentity take_identity(Input& input) {
  HistoryIdentity identity;
  identity.set_boot_id(input.part());
  for (HistoryKey& key : identity.keys) {
    key.hierarchy = static_cast<Hierarchy>(input.byte() % 4);
    key.inode = input.byte();
  }
  return identity;
}

// The state that a sampler is in after so many intervals: one that makes sense.
HistoryHead plausible_head(std::uint64_t interval) {
  HistoryHead head;
  head.since_nsec = 1;
  head.interval_nsec = 5'000'000'000;
  head.last_nsec = 1 + static_cast<std::int64_t>(interval) * head.interval_nsec;
  head.averages[0] = static_cast<double>(interval);
  head.total = head.running = interval;
  return head;
}

void append(Page& page, std::uint64_t interval) {
  HistoryWriter(page.data())
      .append(page, plausible_head(interval), {5000, static_cast<float>(interval)});
}

// A page after so many intervals. All of them are made once: to go on with a page sums it up.
Page page_after(std::size_t intervals, const HistoryIdentity& identity) {
  static const std::vector<Page> pages = [] {
    std::vector<Page> made(1);
    format_history(made.back(), {});
    for (std::size_t i = 1; i < kStates; ++i) {
      made.push_back(made.back());
      append(made.back(), i);
    }
    return made;
  }();
  Page page;
  format_history(page, identity);
  const Page& state = pages.at(intervals);
  std::copy(state.begin() + kSlotsAt, state.end(), page.begin() + kSlotsAt);
  return page;
}

HistoryHead take_head(Input& input) {
  HistoryHead head;
  head.since_nsec = take<std::int64_t>(input);
  head.last_nsec = take<std::int64_t>(input);
  head.interval_nsec = take<std::int64_t>(input);
  for (double& average : head.averages) average = take<double>(input);
  head.age_sec = take<double>(input);
  head.seed_sec = take<double>(input);
  head.running = input.byte();
  head.total = input.byte();
  return head;
}

// What a reader of the history counts on.
void require_sound(const History& history) {
  const HistoryHead& head = history.head;
  require(head.since_nsec >= 0 && head.last_nsec >= head.since_nsec, "its times are in order");
  require(head.interval_nsec > 0, "an interval takes time");
  require(head.running <= head.total, "no more run than there are");
  for (const double average : head.averages)
    require(std::isfinite(average) && average >= 0, "an average is a number");
  require(std::isfinite(head.age_sec) && head.age_sec >= 0, "its age is a number");
  require(std::isfinite(head.seed_sec) && head.seed_sec >= 0, "its seed is a number");
  require(history.samples.size() <= kHistorySamples, "no more samples than places");
}

// Reads it, and asks whether it tells of now.
Result<History> read(std::string_view bytes, std::int64_t now_nsec) {
  auto history = read_history(bytes);
  const auto identity = read_history_identity(bytes);
  if (!history) {
    require(!history.error().reason.empty(), "an error has a reason");
    return history;
  }
  require_sound(*history);
  require(identity && *identity == history->identity, "both readers see one identity");
  for (const HistoryKey& key : history->identity.keys) {
    const std::string boot(history->identity.boot_id.data(),
                           strnlen(history->identity.boot_id.data(), 40));
    why_not_current(*history, boot, key, now_nsec);
  }
  return history;
}

// As the file is laid out (history/format.hpp): the checksums of whatever stands there.
class Forger {
 public:
  explicit Forger(Page& page) : page_(page) {}

  void seal() {
    put(kPreambleSum, sum_of_words(0, kPreambleSum));
    for (const std::size_t slot : {kSlot0, kSlot1}) {
      const auto next = get(slot + 16);
      const auto count = get(slot + 24);
      std::uint64_t samples = 0;
      for (std::uint64_t i = 0; next < kPlaces && count < kPlaces && i < count; ++i) {
        const std::uint64_t place = (next + kPlaces - count + i) % kPlaces;
        samples += sum_of_words(kRing + place * kSampleBytes, kSampleBytes, added(kSeed, place));
      }
      const auto sum = sum_of_words(slot + 16, kSlotRest, added(kSeed, get(slot)));
      put(slot + 8, added(sum, samples));
    }
  }

 private:
  static constexpr std::size_t kPreambleSum = 120, kSlot0 = 128, kSlot1 = 304, kRing = 480;
  static constexpr std::size_t kPlaces = kHistorySamples + 1;
  static constexpr std::size_t kSampleBytes = sizeof(HistorySample);
  static constexpr std::uint64_t kSeed = 0xCBF29CE484222325;
  static constexpr std::size_t kSlotRest = 16 + sizeof(HistoryHead);

  std::uint64_t get(std::size_t at) const {
    std::uint64_t value;
    std::memcpy(&value, &page_[at], sizeof value);
    return value;
  }
  void put(std::size_t at, std::uint64_t value) { std::memcpy(&page_[at], &value, sizeof value); }
  static std::uint64_t added(std::uint64_t sum, std::uint64_t word) {
    sum = (sum ^ word) * 0x9E3779B97F4A7C15;
    return sum ^ sum >> 32;
  }
  std::uint64_t sum_of_words(std::size_t at, std::size_t bytes, std::uint64_t sum = kSeed) const {
    for (const std::size_t end = at + bytes; at < end; at += 8) sum = added(sum, get(at));
    return sum;
  }

  Page& page_;
};

void any_bytes(Input& input) {
  const std::int64_t now_nsec = take_time(input);
  read(input.rest(), now_nsec);
}

// A forger knows the checksum.
void forged(Input& input) {
  const HistoryIdentity identity = take_identity(input);
  const std::size_t intervals = take<std::uint16_t>(input) % kStates;
  Page page = page_after(intervals, identity);
  Forger(page).seal();
  require(!!read_history(text_of(page)) == (intervals != 0), "a forger's page is as good as ours");
  const std::int64_t now_nsec = take_time(input);
  if (input.byte() % 2 != 0) {
    HistoryWriter(page.data())
        .append(page, take_head(input), {take<std::uint32_t>(input), take<float>(input)});
  }
  while (!input.empty()) {
    const std::size_t at = take<std::uint16_t>(input) % (kHistoryBytes - 8);
    const auto value = take<std::uint64_t>(input);
    std::memcpy(&page[at], &value, sizeof value);
  }
  Forger(page).seal();
  const auto history = read(text_of(page), now_nsec);
  // A sampler that starts anew goes on with it.
  if (!history) return;
  HistoryWriter(page.data()).append(page, plausible_head(1000), {1, 1});
  const auto more = read(text_of(page), now_nsec);
  require(more && more->head.total == 1000, "what is whole can be gone on with");
  require(more->samples.size() == std::min(history->samples.size() + 1, kHistorySamples),
          "with one sample more");
}

// A copy of which each byte is of some moment while the writer goes on: an error, or one of the
// states that there were.
void torn(Input& input) {
  const HistoryIdentity identity = take_identity(input);
  const std::size_t first = take<std::uint16_t>(input) % kStates;
  Page page = page_after(first, identity);
  Page copy = page;
  std::size_t last = first;
  std::size_t at = 0;
  while (!input.empty() && at < kHistoryBytes) {
    const std::size_t length =
        std::min<std::size_t>(take<std::uint16_t>(input) % kHistoryBytes, kHistoryBytes - at);
    std::memcpy(copy.data() + at, page.data() + at, length);
    at += length;
    for (int more = input.byte() % 4; more > 0; --more) append(page, ++last);
  }
  std::memcpy(copy.data() + at, page.data() + at, kHistoryBytes - at);
  const auto history = read(text_of(copy), 0);
  if (!history) return;
  const std::uint64_t state = history->head.total;
  // The one before the first stands there too, should all later ones be torn.
  require(state >= 1 && state + 1 >= first && state <= last, "a state that there was");
  require(history->samples.size() == std::min<std::size_t>(state, kHistorySamples),
          "with all its samples");
  for (std::size_t i = 0; i < history->samples.size(); ++i)
    require(history->samples[history->samples.size() - 1 - i].mean_load ==
                static_cast<float>(state - i),
            "in their order");
}

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.byte() % 3) {
    case 0:
      fuzz::any_bytes(input);
      break;
    case 1:
      fuzz::forged(input);
      break;
    default:
      fuzz::torn(input);
  }
  return 0;
}
