// SPDX-License-Identifier: Apache-2.0
// The first report of a tool that shows rates is "since it began". Pure.
#pragma once

#include "snapshot/snapshot.hpp"

namespace cv {

// The snapshot that would have been taken when the counters of `end` began: all of them 0, at the
// start of the container (without kSampleUptime: at an unknown time) or of the machine. What grew
// since is what `end` counts. A cgroup may be older than the first process that is found in it, so
// a container's rates since then are estimates: is_origin says so.
// It has what rates are made of. The disks are not among it: one that is not there has counted
// nothing.
Snapshot origin_of(const Snapshot& end);

// As much of it as the figures of a disk need: they are asked for disk by disk.
Snapshot disk_origin_of(const Snapshot& end);

}  // namespace cv
