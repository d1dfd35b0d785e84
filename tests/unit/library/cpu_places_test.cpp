// SPDX-License-Identifier: Apache-2.0
// Nodes, cores and types of CPUs, by the public interface over trees as /sys has them.
#include <gtest/gtest.h>

#include <string>

#include "containerview/containerview.hpp"
#include "support/tree.hpp"

namespace {

using cv::test::Tree;

// "CPU:NODE,CORE,TYPE" for each; '-' where it is not told.
std::string places(const Tree& tree) {
  containerview::Options options;
  options.sysroot = tree.root();
  containerview::Context context(options);
  const containerview::Snapshot snapshot = context.sample(CV_SAMPLE_CPU_PLACES);
  std::string text;
  for (std::size_t i = 0; i < snapshot.cpu_place_count(); ++i) {
    const cv_cpu_place place = snapshot.cpu_place(i);
    const auto told = [&](std::uint64_t flag, std::uint32_t value) {
      return (place.valid & flag) != 0 ? std::to_string(value) : std::string("-");
    };
    text += std::to_string(place.cpu) + ":" + told(CV_CPU_PLACE_NODE, place.node) + "," +
            told(CV_CPU_PLACE_CORE, place.core) + "," + "uPE"[place.core_type] + " ";
  }
  return text;
}

const std::string kCpu = "sys/devices/system/cpu/";
const std::string kNode = "sys/devices/system/node/";
std::string siblings(int cpu) {
  return kCpu + "cpu" + std::to_string(cpu) + "/topology/thread_siblings_list";
}

TEST(CpuPlaces, NodesAndCoresOfSeveralThreads) {
  const Tree tree{{"proc/self/mountinfo", ""},
                  {kCpu + "online", "0-3\n"},
                  {kNode + "online", "0,2\n"},
                  {kNode + "node0/cpulist", "0,2\n"},
                  {kNode + "node2/cpulist", "1,3\n"},
                  {siblings(0), "0,2\n"},
                  {siblings(1), "1,3\n"}};
  EXPECT_EQ(places(tree), "0:0,0,u 1:2,1,u 2:0,0,u 3:2,1,u ");
}

TEST(CpuPlaces, TypesByTheNumberOfThreads) {
  const Tree tree{{"proc/self/mountinfo", ""},
                  {kCpu + "online", "0-2\n"},
                  {siblings(0), "0-1\n"},
                  {siblings(2), "2\n"}};
  EXPECT_EQ(places(tree), "0:-,0,P 1:-,0,P 2:-,2,E ");
}

TEST(CpuPlaces, TypesAsIntelsCountersTell) {
  const Tree tree{{"proc/self/mountinfo", ""},
                  {kCpu + "online", "0-2\n"},
                  {"sys/devices/cpu_core/cpus", "0\n"},
                  {"sys/devices/cpu_atom/cpus", "1-2\n"},
                  {siblings(0), "0\n"},
                  {siblings(1), "1\n"},
                  {siblings(2), "2\n"}};
  EXPECT_EQ(places(tree), "0:-,0,P 1:-,1,E 2:-,2,E ");
}

TEST(CpuPlaces, WhatIsNotThereOrMadeUpIsNotTold) {
  const Tree tree{{"proc/self/mountinfo", ""}, {kCpu + "online", "0-1\n"}};
  EXPECT_EQ(places(tree), "0:-,-,u 1:-,-,u ");
  tree.write(siblings(0), "no list\n");
  tree.write(kNode + "online", "0-4294967295\n");
  EXPECT_EQ(places(tree), "0:-,-,u 1:-,-,u ");
  tree.write(kCpu + "online", "0-4294967295\n");
  EXPECT_EQ(places(tree), "");
}

}  // namespace
