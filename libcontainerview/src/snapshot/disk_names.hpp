// SPDX-License-Identifier: Apache-2.0
// The machine's block devices: their names, what they are stacked on, their own counters.
#pragma once

#include <vector>

#include "snapshot/reader.hpp"
#include "snapshot/snapshot.hpp"
#include "snapshot/target.hpp"

namespace cv {

// All of them, partitions included, in the kernel's order. Nothing of this is namespaced: a
// container sees the machine's.
std::vector<Disk> machine_disks(const Target& target, Reader& reader);

// Those of the directory that the options name.
std::vector<Disk> given_disks(const Sysroot& directory, std::vector<std::string>& problems);

// Fills in what is known of devices that have a number only. There need not be a /dev.
void name_disks(const Target& target, Reader& reader, std::vector<Disk>& disks);

// Fills in the names that udev's links of this type give.
void add_persistent_names(const Sysroot& root, const std::string& type, std::vector<Disk>& disks);

}  // namespace cv
