// SPDX-License-Identifier: Apache-2.0
// The tasks of a tree, whose files the tests move, those of this machine, and the parsers of these
// files.
#include "tasks/task_table.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>

#include "base/clock.hpp"
#include "containerview/containerview.hpp"
#include "snapshot/threads.hpp"
#include "support/tree.hpp"

namespace cv {
namespace {

constexpr std::int64_t kSec = 1'000'000'000;

std::string stat_line(int pid, const std::string& name, char state, int user, int system,
                      int threads, int start) {
  return std::to_string(pid) + " (" + name + ") " + state + " 1 7 8 34816 9 4194560 100 0 5 0 " +
         std::to_string(user) + " " + std::to_string(system) + " 3 4 20 -5 " +
         std::to_string(threads) + " 0 " + std::to_string(start) +
         " 8192000 250 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 3 0 2 0 0 0\n";
}

TEST(TaskStatParser, ReadsWhatTopShows) {
  const std::string line = stat_line(42, "a (b) c", 'S', 11, 22, 4, 99);
  const auto stat = parse_task_stat(line);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->command, "a (b) c");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent_pid, 1);
  EXPECT_EQ(stat->terminal, 34816);
  EXPECT_EQ(stat->minor_faults, 100U);
  EXPECT_EQ(stat->major_faults, 5U);
  EXPECT_EQ(stat->user_ticks, 11U);
  EXPECT_EQ(stat->system_ticks, 22U);
  EXPECT_EQ(stat->children_ticks, 7U);
  EXPECT_EQ(stat->priority, 20);
  EXPECT_EQ(stat->nice, -5);
  EXPECT_EQ(stat->thread_count, 4U);
  EXPECT_EQ(stat->start_ticks, 99U);
  EXPECT_EQ(stat->virtual_bytes, 8192000U);
  EXPECT_EQ(stat->resident_pages, 250U);
  EXPECT_EQ(stat->processor, 3U);
  EXPECT_EQ(stat->policy, 2U);
}

TEST(TaskStatParser, RefusesWhatIsNoStat) {
  for (const char* text : {"", "1", "1 (x", "1 (x)", "1 (x) S", "1 )x( S 1 2 3", "1 (x) S 1 2 3\n"})
    EXPECT_FALSE(parse_task_stat(text)) << text;
}

TEST(TaskFilesParsers, Read) {
  const auto pages = parse_statm("2469 230 190 30 0 101 0\n");
  ASSERT_TRUE(pages);
  EXPECT_EQ(pages->resident, 230U);
  EXPECT_EQ(pages->shared, 190U);
  EXPECT_EQ(pages->code, 30U);
  EXPECT_EQ(pages->data, 101U);
  EXPECT_FALSE(parse_statm("2469 230\n"));

  const TaskStatus status = parse_task_status(
      "Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t4 24 27 \nVmLck:\t 12 kB\n"
      "VmRSS:\t  100 kB\nRssAnon:\t 60 kB\nRssFile:\t 30 kB\nRssShmem:\t 10 kB\nVmSwap:\t 5 kB\n"
      "CapPrm:\t000001ffffffffff\nNSpid:\t4242\t17\n");
  EXPECT_EQ(status.uids[1], 2U);
  EXPECT_EQ(status.pid_namespaces, 2U);
  EXPECT_EQ(parse_task_status("Name:\tx\n").pid_namespaces, 0U);
  EXPECT_EQ(status.gids[3], 8U);
  EXPECT_EQ(status.groups, "4 24 27");
  EXPECT_EQ(status.swap_bytes, 5U * 1024);
  EXPECT_EQ(status.resident_bytes, 100U * 1024);
  EXPECT_EQ(status.locked_bytes, 12U * 1024);
  EXPECT_EQ(status.permitted_capabilities, 0x1ffffffffffU);

  const TaskMaps maps = parse_smaps_rollup(
      "1000-2000 ---p 00000000 00:00 0  [rollup]\nRss: 100 kB\nPss: 50 kB\nPss_Anon: 20 kB\n"
      "Private_Clean: 3 kB\nPrivate_Dirty: 4 kB\nPrivate_Hugetlb: 2048 kB\n");
  EXPECT_EQ(maps.pss_bytes, 50U * 1024);
  EXPECT_EQ(maps.unique_bytes, 2055U * 1024);

  // What does not fit is not a small number.
  EXPECT_EQ(parse_task_status("VmRSS: 18014398509481985 kB\n").resident_bytes, UINT64_MAX);
  EXPECT_EQ(
      parse_smaps_rollup("Private_Clean: 18014398509481983 kB\nPrivate_Dirty: 4 kB\n").unique_bytes,
      UINT64_MAX);

  const TaskIo io = parse_task_io(
      "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n"
      "cancelled_write_bytes: 7\n");
  EXPECT_EQ(io.read_calls, 3U);
  EXPECT_EQ(io.written_bytes, 6U);

  EXPECT_EQ(parse_autogroup("/autogroup-17 nice -3\n")->nice, -3);
  EXPECT_FALSE(parse_autogroup("17\n"));
  EXPECT_EQ(parse_autogroup("")->id, -1);  // in none: a value, not an unreadable file
  EXPECT_FALSE(parse_autogroup("/autogroup-4294967297 nice 0\n")) << "not number 1";
  EXPECT_FALSE(parse_autogroup("/autogroup-1 nice 4294967296\n"));
  EXPECT_EQ(parse_namespace_link("net:[4026531840]"), 4026531840U);
  EXPECT_FALSE(parse_namespace_link("net"));
}

class TaskTableTest : public testing::Test {
 protected:
  void SetUp() override {
    tree_.write("proc/self/cgroup", "");
    tree_.write("proc/self/mountinfo", "");
    TargetOptions options;
    options.scope = ScopeRequest::kHost;
    options.sysroot = tree_.root();
    auto target = Target::open(options);
    ASSERT_TRUE(target);
    target_.emplace(std::move(*target));
    std::vector<std::string> problems;
    ASSERT_TRUE(target_->refresh(problems));
    table_.emplace(*target_, TaskTableOptions{});
  }

  void task(int pid, int ticks, std::int64_t on_cpu_nsec, char state = 'S', int threads = 1,
            int start = 500) {
    const std::string dir = "proc/" + std::to_string(pid);
    tree_.write(dir + "/stat", stat_line(pid, "x", state, ticks, 0, threads, start));
    tree_.write(dir + "/schedstat", std::to_string(on_cpu_nsec) + " 7000 3\n");
  }
  const Task& look(std::uint32_t files = kTaskStat) {
    time_ += kSec;
    table_->refresh(files, time_);
    return table_->tasks().front();
  }

  test::Tree tree_{};
  std::optional<Target> target_;
  std::optional<TaskTable> table_;
  std::int64_t time_ = 1000 * kSec;
};

TEST_F(TaskTableTest, DifferencesAreSinceTheLookBefore) {
  task(10, 100, 5000);
  EXPECT_EQ(look().user_delta_ticks, 0U);  // nothing to compare with
  task(10, 130, 6000);
  EXPECT_EQ(look().user_delta_ticks, 30U);
  EXPECT_EQ(table_->interval_nsec(), kSec);
  EXPECT_EQ(look().user_delta_ticks, 0U);
}

TEST_F(TaskTableTest, OfANewTaskAllThatItDid) {
  task(10, 100, 5000);
  look();
  task(11, 40, 5000);
  look();
  EXPECT_EQ(table_->tasks()[1].user_delta_ticks, 40U);
}

TEST_F(TaskTableTest, AnotherTaskUnderTheSameIdIsNew) {
  task(10, 100, 5000);
  look();
  task(10, 130, 6000, 'S', 1, 900);
  EXPECT_EQ(look().user_delta_ticks, 130U);
}

TEST_F(TaskTableTest, WhatHasNotRunIsNotReadAnewButAtEveryFifthLook) {
  task(10, 100, 5000);
  look();
  look();  // learns the counters
  tree_.write("proc/10/stat", stat_line(10, "y", 'S', 100, 0, 1, 500));
  for (int skipped = 0; skipped < 4; ++skipped) EXPECT_EQ(look().command, "x") << skipped;
  EXPECT_EQ(look().command, "y");
}

TEST_F(TaskTableTest, WhatHasRunIsReadAnew) {
  task(10, 100, 5000);
  look();
  look();
  tree_.write("proc/10/schedstat", "5001 7000 4\n");
  tree_.write("proc/10/stat", stat_line(10, "y", 'S', 100, 0, 1, 500));
  EXPECT_EQ(look().command, "y");
}

// The counters of /proc/PID are the leader's alone: a JVM's leader sleeps while its threads run.
TEST_F(TaskTableTest, AProcessWithThreadsIsAlwaysReadAnew) {
  task(10, 100, 5000, 'S', 2);
  look();
  look();
  task(10, 160, 5000, 'S', 2);
  EXPECT_EQ(look().user_delta_ticks, 60U);
}

TEST_F(TaskTableTest, RunnableAndUninterruptibleAreAlwaysReadAnew) {
  for (const char state : {'R', 'D'}) {
    task(10, 100, 5000, state);
    look();
    look();
    task(10, 100, 5000, 'S');
    EXPECT_EQ(look().stat.state, 'S') << state;
    tree_.remove("proc/10");
    task(20, 1, 1);
    look();
    tree_.remove("proc/20");
  }
}

TEST_F(TaskTableTest, AKernelThatDoesNotCountIsNotBelieved) {
  task(10, 100, 0);
  look();
  look();
  task(10, 107, 0);
  EXPECT_EQ(look().user_delta_ticks, 7U);
}

TEST_F(TaskTableTest, WhatEndedIsNotListed) {
  task(10, 100, 5000);
  task(11, 100, 5000);
  look();
  tree_.remove("proc/10");
  look();
  ASSERT_EQ(table_->tasks().size(), 1U);
  EXPECT_EQ(table_->tasks()[0].pid, 11U);
}

TEST_F(TaskTableTest, FilesAreHeldWithinTheBudget) {
  for (int pid = 10; pid < 20; ++pid) task(pid, 1, 5000, 'R');
  look();
  EXPECT_EQ(table_->held_files(), 0U);
  table_->set_file_limit(4);
  look();
  EXPECT_EQ(table_->held_files(), 4U);
  table_->set_file_limit(1);
  look();
  EXPECT_EQ(table_->held_files(), 1U);
}

TEST_F(TaskTableTest, OnlyWhatWasAskedForIsRead) {
  task(10, 100, 5000);
  tree_.write("proc/10/statm", "2469 230 190 30 0 101 0\n");
  tree_.write("proc/10/cmdline", std::string("sh\0-c\0x\0", 8));
  EXPECT_EQ(look().known, kTaskStat);
  table_->read(table_->tasks()[0], kTaskStatm | kTaskCmdline | kTaskIo);
  const Task& read = table_->tasks()[0];
  EXPECT_EQ(read.known, kTaskStat | kTaskStatm | kTaskCmdline);  // there is no io
  EXPECT_EQ(read.pages.shared, 190U);
  EXPECT_EQ(read.details->command_line, "sh -c x");
}

TEST_F(TaskTableTest, WaitingIsTheSumOverThreads) {
  const auto thread = [&](int tid, int wait) {
    const std::string id = std::to_string(tid);
    tree_.write("proc/10/task/" + id + "/schedstat", "1 " + std::to_string(wait) + " 1\n");
    tree_.write("proc/" + id + "/task/" + id + "/schedstat", "1 " + std::to_string(wait) + " 1\n");
  };
  task(10, 1, 5000, 'S', 2);
  thread(10, 100);
  thread(12, 1000);
  EXPECT_EQ(look(kTaskWait).wait_delta_nsec, 0U);
  thread(10, 150);
  thread(12, 1007);
  EXPECT_EQ(look(kTaskWait).wait_delta_nsec, 57U);
}

TEST_F(TaskTableTest, WaitingOfOneThreadIsToldWhateverTheDetectorRead) {
  task(10, 1, 5000);
  look(kTaskWait);
  look(kTaskWait);
  tree_.write("proc/10/schedstat", "5001 7500 3\n");
  EXPECT_EQ(look(kTaskWait).wait_delta_nsec, 500U);
}

// A child that works for a moment for each byte that it is sent, and answers then.
class Worker {
 public:
  Worker() {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) != 0) throw std::runtime_error("socketpair");
    pid_ = fork();
    if (pid_ != 0) return;
    char byte = 0;
    while (::read(ends_[1], &byte, 1) == 1) {
      const std::int64_t until = clock_thread_cpu_nsec() + kSec / 20;
      while (clock_thread_cpu_nsec() < until) continue;
      if (::write(ends_[1], &byte, 1) != 1) break;
    }
    _exit(0);
  }
  ~Worker() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(ends_[0]);
    close(ends_[1]);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  std::uint32_t pid() const { return static_cast<std::uint32_t>(pid_); }
  bool work() const {
    char byte = 0;
    return ::write(ends_[0], &byte, 1) == 1 && ::read(ends_[0], &byte, 1) == 1;
  }
  // Until it waits for the next byte: nothing that it does is left over.
  void settle() const {
    const std::string path = "/proc/" + std::to_string(pid_) + "/stat";
    while (parse_task_stat(*Sysroot().read(path))->state != 'S') usleep(1000);
  }

 private:
  int ends_[2] = {-1, -1};
  pid_t pid_ = -1;
};

TEST(LiveTaskTable, TheCpuClockTellsWhoHasRun) {
  const Worker worker;
  worker.settle();
  TargetOptions options;
  options.scope = ScopeRequest::kHost;
  const Target target = *Target::open(options);
  if (!has_our_ids(target.machine())) GTEST_SKIP() << "SKIP no ids of our own namespace in /proc";
  TaskTable table(target, {false, false, {worker.pid()}});
  table.set_file_limit(16);
  std::int64_t now = 0;
  const auto look = [&]() -> const Task& {
    table.refresh(kTaskStat, now += kSec);
    return table.tasks().front();
  };
  for (int i = 0; i < 3; ++i) look();
  EXPECT_EQ(look().skipped, 2U) << "nothing has changed at the third and the fourth look";
  EXPECT_FALSE(look().held[static_cast<std::size_t>(SmallFile::kSchedstat)]) << "no file for that";
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(worker.work());
    worker.settle();
    const Task& task = look();
    EXPECT_EQ(task.skipped, 0U);
    EXPECT_GE(task.user_delta_ticks + task.system_delta_ticks, 3U) << "of 50 ms";
    EXPECT_EQ(look().user_delta_ticks, 0U) << "and it is known to have stopped";
    look();
    EXPECT_GT(look().skipped, 0U);
  }
  for (const std::uint32_t nobody : {0U, 1U << 22, UINT32_MAX >> 3, UINT32_MAX})
    EXPECT_EQ(clock_process_cpu_nsec(nobody), std::nullopt);
}

TEST(TasksAbi, TellsThisProcess) {
  containerview::Options where;
  where.scope = CV_SCOPE_HOST;
  containerview::Context context(where);
  containerview::TasksOptions only;
  only.pids = {getpid()};
  containerview::Tasks tasks(context, only);
  tasks.refresh(CV_TASK_STAT | CV_TASK_OWNER | CV_TASK_CMDLINE);
  ASSERT_EQ(tasks.size(), 1U);
  const cv_task& self = tasks.at(0);
  EXPECT_EQ(self.pid, getpid());
  EXPECT_EQ(self.parent_pid, getppid());
  EXPECT_EQ(self.effective_uid, geteuid());
  EXPECT_EQ(self.read, unsigned{CV_TASK_STAT} | CV_TASK_OWNER | CV_TASK_CMDLINE);
  ASSERT_NE(self.details, nullptr);
  EXPECT_NE(std::string_view(self.details->command_line).find("cv_unit_tests"),
            std::string_view::npos);
  tasks.read(self, CV_TASK_STATM);
  EXPECT_GT(self.shared_bytes, 0U);
  EXPECT_GE(tasks.pid_max(), 32768);
  EXPECT_THROW((void)tasks.at(1), containerview::Error);
}

}  // namespace
}  // namespace cv
