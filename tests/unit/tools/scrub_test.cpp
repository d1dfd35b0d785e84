// SPDX-License-Identifier: Apache-2.0
#include "containerview/scrub.hpp"

#include <gtest/gtest.h>
#include <utmp.h>

#include <cstring>

namespace cvtools {
namespace {

const std::string kId = "3f9d2c81b6a04e7795c1d2e3f4051627b8c9daebfc0d1e2f3041526374859607";

TEST(Scrub, ReplacesIdsAlikeInPathsAndText) {
  Scrubber scrubber;
  const std::string path = scrubber.path("/sys/fs/cgroup/docker-" + kId + ".scope/memory.max");
  EXPECT_EQ(path.find(kId), std::string::npos);
  EXPECT_EQ(path.size(), ("/sys/fs/cgroup/docker-" + kId + ".scope/memory.max").size());
  const std::string fake = path.substr(std::string("/sys/fs/cgroup/docker-").size(), kId.size());
  EXPECT_EQ(scrubber.contents("/proc/self/cgroup", "0::/docker-" + kId + ".scope\n"),
            "0::/docker-" + fake + ".scope\n");
  EXPECT_EQ(scrubber.contents("/etc/x", kId.substr(0, 12)), fake.substr(0, 12))
      << "the short form stays the short form";
}

TEST(Scrub, DifferentIdsStayDifferent) {
  Scrubber scrubber;
  EXPECT_NE(scrubber.path("/aaaabbbbcccc"), scrubber.path("/aaaabbbbcccd"));
}

TEST(Scrub, IsIdempotentInShape) {
  Scrubber scrubber;
  const std::string once = scrubber.path("/docker/" + kId);
  EXPECT_EQ(Scrubber().path(once), once) << "a capture of a capture looks the same";
}

TEST(Scrub, NumbersAndWordsStay) {
  Scrubber scrubber;
  for (const char* text :
       {"9223372036854771712\n", "anon 137438953472\nfile 4096\n", "max 100000\n", "deadbeef\n",
        "0-3,8\n", "cgroup:[4026531835]", "some avg10=0.00 total=123456789012\n"}) {
    EXPECT_EQ(scrubber.contents("/sys/fs/cgroup/memory.stat", text), text);
  }
}

TEST(Scrub, ReplacesUuidsOfPods) {
  Scrubber scrubber;
  const std::string dashes =
      scrubber.path("/kubepods/burstable/pod12345678-9abc-4def-8123-456789abcdef/x");
  EXPECT_EQ(dashes.find("12345678"), std::string::npos) << dashes;
  EXPECT_EQ(dashes.rfind("/kubepods/burstable/pod", 0), 0U) << dashes;
  EXPECT_EQ(dashes[std::strlen("/kubepods/burstable/pod") + 8], '-') << dashes;
  const std::string underscores =
      scrubber.path("/kubepods-pod12345678_9abc_4def_8123_456789abcdef.slice");
  EXPECT_EQ(underscores.find("456789ab"), std::string::npos) << underscores;
  EXPECT_EQ(underscores.rfind("/kubepods-pod", 0), 0U) << underscores;
  const std::string hash = scrubber.path("/kubepods/pod0123456789abcdef0123456789abcdef");
  EXPECT_EQ(hash.rfind("/kubepods/pod", 0), 0U) << hash;
  EXPECT_EQ(hash.find("0123456789abcdef"), std::string::npos) << hash;
}

TEST(Scrub, TakesTheNamesOfTasks) {
  Scrubber scrubber;
  EXPECT_EQ(scrubber.contents("/proc/42/stat", "42 (my (odd) name) S 1 42 42\n"),
            "42 (task) S 1 42 42\n");
  EXPECT_EQ(scrubber.contents("/proc/42/task/43/stat", "43 (secret) R 1\n"), "43 (task) R 1\n");
  EXPECT_EQ(scrubber.contents("/proc/self/status",
                              "Name:\tsecret\nState:\tS\nCapEff:\t000001ffffffffff\n"),
            "Name:\ttask\nState:\tS\nCapEff:\t000001ffffffffff\n");
  EXPECT_EQ(scrubber.contents("/proc/stat", "cpu  1 2 3\nbtime 5\n"), "cpu  1 2 3\nbtime 5\n");
}

TEST(Scrub, MountinfoKeepsItsShape) {
  Scrubber scrubber;
  const std::string text =
      "22 27 0:21 / /proc rw,relatime shared:1 - proc proc rw\n"
      "23 27 0:22 / /sys rw - sysfs sysfs rw\n"
      "24 27 8:1 /home/alice /home/alice\\040x rw shared:2 master:3 - ext4 /dev/sda1 rw,errors=x\n"
      "25 22 0:40 /meminfo /proc/meminfo rw - tmpfs secretfs rw\n"
      "26 23 0:31 /docker/" +
      kId +
      " /sys/fs/cgroup ro - cgroup2 cgroup rw,nsdelegate\n27 1 0:99 / / rw - overlay overlay " +
      "rw,lowerdir=/var/lib/docker/overlay2/l/ABC\nbroken secret line\n\n";
  const std::string result = scrubber.contents("/proc/self/mountinfo", text);
  const std::string fake = scrubber.path(kId);
  EXPECT_EQ(result,
            "22 27 0:21 / /proc rw,relatime shared:1 - proc proc rw\n"
            "23 27 0:22 / /sys rw - sysfs sysfs rw\n"
            "24 27 8:1 / /mnt rw shared:2 master:3 - ext4 none none\n"
            "25 22 0:40 / /proc/meminfo rw - tmpfs none none\n"
            "26 23 0:31 /docker/" +
                fake +
                " /sys/fs/cgroup ro - cgroup2 cgroup rw,nsdelegate\n"
                "27 1 0:99 / / rw - overlay none none\n"
                "x x x\n\n");
}

TEST(Scrub, SessionsKeepOnlyWhatIsCounted) {
  Scrubber scrubber;
  EXPECT_EQ(scrubber.contents("/run/systemd/sessions/3",
                              "# This is private data.\nUID=1000\nUSER=alice\nCLASS=user\n"
                              "REMOTE_HOST=10.1.2.3\nSTATE=active\n"),
            "# This is private data.\nUID=x\nUSER=x\nCLASS=user\nREMOTE_HOST=x\nSTATE=active\n");
}

// By these mounts the engine is told where a cgroup namespace hides its name.
TEST(Scrub, EngineMountsKeepTheEngineOnly) {
  Scrubber scrubber;
  const std::string fake = scrubber.path(kId);
  EXPECT_EQ(scrubber.contents("/proc/self/mountinfo",
                              "9 8 8:1 /home/shop/docker/containers/" + kId +
                                  "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n"),
            "9 8 8:1 /x/x/x/containers/" + fake + "/x /etc/hostname rw - ext4 none none\n");
  EXPECT_EQ(scrubber.contents("/proc/self/mountinfo",
                              "9 8 8:1 /lib/overlay-containers/" + kId +
                                  "/userdata/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n"),
            "9 8 8:1 /x/overlay-containers/" + fake + "/x/x /etc/hosts rw - ext4 none none\n");
  EXPECT_EQ(scrubber.contents("/proc/self/mountinfo",
                              "9 8 8:1 / /etc/resolv.conf rw - ext4 /dev/sda1 rw\n"),
            "9 8 8:1 /x /etc/resolv.conf rw - ext4 none none\n");
}

TEST(Scrub, UtmpCountsStay) {
  utmp user{};
  user.ut_type = USER_PROCESS;
  std::strncpy(user.ut_user, "alice", sizeof user.ut_user);
  std::strncpy(user.ut_host, "10.1.2.3", sizeof user.ut_host);
  utmp gone{};
  gone.ut_type = DEAD_PROCESS;
  std::string data(reinterpret_cast<const char*>(&user), sizeof user);
  data.append(reinterpret_cast<const char*>(&gone), sizeof gone);
  data += "alice, cut off";
  const std::string result = Scrubber().contents("/run/utmp", data);
  ASSERT_EQ(result.size(), data.size());
  EXPECT_EQ(result.find("alice"), std::string::npos);
  EXPECT_EQ(result.find("10.1"), std::string::npos);
  utmp first{};
  std::memcpy(&first, result.data(), sizeof first);
  EXPECT_EQ(first.ut_type, USER_PROCESS);
  EXPECT_STREQ(first.ut_user, "x");
  utmp second{};
  std::memcpy(&second, result.data() + sizeof first, sizeof second);
  EXPECT_EQ(second.ut_type, DEAD_PROCESS);
  EXPECT_STREQ(second.ut_user, "");
}

}  // namespace
}  // namespace cvtools
