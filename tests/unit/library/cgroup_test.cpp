// SPDX-License-Identifier: Apache-2.0
// Where am I, and which cgroup is the container: tables of memberships and mounts.
#include <gtest/gtest.h>

#include "cgroup/effective.hpp"
#include "cgroup/engine.hpp"
#include "cgroup/locate.hpp"
#include "cgroup/path.hpp"
#include "cgroup/scope.hpp"

namespace cv {
namespace {

const std::string kId(64, 'a');

struct Place {
  std::string cgroup, mountinfo;
  std::vector<std::string> existing;  // paths that exist, files and directories

  ProcCgroup membership() const { return parse_proc_cgroup(cgroup).value; }
  bool exists(const std::string& path) const {
    return std::find(existing.begin(), existing.end(), path) != existing.end();
  }
  Placement placement() const {
    return locate(membership(), select_mounts(parse_mountinfo(mountinfo).value),
                  {[this](const std::string& dir) { return exists(dir); },
                   [this](const std::string& dir, std::string_view controller) {
                     return exists(dir + ":" + std::string(controller));
                   }});
  }
  std::string dir(Controller c) const {
    const Placement found = placement();
    if (found[c].hidden) return "hidden";
    const Location* location = found.find(c);
    return location == nullptr ? "absent" : location->dir();
  }
  Scope scope(const std::string& cgroup_ns = "", const std::string& pid_ns = "",
              const std::string& pid1 = "", ScopeRequest request = ScopeRequest::kAuto) const {
    const Placement found = placement();
    ScopeEvidence evidence;
    evidence.request = request;
    evidence.placement = &found;
    if (!cgroup_ns.empty()) evidence.cgroup_namespace = cgroup_ns;
    if (!pid_ns.empty()) evidence.pid_namespace = pid_ns;
    if (!pid1.empty()) evidence.pid1 = parse_proc_cgroup(pid1).value;
    evidence.has_file = [this](const std::string& path) { return exists(path); };
    return find_scope(evidence);
  }
};

constexpr const char* kHostNs = "cgroup:[4026531835]";
constexpr const char* kOwnNs = "cgroup:[4026532261]";
constexpr const char* kHostPid = "pid:[4026531836]";
constexpr const char* kOwnPid = "pid:[4026532209]";

std::string v2_mount(const std::string& root, const std::string& at) {
  return "41 23 0:31 " + root + " " + at + " rw - cgroup2 cgroup2 rw\n";
}
std::string v1_mount(const std::string& root, const std::string& at,
                     const std::string& controllers) {
  return "41 23 0:31 " + root + " " + at + " rw - cgroup cgroup rw," + controllers + "\n";
}

TEST(Path, Below) {
  EXPECT_EQ(path_below("/a/b", "/a"), "/b");
  EXPECT_EQ(path_below("/a", "/a"), "");
  EXPECT_EQ(path_below("/", "/"), "");
  EXPECT_EQ(path_below("/a", "/"), "/a");
  EXPECT_EQ(path_below("/sandbox", "/sand"), std::nullopt) << "whole components";
  EXPECT_EQ(path_below("/../x", "/"), std::nullopt) << "climbs out";
  EXPECT_EQ(path_below("/../../x", "/.."), std::nullopt);
  EXPECT_EQ(path_below("/a/b/../../x", "/a"), std::nullopt) << "no kernel prints it";
  EXPECT_EQ(path_below("/a/b/..", "/a"), std::nullopt);
  EXPECT_EQ(path_below("/a/..b/c..", "/a"), "/..b/c..") << "names like others";
  EXPECT_EQ(path_from("/a", "/b"), "/a/b");
  EXPECT_EQ(path_from("/", "/b"), "/b");
  EXPECT_EQ(path_from("/a", ""), "/a");
  EXPECT_EQ(path_from("/", ""), "/");
  EXPECT_TRUE(path_only_dotdots("/../.."));
  EXPECT_FALSE(path_only_dotdots("/"));
  EXPECT_FALSE(path_only_dotdots("/../a"));
  EXPECT_FALSE(path_only_dotdots("/..a"));
}

TEST(Locate, Table) {
  struct Case {
    const char* name;
    Place place;
    Controller controller;
    std::string want;
  };
  const std::string hybrid =
      v1_mount("/", "/sys/fs/cgroup/memory", "memory") + v2_mount("/", "/sys/fs/cgroup/unified");
  const Case cases[] = {
      {"v2 root",
       {"0::/\n", v2_mount("/", "/sys/fs/cgroup"), {}},
       Controller::kCpu,
       "/sys/fs/cgroup"},
      {"v2 below the mount's root",
       {"0::/a/b\n", v2_mount("/a", "/sys/fs/cgroup"), {}},
       Controller::kMemory,
       "/sys/fs/cgroup/b"},
      {"prefer /sys/fs/cgroup",
       {"0::/a\n", v2_mount("/", "/other") + v2_mount("/", "/sys/fs/cgroup"), {}},
       Controller::kMemory,
       "/sys/fs/cgroup/a"},
      {"else the first that fits",
       {"0::/a\n", v2_mount("/b", "/one") + v2_mount("/", "/two") + v2_mount("/", "/three"), {}},
       Controller::kMemory,
       "/two/a"},
      {"exact controller token",
       {"2:cpu:/x\n",
        v1_mount("/", "/sys/fs/cgroup/cpuset", "cpuset") +
            v1_mount("/", "/sys/fs/cgroup/cpu", "cpu"),
        {}},
       Controller::kCpu,
       "/sys/fs/cgroup/cpu/x"},
      {"a later mount covers",
       {"0::/a\n",
        v2_mount("/", "/sys/fs/cgroup") + "42 23 0:9 / /sys/fs/cgroup rw - tmpfs t rw\n",
        {}},
       Controller::kCpu,
       "absent"},
      {"covered from above",
       {"0::/a\n",
        v2_mount("/", "/sys/fs/cgroup/unified") + "42 23 0:9 / /sys/fs/cgroup rw - tmpfs t rw\n",
        {}},
       Controller::kCpu,
       "absent"},
      {"outside: what is left exists",
       {"0::/x/y\n", v2_mount("/docker/1", "/sys/fs/cgroup"), {"/sys/fs/cgroup/y"}},
       Controller::kCpu,
       "/sys/fs/cgroup/y"},
      {"outside: never an init.scope",
       {"0::/x/init.scope\n",
        v2_mount("/docker/1", "/sys/fs/cgroup"),
        {"/sys/fs/cgroup/init.scope"}},
       Controller::kCpu,
       "/sys/fs/cgroup"},
      {"outside: the mount point",
       {"4:memory:/t\n", v1_mount("/d", "/sys/fs/cgroup/m", "memory"), {}},
       Controller::kMemory,
       "/sys/fs/cgroup/m"},
      {"above the namespace",
       {"0::/../x\n", v2_mount("/", "/sys/fs/cgroup"), {"/sys/fs/cgroup/x"}},
       Controller::kCpu,
       "/sys/fs/cgroup"},
      {"mounted before the namespace",
       {"0::/\n", v2_mount("/../..", "/sys/fs/cgroup"), {}},
       Controller::kCpu,
       "hidden"},
      {"seen from outside",
       {"0::/../../x\n", v2_mount("/../..", "/sys/fs/cgroup"), {}},
       Controller::kCpu,
       "/sys/fs/cgroup/x"},
      {"no mount", {"0::/a\n", "", {}}, Controller::kCpu, "absent"},
      {"no membership", {"", v2_mount("/", "/sys/fs/cgroup"), {}}, Controller::kCpu, "absent"},
      {"hybrid: v1",
       {"4:memory:/m\n0::/u\n", hybrid, {}},
       Controller::kMemory,
       "/sys/fs/cgroup/memory/m"},
      {"hybrid: left to v2",
       {"4:memory:/m\n0::/u\n", hybrid, {"/sys/fs/cgroup/unified:pids"}},
       Controller::kPids,
       "/sys/fs/cgroup/unified/u"},
      {"hybrid: nowhere", {"4:memory:/m\n0::/u\n", hybrid, {}}, Controller::kPids, "absent"},
      {"escaped root",
       {"0::/a b/c\n", v2_mount("/a\\040b", "/sys/fs/cgroup"), {}},
       Controller::kCpu,
       "/sys/fs/cgroup/c"},
  };
  for (const Case& test : cases) EXPECT_EQ(test.place.dir(test.controller), test.want) << test.name;
}

TEST(Locate, LxcfsIsSeen) {
  const auto table = select_mounts(
      parse_mountinfo("1 2 0:3 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n").value);
  EXPECT_TRUE(table.lxcfs_meminfo);
  EXPECT_FALSE(table.lxcfs_uptime);
}

TEST(Engine, ByName) {
  struct Case {
    std::string path, engine, id, made;
  };
  const Case cases[] = {
      {"/system.slice/docker-" + kId + ".scope", "docker", kId,
       "/system.slice/docker-" + kId + ".scope"},
      {"/docker/" + kId + "/init", "docker", kId, "/docker/" + kId},
      {"/libpod_parent/libpod-" + kId, "podman", kId, "/libpod_parent/libpod-" + kId},
      {"/machine.slice/libpod-" + kId + ".scope/container", "podman", kId,
       "/machine.slice/libpod-" + kId + ".scope"},
      {"/kubepods/burstable/pod12ab/" + kId, "kubernetes", kId,
       "/kubepods/burstable/pod12ab/" + kId},
      {"/kubepods.slice/kubepods-pod1.slice/cri-containerd-9f.scope", "containerd", "9f",
       "/kubepods.slice/kubepods-pod1.slice/cri-containerd-9f.scope"},
      {"/kubepods.slice/kubepods-pod1.slice/crio-" + kId + ".scope/x", "cri-o", kId,
       "/kubepods.slice/kubepods-pod1.slice/crio-" + kId + ".scope"},
      {"/lxc.payload.web/system.slice", "lxc", "web", "/lxc.payload.web"},
      {"/lxc/web", "lxc", "web", "/lxc/web"},
      {"/machine.slice/machine-deb.scope/payload", "nspawn", "deb",
       "/machine.slice/machine-deb.scope"},
      {R"(/machine.slice/machine-a\x2db\x.scope/payload)", "nspawn", R"(a-b\x)",
       R"(/machine.slice/machine-a\x2db\x.scope)"},
      {"/docker/" + kId + "/docker/" + std::string(64, 'b'), "docker", std::string(64, 'b'),
       "/docker/" + kId + "/docker/" + std::string(64, 'b')},
  };
  for (const Case& test : cases) {
    const auto engine = engine_of_path(test.path);
    ASSERT_TRUE(engine.has_value()) << test.path;
    EXPECT_EQ(engine->engine, test.engine) << test.path;
    EXPECT_EQ(engine->id, test.id) << test.path;
    EXPECT_EQ(engine->path, test.made);
  }
  for (const char* path :
       {"/", "/system.slice/docker.service", "/system.slice/docker-short.scope",
        "/user.slice/session-1.scope", "/docker/buildkit", "/pod1/x", "/lxc.payload",
        "/libpod_parent/conmon", "/kubepods/pod1/docker-", "/machine.slice/machine-.scope",
        "/machine.slice/.scope", "/machine.slice/systemd-nspawn@.service"})
    EXPECT_FALSE(engine_of_path(path).has_value()) << path;
}

TEST(Engine, ByMounts) {
  const auto engine = [](const std::string& root, const std::string& at) {
    const std::string line = "1 2 0:3 " + root + " " + at + " rw - ext4 /dev/x rw\n";
    const auto found = engine_of_mounts(parse_mountinfo(line).value);
    return found ? found->engine + " " + found->id : "none";
  };
  EXPECT_EQ(engine("/var/lib/docker/containers/" + kId + "/hostname", "/etc/hostname"),
            "docker " + kId);
  EXPECT_EQ(engine("/x/overlay-containers/" + kId + "/userdata/hosts", "/etc/hosts"),
            "podman " + kId);
  EXPECT_EQ(
      engine("/io.containerd.grpc.v1.cri/sandboxes/" + kId + "/resolv.conf", "/etc/resolv.conf"),
      "containerd " + kId);
  EXPECT_EQ(engine("/var/lib/kubelet/pods/12-ab/etc-hosts", "/etc/hosts"), "kubernetes 12-ab");
  EXPECT_EQ(engine("/var/lib/docker/containers/" + kId + "/hostname", "/data"), "none");
  EXPECT_EQ(engine("/etc/hostname", "/etc/hostname"), "none");
}

TEST(ScopeRules, Table) {
  struct Case {
    const char* name;
    Place place;
    std::string cgroup_ns, pid_ns, pid1;
    ScopeRule rule;
    std::string boundary;  // of memory; "" none
  };
  const std::string v2 = v2_mount("/", "/sys/fs/cgroup");
  const std::string docker = "/docker/" + kId;
  const Case cases[] = {
      {"bare host",
       {"0::/user.slice/session-1.scope\n", v2, {}},
       kHostNs,
       kHostPid,
       "0::/init.scope\n",
       ScopeRule::kNone,
       ""},
      {"own namespace",
       {"0::/sub\n", v2, {"/sys/fs/cgroup/cgroup.events"}},
       kOwnNs,
       kOwnPid,
       "0::/\n",
       ScopeRule::kNamespaceRoot,
       "/sys/fs/cgroup"},
      {"own namespace, made in the real root",
       {"0::/\n", v2, {}},
       kOwnNs,
       kOwnPid,
       "0::/\n",
       ScopeRule::kNone,
       ""},
      {"no links, v2 root with cgroup.events",
       {"0::/\n", v2, {"/sys/fs/cgroup/cgroup.events"}},
       "",
       "",
       "",
       ScopeRule::kNamespaceRoot,
       "/sys/fs/cgroup"},
      {"no links, real v2 root", {"0::/\n", v2, {}}, "", "", "", ScopeRule::kNone, ""},
      {"no links, real v1 root",
       {"4:memory:/x\n",
        v1_mount("/", "/sys/fs/cgroup/memory", "memory"),
        {"/sys/fs/cgroup/memory/release_agent"}},
       "",
       "",
       "",
       ScopeRule::kNone,
       ""},
      {"mounted before the namespace",
       {"0::/\n", v2_mount("/..", "/sys/fs/cgroup"), {}},
       kOwnNs,
       kOwnPid,
       "0::/\n",
       ScopeRule::kNamespaceRoot,
       ""},
      {"classic docker on v1",
       {"4:memory:" + docker + "\n", v1_mount(docker, "/sys/fs/cgroup/memory", "memory"), {}},
       kHostNs,
       kOwnPid,
       "4:memory:" + docker + "\n",
       ScopeRule::kMountRoot,
       "/sys/fs/cgroup/memory"},
      {"PID 1's cgroup",
       {"0::/grp/leaf\n", v2, {}},
       kHostNs,
       kOwnPid,
       "0::/grp/init.scope\n",
       ScopeRule::kPid1,
       "/sys/fs/cgroup/grp"},
      {"PID 1 elsewhere",
       {"0::/other\n", v2, {}},
       kHostNs,
       kOwnPid,
       "0::/grp\n",
       ScopeRule::kNone,
       ""},
      {"PID 1 in a login",
       {"0::/user.slice/user-0.slice/session-1.scope\n", v2, {}},
       kHostNs,
       kOwnPid,
       "0::/user.slice/user-0.slice/session-1.scope\n",
       ScopeRule::kNone,
       ""},
      {"PID 1 in the root", {"0::/\n", v2, {}}, kHostNs, kOwnPid, "0::/\n", ScopeRule::kNone, ""},
      {"host namespaces, engine's name",
       {"0::" + docker + "/deep\n", v2, {}},
       kHostNs,
       kHostPid,
       "",
       ScopeRule::kEngineName,
       "/sys/fs/cgroup" + docker},
      {"pause is PID 1 in a sibling",
       {"0::/kubepods/pod1/app\n", v2, {}},
       kHostNs,
       kOwnPid,
       "0::/kubepods/pod1/pause\n",
       ScopeRule::kEngineName,
       "/sys/fs/cgroup/kubepods/pod1/app"},
  };
  for (const Case& test : cases) {
    const Scope scope = test.place.scope(test.cgroup_ns, test.pid_ns, test.pid1);
    EXPECT_EQ(scope.rule, test.rule) << test.name << ": " << scope.reason;
    EXPECT_EQ(scope.is_container, test.rule != ScopeRule::kNone) << test.name;
    EXPECT_EQ(scope.dir(test.place.placement(), Controller::kMemory).value_or(""), test.boundary)
        << test.name;
  }
}

TEST(ScopeRules, EnteredFromOutside) {
  const std::string docker = "/docker/" + kId;
  const std::string scope = "/system.slice/docker-" + kId + ".scope";
  struct Case {
    const char* name;
    std::string own, pid1, pid_ns;
    bool entered;
  };
  const Case cases[] = {
      {"nsenter from a login", "0::/user.slice/x.scope\n", "0::" + docker + "\n", kOwnPid, true},
      {"from the machine's root", "0::/\n", "0::/box\n", kOwnPid, true},
      {"from a sibling of an engine's", "0::/system.slice/x.service\n", "0::" + scope + "\n",
       kOwnPid, true},
      {"init in init.scope", "0::/\n", "0::" + docker + "/init.scope\n", kOwnPid, true},
      {"v1, in the root of one", "4:memory:/shell\n2:cpu:/\n", "4:memory:/box\n2:cpu:/box\n",
       kOwnPid, true},
      {"v1, with a controller that holds nobody", "4:memory:/shell\n2:cpu:/\n",
       "4:memory:/box\n2:cpu:/\n", kOwnPid, true},
      {"same cgroup", "0::/box\n", "0::/box\n", kOwnPid, false},
      {"deeper", "0::/box/leaf\n", "0::/box/init.scope\n", kOwnPid, false},
      {"v1, deeper in one, elsewhere in another", "4:memory:/box/leaf\n2:cpu:/\n",
       "4:memory:/box\n2:cpu:/box\n", kOwnPid, false},
      {"beside, no names", "0::/box/work\n", "0::/box/init\n", kOwnPid, false},
      {"beside the pause container", "0::/kubepods/pod1/app\n", "0::/kubepods/pod1/pause\n",
       kOwnPid, false},
      {"another engine's container", "0::" + docker + "\n", "0::/box\n", kOwnPid, false},
      {"PID 1 in a login", "0::/\n", "0::/user.slice/session-1.scope\n", kOwnPid, false},
      {"PID 1 in the root", "0::/box\n", "0::/\n", kOwnPid, false},
      {"above our namespace", "0::/../..\n", "0::/box\n", kOwnPid, false},
      {"the machine's PID namespace", "0::/\n", "0::/box\n", kHostPid, false},
  };
  for (const Case& test : cases) {
    ScopeEvidence evidence;
    evidence.pid_namespace = test.pid_ns;
    evidence.pid1 = parse_proc_cgroup(test.pid1).value;
    EXPECT_EQ(entered_from_outside(evidence, parse_proc_cgroup(test.own).value), test.entered)
        << test.name;
  }
}

TEST(ScopeRules, Forced) {
  const Place place{"0::/system.slice/app.service\n", v2_mount("/", "/sys/fs/cgroup"), {}};
  EXPECT_FALSE(place.scope(kOwnNs, kOwnPid, "0::/\n", ScopeRequest::kHost).is_container);
  const Scope own = place.scope(kHostNs, kHostPid, "0::/init.scope\n", ScopeRequest::kContainer);
  EXPECT_EQ(own.dir(place.placement(), Controller::kCpu),
            "/sys/fs/cgroup/system.slice/app.service");
  EXPECT_EQ(own.reason, "forced by --container");
}

MemoryLevel level(const std::string& dir, std::optional<std::uint64_t> max) {
  MemoryLevel made;
  made.dir = dir;
  made.max.state = max ? BytesLimit::State::kLimited : BytesLimit::State::kUnlimited;
  made.max.value = max.value_or(0);
  return made;
}

TEST(Effective, SmallestBindsAndIsNamed) {
  const auto limit =
      effective_memory_limit({level("/l", 300), level("/p", 200), level("/g", 250)}, 1000);
  EXPECT_EQ(limit.value, 200u);
  EXPECT_EQ(limit.level, 1u);
  EXPECT_FALSE(effective_memory_limit({level("/l", {})}, 1000).limited());
}

TEST(Effective, AtTheHostsMemoryItIsUnlimited) {
  const auto limit = effective_memory_limit({level("/l", 1000)}, 1000);
  EXPECT_EQ(limit.state, EffectiveBytes::State::kUnlimited);
  EXPECT_EQ(limit.raw, 1000u);
  EXPECT_TRUE(effective_memory_limit({level("/l", 1000)}, std::nullopt).limited());
}

TEST(Effective, OneUnknownLevelMakesTheWholeUnknown) {
  auto bad = level("/p", {});
  bad.max.state = BytesLimit::State::kUnknown;
  EXPECT_TRUE(effective_memory_limit({level("/l", 300), bad}, 1000).unknown());
}

TEST(Effective, V1TellsWhatTheMountHides) {
  auto own = level("/m", 300);
  own.stat.emplace();
  own.stat->hierarchical_memory_limit = 150;
  const auto hidden = effective_memory_limit({own}, 1000);
  EXPECT_EQ(hidden.value, 150u);
  EXPECT_EQ(hidden.level, std::nullopt);
  own.stat->hierarchical_memory_limit = 300;
  EXPECT_EQ(effective_memory_limit({own}, 1000).level, 0u);
}

TEST(Effective, SwapStates) {
  EXPECT_EQ(effective_swap_limit({}).state, EffectiveBytes::State::kUnlimited) << "nothing is set";
  EXPECT_TRUE(effective_swap_limit({level("/m", 300)}).unknown()) << "swap is not accounted";
  auto v2 = level("/m", 300);
  v2.swap_max = {BytesLimit::State::kLimited, 0};
  EXPECT_TRUE(effective_swap_limit({v2}).limited());
  EXPECT_EQ(effective_swap_limit({v2}).value, 0u);
  auto v1 = level("/m", 300);
  v1.memsw_max = {BytesLimit::State::kLimited, 500};
  EXPECT_EQ(effective_swap_limit({v1}).value, 200u);
  v1.memsw_max.value = 100;  // read at different instants
  EXPECT_EQ(effective_swap_limit({v1}).value, 0u);
  v1.memsw_max.state = BytesLimit::State::kUnlimited;
  EXPECT_EQ(effective_swap_limit({v1}).state, EffectiveBytes::State::kUnlimited);
}

}  // namespace
}  // namespace cv
