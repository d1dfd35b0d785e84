// SPDX-License-Identifier: Apache-2.0
// Which containers are found in a tree of cgroups.
#include "watch/discovery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/tree.hpp"

namespace cv {
namespace {

constexpr const char* kOne = "1111111111111111111111111111111111111111111111111111111111111111";
constexpr const char* kTwo = "2222222222222222222222222222222222222222222222222222222222222222";

class DiscoveryTest : public testing::Test {
 protected:
  void make(const std::string& below) { tree_.write("cg" + below + "/", ""); }
  std::vector<FoundContainer> found() const {
    return find_containers(root_, hierarchy_,
                           [&](std::uint64_t inode) { return unchanged_.contains(inode); });
  }
  std::set<std::string> found_ids() const {
    std::set<std::string> ids;
    for (const FoundContainer& container : found()) ids.insert(container.engine + container.id);
    return ids;
  }

  test::Tree tree_{{"cg/", ""}};
  Sysroot root_ = *Sysroot::open(tree_.root());
  CgroupMount hierarchy_{false, "/", "/cg", {"cpu"}};
  std::set<std::uint64_t> unchanged_;
};

TEST_F(DiscoveryTest, EnginesAndSlices) {
  make(std::string("/docker/") + kOne);
  make("/lxc.payload.web/system.slice");
  make("/system.slice/cron.service");
  make("/kubepods.slice/kubepods-pod1.slice");
  EXPECT_EQ(found_ids(),
            (std::set<std::string>{std::string("docker") + kOne, "lxcweb", "systemdsystem.slice"}));
}

TEST_F(DiscoveryTest, WhatIsKnownIsNotLookedInto) {
  const std::string one = std::string("/docker/") + kOne;
  make(one);
  make(one + "x");
  const auto first = found();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(first[0].leaf);
  EXPECT_EQ(first[0].inode, root_.inode("/cg" + one).value());

  make(one + "/docker/" + kTwo);
  unchanged_ = {first[0].inode};
  const auto known = found();
  ASSERT_EQ(known.size(), 1u) << "it may have got one in it, but was not looked into";
  EXPECT_EQ(known[0].inode, first[0].inode);
  EXPECT_TRUE(known[0].leaf);

  unchanged_.clear();
  const auto all = found();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_FALSE(all[0].leaf);
  EXPECT_EQ(all[1].id, kTwo);
}

}  // namespace
}  // namespace cv
