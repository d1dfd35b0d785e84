// SPDX-License-Identifier: Apache-2.0
// Which tasks are shown and in which order; the values of fields.
#include "top/arrange.hpp"

#include <gtest/gtest.h>

#include "top/field_values.hpp"
#include "top/forest.hpp"
#include "top_sample.hpp"

namespace cvtools::top {
namespace {

class TopArrange : public testing::Test {
 protected:
  std::vector<int> pids() {
    std::vector<int> result;
    for (const Row& row : rows()) result.push_back(row.task->pid);
    return result;
  }
  std::vector<Row> rows() {
    return arrange(fake_.settings.window(), fake_.sample, fake_.context(), {});
  }
  Window& window() { return fake_.settings.window(); }

  FakeSample fake_;
};

using Pids = std::vector<int>;

TEST_F(TopArrange, SortsByTheFieldAndKeepsTheOrderOfPidsOtherwise) {
  fake_.add(1, 0, "b");
  fake_.add(2, 1, "a").cpu_delta_nsec = 500'000'000;
  fake_.add(3, 1, "c");
  EXPECT_EQ(pids(), (Pids{2, 1, 3}));
  window().sort = FieldId::kPid;
  EXPECT_EQ(pids(), (Pids{3, 2, 1}));
  window().descending = false;
  EXPECT_EQ(pids(), (Pids{1, 2, 3}));
  window().sort = FieldId::kCommand;
  EXPECT_EQ(pids(), (Pids{2, 1, 3}));
}

TEST_F(TopArrange, IdleTasksAndMostTasks) {
  fake_.add(1, 0, "idle");
  fake_.add(2, 0, "busy").cpu_delta_nsec = 1;
  fake_.add(3, 0, "runnable").state = 'R';
  window().show_idle = false;
  EXPECT_EQ(pids(), (Pids{2, 3}));
  window().max_tasks = 1;
  EXPECT_EQ(pids(), (Pids{2}));
}

TEST_F(TopArrange, Users) {
  fake_.add(1, 0, "root's");
  fake_.add(2, 0, "other's").effective_uid = 1000;
  window().user = {UserFilter::Kind::kEffective, 1000, false};
  EXPECT_EQ(pids(), (Pids{2}));
  window().user.exclude = true;
  EXPECT_EQ(pids(), (Pids{1}));
  cv_task_details details{};
  details.saved_uid = 1000;
  cv_task& task = fake_.add(3, 0, "once other's");
  task.read |= CV_TASK_STATUS;
  task.details = &details;
  window().user = {UserFilter::Kind::kAny, 1000, false};
  EXPECT_EQ(pids(), (Pids{3}));
}

TEST_F(TopArrange, ForestPutsChildrenBelowTheirParents) {
  fake_.add(1, 0, "init");
  fake_.add(10, 1, "a");
  fake_.add(11, 1, "b");
  fake_.add(12, 10, "a's").cpu_delta_nsec = 7;
  fake_.add(20, 99, "orphan");
  window().forest = true;
  const auto all = rows();
  EXPECT_EQ(pids(), (Pids{1, 10, 12, 11, 20}));
  EXPECT_EQ(forest_art(all[0]), "");
  EXPECT_EQ(forest_art(all[1]), " `- ");
  EXPECT_EQ(forest_art(all[2]), "     `- ");
  window().collapsed = {10};
  EXPECT_EQ(pids(), (Pids{1, 10, 11, 20}));
  EXPECT_EQ(rows()[1].cpu_delta_nsec, 7U);
  EXPECT_EQ(forest_art(rows()[1]), " `+ ");
  window().collapsed.clear();
  window().focus_pid = 10;
  EXPECT_EQ(pids(), (Pids{10, 12}));
}

TEST_F(TopArrange, ForestIsFiniteWhateverTheParentsSay) {
  fake_.add(1, 2, "a");
  fake_.add(2, 1, "b");
  fake_.add(3, 3, "c");
  window().forest = true;
  EXPECT_EQ(pids(), (Pids{1, 2, 3}));
  for (int pid = 100; pid < 30'100; ++pid) fake_.add(pid, pid - 1, "chain");
  EXPECT_EQ(pids().size(), 30'003U);
}

TEST_F(TopArrange, Filters) {
  fake_.add(1, 0, "nginx");
  fake_.add(2, 0, "sleep").resident_bytes = 9 * 1024;
  fake_.add(3, 0, "Sleepy").resident_bytes = 10 * 1024;
  const auto filtered = [&](const char* text, bool ignore_case) {
    const auto parsed = parse_filter(text, ignore_case);
    EXPECT_EQ(parsed.error, "");
    window().filters = {*parsed.filter};
    return pids();
  };
  EXPECT_EQ(filtered("COMMAND=sleep", true), (Pids{2, 3}));
  EXPECT_EQ(filtered("COMMAND=sleep", false), (Pids{2}));
  EXPECT_EQ(filtered("!COMMAND=sleep", true), (Pids{1}));
  EXPECT_EQ(filtered("RES>9", true), (Pids{3}));
  EXPECT_EQ(filtered("RES<9", true), (Pids{1}));
}

TEST(TopFilter, SaysWhatIsWrong) {
  EXPECT_EQ(parse_filter("COMMAND", true).error, "'include' filter delimiter is missing");
  EXPECT_EQ(parse_filter("!COMMAND", true).error, "'exclude' filter delimiter is missing");
  EXPECT_EQ(parse_filter("COMMAND=", true).error, "'include' filter value is missing");
  EXPECT_EQ(parse_filter("X=1", true).error, "unrecognized field name 'X'");
}

TEST_F(TopArrange, ShareOfACpu) {
  cv_task& task = fake_.add(1, 0, "x");
  FieldContext context = fake_.context();
  EXPECT_EQ(context.cpu_ceiling_pct, 200);
  task.cpu_delta_nsec = 1'000'000'000;  // of 2 s
  EXPECT_DOUBLE_EQ(cpu_pct(task, context), 50);
  task.cpu_delta_nsec = 6'000'000'000;  // more than one thread can
  EXPECT_DOUBLE_EQ(cpu_pct(task, context), 100);
  task.thread_count = 8;
  EXPECT_DOUBLE_EQ(cpu_pct(task, context), 200);
  fake_.settings.irix = false;
  EXPECT_DOUBLE_EQ(cpu_pct(task, fake_.context()), 100);
  fake_.sample.capacity.raw().effective_cpus = 0.5;
  task.cpu_delta_nsec = 1'000'000'000 / 2;  // a quarter of a CPU is half of what there is
  EXPECT_DOUBLE_EQ(cpu_pct(task, fake_.context()), 50);
}

TEST(TopFields, EveryFieldIsNamedOnce) {
  for (const FieldSpec& spec : field_table()) EXPECT_EQ(field_named(spec.name), spec.id);
  EXPECT_FALSE(field_named("%cpu"));
}

TEST(TopFields, CgroupsAndWhatIsReadOutOfThem) {
  EXPECT_EQ(cgroups_text("0::/"), "-");
  EXPECT_EQ(cgroups_text("9:name=systemd:/,4:memory:/a,0::/b"), "4:memory:/a,0::/b");
  EXPECT_EQ(cgroup_name("9:name=systemd:/x.slice"), "systemd:/x.slice");
  EXPECT_EQ(lxc_name("0::/lxc.payload.web/init.scope"), "web");
  EXPECT_EQ(lxc_name("4:memory:/lxc/web"), "web");
  EXPECT_EQ(lxc_name("0::/system.slice"), "-");
  const std::string id(64, 'a');
  EXPECT_EQ(docker_id("0::/system.slice/docker-" + id + ".scope"), "aaaaaaaaaaaa");
  EXPECT_EQ(docker_id("4:memory:/docker/" + id), "aaaaaaaaaaaa");
  EXPECT_EQ(docker_id("4:memory:/docker/short"), "-");
}

// In a cgroup namespace of its own, with the PID namespace of the host.
TEST_F(TopArrange, OwnContainerWhoseNameIsOutOfSight) {
  cv_task& task = fake_.add(2, 0, "sh");
  task.read |= CV_TASK_CGROUP;
  cv_task_details details{};
  task.details = &details;
  const FieldContext context = fake_.context();
  const auto shown = [&](FieldId field, const char* cgroups) {
    details.cgroups = cgroups;
    return text_value(task, spec_of(field), context);
  };
  EXPECT_EQ(shown(FieldId::kDocker, "0::/"), "3f2a1b4c5d6e");
  EXPECT_EQ(shown(FieldId::kDocker, "4:memory:/,0::/sub"), "3f2a1b4c5d6e");
  EXPECT_EQ(shown(FieldId::kDocker, "0::/../system.slice"), "-") << "another's";
  EXPECT_EQ(shown(FieldId::kLxc, "0::/"), "-") << "not by this engine";
}

TEST_F(TopArrange, CommandLines) {
  cv_task& task = fake_.add(2, 0, "kthreadd");
  cv_task_details details{};
  details.command_line = "";
  task.details = &details;
  FieldContext context = fake_.context();
  EXPECT_EQ(command_of(task, context), "kthreadd");
  context.command_line = true;
  EXPECT_EQ(command_of(task, context), "[kthreadd]");
  task.state = 'Z';
  EXPECT_EQ(command_of(task, context), "[kthreadd] <defunct>");
  details.command_line = "sh -c x";
  EXPECT_EQ(command_of(task, context), "sh -c x");
}

}  // namespace
}  // namespace cvtools::top
