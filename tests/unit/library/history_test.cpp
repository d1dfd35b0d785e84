// SPDX-License-Identifier: Apache-2.0
// The history file: what is written is read, and nothing else ever is.
#include "history/format.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "kernel/state_dir.hpp"
#include "kernel/sysroot.hpp"
#include "support/tree.hpp"

namespace cv {
namespace {

using test::Tree;

constexpr HistoryKey kKey{Hierarchy::kCpu, 1234};
constexpr std::string_view kBoot = "0b9d2fd1-3a8e-4b39-9f4e-1c2f0d1a7e55\n";
constexpr std::int64_t kSec = 1'000'000'000;

HistoryIdentity identity() {
  HistoryIdentity identity;
  identity.set_boot_id(kBoot);
  identity.keys[0] = {Hierarchy::kV2, 77};
  identity.keys[1] = kKey;
  return identity;
}

// State number n: every part of it tells n, so that a mixture of two shows.
HistoryHead head_number(std::uint64_t n) {
  HistoryHead head;
  const auto value = static_cast<double>(n);
  head.last_nsec = static_cast<std::int64_t>(n) * kSec;
  head.interval_nsec = 5 * kSec;
  head.averages[0] = value;
  head.averages[1] = value + 1;
  head.averages[2] = value + 2;
  head.age_sec = value;
  head.running = n;
  head.total = n;
  head.usage_nsec = n;
  head.runnable_nsec = n;
  return head;
}

HistorySample sample_number(std::uint64_t n) {
  return {static_cast<std::uint32_t>(n), static_cast<float>(n % 1'000'000)};
}

std::optional<std::uint64_t> number_of(const History& history) {
  const std::uint64_t n = history.head.running;
  const HistoryHead expected = head_number(n);
  if (std::memcmp(&history.head, &expected, sizeof expected) != 0) return std::nullopt;
  std::uint64_t at = n + 1 - history.samples.size();
  for (const HistorySample& sample : history.samples) {
    if (sample.interval_msec != static_cast<std::uint32_t>(at)) return std::nullopt;
    if (sample.mean_load != static_cast<float>(at++ % 1'000'000)) return std::nullopt;
  }
  return n;
}

struct Page {
  alignas(8) std::array<std::byte, kHistoryBytes> bytes{};
  HistoryWriter writer;
  Page() { format_history(bytes, identity()); }
  void append(std::uint64_t n) { writer.append(bytes, head_number(n), sample_number(n)); }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

TEST(HistoryTest, FileNamesReadBack) {
  EXPECT_EQ(kKey.file_name(), "cpu-1234");
  EXPECT_EQ(history_key_of("cpu-1234"), kKey);
  EXPECT_EQ(history_key_of("v2-7"), (HistoryKey{Hierarchy::kV2, 7}));
  for (const char* name : {"", "cpu-", "cpu-x", "cpu-0", "v2-7.old", "v3-7", ".unfinished"})
    EXPECT_EQ(history_key_of(name).hierarchy, Hierarchy::kNone) << name;
}

TEST(HistoryTest, AFreshFileHasNoState) {
  const Page page;
  EXPECT_EQ(read_history(page.text()).error().kind, ErrorKind::kUnavailable);
}

TEST(HistoryTest, TheLastStateIsRead) {
  Page page;
  for (std::uint64_t n = 1; n <= 3 * kHistorySamples; ++n) {
    page.append(n);
    const auto history = read_history(page.text());
    ASSERT_TRUE(history) << history.error().message();
    ASSERT_EQ(number_of(*history), n);
    ASSERT_EQ(history->samples.size(), std::min<std::size_t>(n, kHistorySamples));
    ASSERT_EQ(history->identity, identity());
  }
}

TEST(HistoryTest, AnotherWriterGoesOn) {
  Page page;
  for (std::uint64_t n = 1; n <= 3 * kHistorySamples; ++n) {
    if (n % 7 == 0) page.writer = HistoryWriter(page.bytes.data());
    page.append(n);
    const auto history = read_history(page.text());
    ASSERT_TRUE(history) << history.error().message();
    ASSERT_EQ(number_of(*history), n);
    ASSERT_EQ(history->samples.size(), std::min<std::size_t>(n, kHistorySamples));
  }
}

// Writing stops after any number of bytes, as a kill -9 would have it: the state before stays.
TEST(HistoryTest, AWriteThatWasCutOffLeavesTheStateBefore) {
  Page before;
  for (std::uint64_t n = 1; n <= 500; ++n) before.append(n);
  Page after = before;
  after.append(501);
  for (std::size_t cut = 0; cut < kHistoryBytes; ++cut) {
    Page torn = after;
    std::copy(before.bytes.begin() + static_cast<std::ptrdiff_t>(cut), before.bytes.end(),
              torn.bytes.begin() + static_cast<std::ptrdiff_t>(cut));
    const auto history = read_history(torn.text());
    ASSERT_TRUE(history) << cut;
    const auto number = number_of(*history);
    ASSERT_TRUE(number == 500 || number == 501) << cut;
  }
}

TEST(HistoryTest, NoDamagedByteIsAccepted) {
  Page page;
  for (std::uint64_t n = 1; n <= kHistorySamples + 7; ++n) page.append(n);
  for (std::size_t at = 0; at < kHistoryBytes; ++at) {
    Page damaged = page;
    damaged.bytes[at] ^= std::byte{0x10};
    const auto history = read_history(damaged.text());
    // The older state may still be whole, and what no slot names may hold anything.
    ASSERT_TRUE(!history || number_of(*history)) << at;
  }
}

TEST(HistoryTest, ForeignFilesAreRefused) {
  Page page;
  page.append(1);
  EXPECT_EQ(read_history(page.text().substr(1)).error().kind, ErrorKind::kMalformed);
  EXPECT_EQ(read_history(std::string(kHistoryBytes, '\0')).error().kind, ErrorKind::kMalformed);
  page.bytes[8] = std::byte{2};
  EXPECT_NE(read_history(page.text()).error().message().find("version"), std::string::npos);
}

TEST(HistoryTest, NonsenseIsNotAState) {
  for (const double average : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    Page page;
    HistoryHead head = head_number(1);
    head.averages[1] = average;
    page.writer.append(page.bytes, head, sample_number(1));
    EXPECT_FALSE(read_history(page.text())) << average;
  }
  // Found by tests/fuzz.
  Page page;
  HistoryHead head = head_number(1);
  head.age_sec = std::numeric_limits<double>::infinity();
  page.writer.append(page.bytes, head, sample_number(1));
  EXPECT_FALSE(read_history(page.text()));
}

TEST(HistoryTest, OnlyWhatTellsOfNowIsCurrent) {
  Page page;
  page.append(100);
  const History history = *read_history(page.text());
  const auto why = [&](std::string_view boot, const HistoryKey& key, std::int64_t now) {
    const char* reason = why_not_current(history, boot, key, now);
    return std::string(reason == nullptr ? "current" : reason);
  };
  EXPECT_EQ(why(kBoot, kKey, 100 * kSec), "current");
  EXPECT_EQ(why(kBoot, {Hierarchy::kV2, 77}, 115 * kSec), "current");
  EXPECT_EQ(why(kBoot, kKey, 116 * kSec), "stale: the sampler is not running");
  EXPECT_EQ(why(kBoot, kKey, 98 * kSec), "ahead of the clock");
  EXPECT_EQ(why(kBoot, {Hierarchy::kV2, 1234}, 100 * kSec), "of another cgroup");
  EXPECT_EQ(why(kBoot, {}, 100 * kSec), "of another cgroup");
  EXPECT_EQ(why("another", kKey, 100 * kSec), "of another boot");
}

// Found by tests/fuzz: three of them do not fit 64 bits.
TEST(HistoryTest, AnIntervalMayBeOfAnyLength) {
  Page page;
  HistoryHead head = head_number(1);
  head.interval_nsec = std::int64_t{1} << 62;
  page.writer.append(page.bytes, head, sample_number(1));
  const History history = *read_history(page.text());
  EXPECT_EQ(why_not_current(history, kBoot, kKey, 1000 * kSec), nullptr);
}

// The directory
// ------------------------------------------------------------------------------------

class StateDirTest : public testing::Test {
 protected:
  std::string path() const { return tree_.root() + "/history"; }
  StateDir open() const {
    auto dir = StateDir::open(path());
    EXPECT_TRUE(dir) << dir.error().message();
    return std::move(*dir);
  }
  Result<std::string> read(const std::string& name) const {
    return Sysroot{}.read_trusted(path(), name, kHistoryBytes);
  }

  Tree tree_{{"elsewhere/", ""}};
  Page page_;
};

TEST_F(StateDirTest, WhatIsWrittenCanBeReadByAll) {
  const mode_t mask = umask(0077);
  {
    const StateDir dir = open();
    auto file = dir.create("cpu-1234", page_.bytes);
    ASSERT_TRUE(file) << file.error().message();
    HistoryWriter writer(file->bytes().data());
    writer.append(file->bytes().first<kHistoryBytes>(), head_number(1), sample_number(1));
    file->release_pages();
    writer.append(file->bytes().first<kHistoryBytes>(), head_number(2), sample_number(2));
    EXPECT_TRUE(dir.link("cpu-1234", "v2-77"));
    EXPECT_TRUE(dir.holds("v2-77", *file));
  }
  umask(mask);
  struct stat info {};
  ASSERT_EQ(stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0755u);
  ASSERT_EQ(stat((path() + "/cpu-1234").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0644u);
  for (const char* name : {"cpu-1234", "v2-77"}) {
    const auto text = read(name);
    ASSERT_TRUE(text) << text.error().message();
    EXPECT_EQ(number_of(*read_history(*text)), 2u);
  }
  const StateDir again = open();
  EXPECT_TRUE(again.map("cpu-1234", kHistoryBytes));
  again.remove("cpu-1234");
  EXPECT_EQ(read("cpu-1234").error().kind, ErrorKind::kNotFound);
}

TEST_F(StateDirTest, OneWriter) {
  const StateDir first = open();
  EXPECT_NE(StateDir::open(path()).error().message().find("another sampler"), std::string::npos);
}

TEST_F(StateDirTest, DirectoriesOfOthersAreRefused) {
  tree_.write("link", "-> elsewhere");
  EXPECT_FALSE(StateDir::open(tree_.root() + "/link"));
  EXPECT_FALSE(Sysroot{}.read_trusted(tree_.root() + "/link", "cpu-1", kHistoryBytes));
  chmod((tree_.root() + "/elsewhere").c_str(), 0777);
  EXPECT_EQ(StateDir::open(tree_.root() + "/elsewhere").error().kind, ErrorKind::kAccess);
  EXPECT_EQ(StateDir::open(tree_.root() + "/none/below").error().kind, ErrorKind::kNotFound);
}

TEST_F(StateDirTest, WhatOthersCouldHaveWrittenIsNotRead) {
  const StateDir dir = open();
  ASSERT_TRUE(dir.create("cpu-1", page_.bytes));
  const std::string file = path() + "/cpu-1";
  ASSERT_TRUE(read("cpu-1"));
  tree_.write("history/cpu-2", "-> cpu-1");
  EXPECT_FALSE(read("cpu-2")) << "a symbolic link";
  tree_.write("history/cpu-3/", "");
  EXPECT_FALSE(read("cpu-3")) << "a directory";
  ASSERT_EQ(mkfifo((path() + "/cpu-4").c_str(), 0644), 0);
  EXPECT_EQ(read("cpu-4").error().kind, ErrorKind::kAccess) << "a FIFO";
  chmod(file.c_str(), 0664);
  EXPECT_EQ(read("cpu-1").error().kind, ErrorKind::kAccess) << "writable by a group";
  chmod(file.c_str(), 0644);
  chmod(path().c_str(), 0757);
  EXPECT_EQ(read("cpu-1").error().kind, ErrorKind::kAccess) << "a directory for everyone";
  chmod(path().c_str(), 0755);
  if (geteuid() != 0) GTEST_SKIP() << "SKIP other owners: needs root";
  ASSERT_EQ(chown(file.c_str(), 12345, 12345), 0);
  EXPECT_EQ(read("cpu-1").error().kind, ErrorKind::kAccess) << "another user's";
  ASSERT_EQ(chown(file.c_str(), 65534, 65534), 0);
  EXPECT_EQ(read("cpu-1").error().kind, ErrorKind::kAccess) << "nobody's, on a writable mount";
}

// A writer is killed at random points, 200 times, while we read: what is read is always whole, and
// the one that comes after it goes on where it stopped.
TEST_F(StateDirTest, KilledWritersLeaveNoTornState) {
  std::mt19937 random(20261123);  // NOLINT: the same points in each run are fine
  { ASSERT_TRUE(open().create("cpu-1234", page_.bytes)); }
  std::uint64_t last = 0;
  std::uint64_t reads = 0;
  for (int kills = 0; kills < 200; ++kills) {
    const pid_t writer = fork();
    ASSERT_GE(writer, 0);
    if (writer == 0) {
      auto dir = StateDir::open(path());
      auto file = dir->map("cpu-1234", kHistoryBytes);
      const auto text = Sysroot{}.read_trusted(path(), "cpu-1234", kHistoryBytes);
      const auto left = read_history(*text);
      HistoryWriter history(file->bytes().data());
      for (std::uint64_t n = left ? left->head.running + 1 : 1;; ++n)
        history.append(file->bytes().first<kHistoryBytes>(), head_number(n), sample_number(n));
    }
    const std::uint64_t enough = reads + 50 + random() % 200;
    while (reads < enough) {
      const auto text = read("cpu-1234");
      ASSERT_TRUE(text);
      const auto history = read_history(*text);
      ++reads;
      if (!history) continue;  // caught between two states: the reader falls back, and that is fine
      const auto number = number_of(*history);
      ASSERT_TRUE(number) << "a torn state was accepted";
      ASSERT_GE(*number, last) << "time ran backwards";
      last = *number;
    }
    kill(writer, SIGKILL);
    ASSERT_EQ(waitpid(writer, nullptr, 0), writer);
    const auto left = read_history(*read("cpu-1234"));
    ASSERT_TRUE(last == 0 || left) << "no whole state after a kill";
    ASSERT_TRUE(!left || number_of(*left));
  }
  EXPECT_GT(last, 1000u);
}

}  // namespace
}  // namespace cv
