// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "containerview/command.hpp"
#include "containerview/info.hpp"
#include "containerview/tree_writer.hpp"
#include "tool_run.hpp"

namespace cvtools {
namespace {

namespace fs = std::filesystem;

class Directory : public testing::Test {
 protected:
  Directory() : root_(make()) {}
  ~Directory() override { fs::remove_all(root_); }
  std::string at(const std::string& path) const { return (root_ / path).string(); }
  static std::string read(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

 private:
  static fs::path make() {
    std::string name = (fs::temp_directory_path() / "cv-tools-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    return name;
  }
  fs::path root_;
};

TEST_F(Directory, TreeHoldsFilesLinksAndDirectories) {
  TreeWriter tree(at("new"));
  tree.write_file("/proc/1/stat", "1 (task) S\n");
  tree.make_directory("/run/systemd/sessions");
  tree.write_link("/proc/self/ns/pid", "pid:[4026531836]");
  EXPECT_EQ(read(at("new/proc/1/stat")), "1 (task) S\n");
  EXPECT_TRUE(fs::is_directory(at("new/run/systemd/sessions")));
  EXPECT_EQ(fs::read_symlink(at("new/proc/self/ns/pid")), "pid:[4026531836]");
}

TEST_F(Directory, WhatIsWrittenFirstStays) {
  TreeWriter tree(at("new"));
  tree.write_file("/a", "1");
  tree.write_file("/a", "2");
  tree.make_directory("/d");
  tree.make_directory("/d");
  EXPECT_EQ(read(at("new/a")), "1");
}

TEST_F(Directory, NothingIsWrittenOutside) {
  TreeWriter tree(at("new"));
  EXPECT_THROW(tree.write_file("/../escaped", "x"), std::runtime_error);
  EXPECT_THROW(tree.write_file("/a/../../escaped", "x"), std::runtime_error);
  EXPECT_THROW(tree.write_file("/a/..", "x"), std::runtime_error);
  EXPECT_FALSE(fs::exists(at("escaped")));
  fs::create_directory(at("outside"));
  tree.write_link("/link", "../outside");
  EXPECT_THROW(tree.write_file("/link/file", "x"), std::runtime_error);
  EXPECT_FALSE(fs::exists(at("outside/file")));
}

TEST_F(Directory, AUsedDirectoryIsRefused) {
  fs::create_directory(at("used"));
  EXPECT_NO_THROW(TreeWriter tree(at("used")));
  std::ofstream(at("used/file")) << "x";
  EXPECT_THROW(TreeWriter tree(at("used")), std::runtime_error);
  const ToolResult result =
      run_tool(run_containerview, {"containerview", "capture", at("used").c_str()});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "containerview: " + at("used") + ": the directory is not empty\n");
  EXPECT_THROW(TreeWriter tree(at("no/parent")), std::runtime_error);
}

struct Wrong {
  std::vector<const char*> args;
  const char* message;  // the first line on stderr
};

class WrongUse : public testing::TestWithParam<Wrong> {};

TEST_P(WrongUse, PrintsUsageOnStderr) {
  std::vector<const char*> args{"containerview"};
  args.insert(args.end(), GetParam().args.begin(), GetParam().args.end());
  const ToolResult result = run_tool(run_containerview, args);
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.rfind(std::string(GetParam().message) + "\nUsage:\n", 0), 0U) << result.err;
}

INSTANTIATE_TEST_SUITE_P(
    Lines, WrongUse,
    testing::Values(Wrong{{}, ""},  //
                    Wrong{{"--json"}, ""}, Wrong{{"inf"}, "containerview: no command 'inf'\n"},
                    Wrong{{"info", "x"}, "containerview: 'x' is too much\n"},
                    Wrong{{"info", "--list"}, "containerview: --list belongs to explain\n"},
                    Wrong{{"capture", "a", "b"}, "containerview: 'b' is too much\n"},
                    Wrong{{"explain", "--json"}, "containerview: explain --json needs a KEY\n"},
                    Wrong{{"capture"}, "containerview: capture needs a DIR\n"},
                    Wrong{{"capture", "d", "--json"}, "containerview: capture prints no JSON\n"},
                    Wrong{{"info", "--bogus"}, "containerview: unrecognized option '--bogus'\n"}));

TEST(Explain, UnknownKeyPrintsNothing) {
  const ToolResult result =
      run_tool(run_containerview, {"containerview", "explain", "no.such", "--json"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.rfind("containerview: no figure 'no.such'", 0), 0U) << result.err;
}

InfoReport hostile_report() {
  InfoReport report;
  cv_scope scope{};
  scope.size = sizeof scope;
  scope.kind = CV_KIND_CONTAINER;
  scope.cgroup = "/sys/fs/cgroup/\x1b]0;owned\x07";
  scope.reason = "cgroup namespace root";
  report.scope = containerview::Scope(scope);
  cv_limits limits{};
  limits.size = sizeof limits;
  limits.cpu_quota.state = CV_LIMIT_LIMITED;
  limits.cpu_quota.cpus = 1.5;
  limits.cpu_quota.source = "/sys/fs/cgroup";
  limits.memory.state = CV_LIMIT_UNLIMITED;
  report.limits = containerview::Limits(limits);
  report.problems = {"/x: line 1: \x1b[2J"};
  return report;
}

TEST(Info, EscapeSequencesNeverReachTheTerminal) {
  const std::string text = render_info_text(hostile_report());
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  EXPECT_NE(text.find("/x: line 1: ?[2J"), std::string::npos) << text;
  EXPECT_NE(text.find("1.5 CPUs"), std::string::npos) << text;
}

TEST(Info, UnknownIsListedAndNull) {
  const std::string json = render_info_json(hostile_report(), JsonStyle::kCompact);
  EXPECT_NE(json.find(R"("memory":{"limit":{"state":"unlimited","bytes":null,"source":null},)"
                      R"("high":{"state":"unknown","bytes":null,"source":null},)"
                      R"("total_bytes":null)"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("quota":{"state":"limited","cpus":1.5,"source":"/sys/fs/cgroup"})"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("memory.high")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("java":null)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("unavailable":["cpu.cpuset.cpus")"), std::string::npos) << json;
}

}  // namespace
}  // namespace cvtools
