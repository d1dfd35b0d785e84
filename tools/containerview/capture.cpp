// SPDX-License-Identifier: Apache-2.0
#include "containerview/capture.hpp"

#include <cerrno>
#include <cstring>
#include <map>

#include "common/document.hpp"
#include "common/formatted.hpp"
#include "containerview/scrub.hpp"
#include "containerview/tree_writer.hpp"

namespace cvtools {
namespace {

using containerview::Read;

// All but the names of the machine and its slabs, which are nobody's container.
constexpr std::uint32_t kEverything =
    CV_SAMPLE_MEMORY | CV_SAMPLE_CPU | CV_SAMPLE_PIDS | CV_SAMPLE_PRESSURE | CV_SAMPLE_UPTIME |
    CV_SAMPLE_USERS | CV_SAMPLE_LOAD | CV_SAMPLE_LIMITS | CV_SAMPLE_MEMORY_DETAILS |
    CV_SAMPLE_CPUS | CV_SAMPLE_CPUS_DETAILS | CV_SAMPLE_ACTIVITY | CV_SAMPLE_PER_CPU |
    CV_SAMPLE_CPU_PLACES | CV_SAMPLE_DISK_LIMITS;

struct Kept {
  cv_read_kind kind = CV_READ_FILE;
  int system_errno = 0;
  std::string data;
};

// What was read, by path. Of a path that is read again the first reading stays, so that files that
// belong together are of one moment.
using Reads = std::map<std::string, Kept, std::less<>>;

void keep_reads(const containerview::Context& context, Reads& reads) {
  for (std::size_t i = 0; i < context.read_count(); ++i) {
    const Read read = context.read(i);
    const auto [entry, added] = reads.try_emplace(std::string(read.path));
    if (added || (entry->second.system_errno != 0 && read.system_errno == 0)) {
      entry->second = {read.kind, read.system_errno, std::string(read.data)};
    }
  }
}

struct Clock {
  std::int64_t boottime_nsec = 0;
  std::int64_t realtime_nsec = 0;
};

constexpr std::int64_t kNsecPerSec = 1'000'000'000;

// A tree has no clock but these two files. A tree that is captured anew may lack them: nothing is
// made up then.
void add_clock(const Clock& clock, Reads& reads) {
  if (clock.boottime_nsec == 0) return;
  Kept& uptime = reads["/proc/uptime"];
  if (uptime.data.empty()) {
    constexpr std::int64_t kNsecPerCentisecond = kNsecPerSec / 100;
    uptime = {CV_READ_FILE, 0,
              formatted("{}.{:02} 0.00\n", clock.boottime_nsec / kNsecPerSec,
                        clock.boottime_nsec % kNsecPerSec / kNsecPerCentisecond)};
  }
  Kept& stat = reads["/proc/stat"];
  if (stat.data.find("btime ") == std::string::npos) {
    stat.kind = CV_READ_FILE;
    stat.system_errno = 0;
    stat.data += formatted("btime {}\n", (clock.realtime_nsec - clock.boottime_nsec) / kNsecPerSec);
  }
}

// That a directory exists counts even if no file of it was read.
void add_directories(const containerview::Scope& scope, Reads& reads) {
  const auto add = [&](const std::optional<std::string_view>& dir) {
    if (dir) reads.try_emplace(std::string(*dir), Kept{CV_READ_DIRECTORY, 0, {}});
  };
  add(scope.cgroup());
  for (int i = 0; i < CV_CONTROLLER_COUNT; ++i) add(scope.cgroup_of(static_cast<cv_controller>(i)));
}

// Samples in all scopes, so that the replay can be looked at with --host and --container too.
Reads sample_all(const containerview::Options& where) {
  Reads reads;
  containerview::Options options = where;
  options.flags |= CV_OPEN_RECORD_READS;
  for (const cv_scope_request scope : {where.scope, CV_SCOPE_HOST, CV_SCOPE_CONTAINER}) {
    options.scope = scope;
    containerview::Context context(options);
    const containerview::Snapshot snapshot = context.sample(kEverything);
    keep_reads(context, reads);
    const containerview::Scope found = snapshot.scope();
    // With --pid the directories are inside that process's root, and its files say which.
    if (where.pid == 0) add_directories(found, reads);
    if (scope == where.scope)
      add_clock({found.raw().boottime_nsec, found.raw().realtime_nsec}, reads);
  }
  return reads;
}

struct Written {
  std::size_t files = 0;
  std::string unreadable;  // one line each
};

Written write_tree(const Reads& reads, TreeWriter& tree, Scrubber& scrubber) {
  Written written;
  for (const auto& [path, read] : reads) {
    const std::string clean = scrubber.path(path);
    if (read.system_errno == 0 && read.kind == CV_READ_FILE) {
      tree.write_file(clean, scrubber.contents(path, read.data));
      ++written.files;
    } else if (read.system_errno == 0 && read.kind == CV_READ_DIRECTORY) {
      tree.make_directory(clean);
    } else if (read.system_errno != 0 && read.system_errno != ENOENT) {
      written.unreadable += formatted("{}: {}\n", clean, std::strerror(read.system_errno));
    }
  }
  // Last, so that nothing is ever written through one.
  for (const auto& [path, read] : reads) {
    if (read.system_errno != 0 || read.kind != CV_READ_LINK) continue;
    tree.write_link(scrubber.path(path), scrubber.contents(path, read.data));
    ++written.files;
  }
  return written;
}

std::string replay_command(const containerview::Options& where, const std::string& directory,
                           Scrubber& scrubber) {
  std::string command = "containerview info --sysroot " + directory;
  if (where.pid != 0) command += formatted(" --pid {}", where.pid);
  if (!where.cgroup.empty()) command += " --cgroup " + scrubber.path(where.cgroup);
  if (where.scope == CV_SCOPE_HOST) command += " --host";
  if (where.scope == CV_SCOPE_CONTAINER) command += " --container";
  return command;
}

}  // namespace

int run_capture(Environment& environment, const containerview::Options& where,
                const std::string& directory) {
  TreeWriter tree(directory);
  Scrubber scrubber;
  const Reads reads = sample_all(where);
  const Written written = write_tree(reads, tree, scrubber);
  tree.write_file("/CAPTURE", formatted("containerview {}\n{}\n{}{}", containerview::version(),
                                        replay_command(where, ".", scrubber),
                                        written.unreadable.empty() ? "" : "not readable:\n",
                                        written.unreadable));
  environment.out.write(formatted(
      "{} files written below {}. Replay them with\n  {}\n"
      "Ids, users, process names and unrelated mounts were replaced. Names of cgroups were not:\n"
      "read the files before you send them to anyone.\n",
      written.files, directory, replay_command(where, directory, scrubber)));
  return 0;
}

}  // namespace cvtools
