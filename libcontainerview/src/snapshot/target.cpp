// SPDX-License-Identifier: Apache-2.0
#include "snapshot/target.hpp"

#include <algorithm>
#include <map>

#include "cgroup/path.hpp"
#include "kernel/cgroup_files.hpp"
#include "kernel/proc_mountinfo.hpp"
#include "kernel/proc_pid_stat.hpp"

namespace cv {
namespace {

std::string with_path(const Error& error, std::string_view path) {
  Error named = error;
  named.path = path;
  return named.message();
}

std::optional<std::string> link_text(const Sysroot& root, const std::string& path) {
  auto text = root.read_link(path);
  if (!text) return std::nullopt;
  return std::move(*text);
}

// In a cgroup namespace of our own there is a container; a controller that has us but no mount here
// limits it all the same. (In the initial namespace a controller that nobody mounted limits
// nobody.)
void hide_what_no_mount_shows(const std::optional<std::string>& cgroup_namespace,
                              const ProcCgroup& membership, Placement& placement) {
  if (!cgroup_namespace || *cgroup_namespace == kInitialCgroupNamespace) return;
  for (const Controller controller : kControllers) {
    Placement::At& at = placement[controller];
    const CgroupMembership* entry = membership_of(membership, controller);
    // A v2 line beside v1 ones does not say which controllers are in v2.
    const bool told = entry != nullptr && (!entry->is_v2 || !any_v1(membership));
    at.hidden |= told && !at.location;
  }
}

DirectoryProbe probe(const Sysroot& root) {
  return {[&root](const std::string& dir) { return root.is_directory(dir); },
          [&root](const std::string& dir, std::string_view controller) {
            const auto text = root.read(dir + "/cgroup.controllers");
            return text && has_controller(*text, controller);
          }};
}

// A mount of which our cgroup is no part may all the same be ours (its root is told by another
// namespace's measure), or may be a neighbour's.
void note_foreign_mount(const std::string& mounts_path, const Placement& placement,
                        std::vector<std::string>& problems) {
  for (const Controller c : kControllers) {
    const Location* location = placement.find(c);
    if (location == nullptr || location->fits || !location->below.empty()) continue;
    if (path_has_dotdot(location->path) || path_has_dotdot(location->mount_root)) continue;
    problems.push_back(mounts_path + ": " + location->mount_point + " shows " +
                       location->mount_root + ", and not the cgroup " + location->path +
                       ": the figures may be another's");
    return;
  }
}

// Answers what a Scope asks of the file system. On v2 all controllers share a mount: asks once.
std::function<std::optional<bool>(const std::string& path)> has_file_in(const Sysroot& root) {
  using Asked = std::map<std::string, std::optional<bool>>;
  return [&root, asked = Asked{}](const std::string& path) mutable {
    const auto [at, is_new] = asked.try_emplace(path);
    if (is_new) at->second = root.find_file(path);
    return at->second;
  };
}

bool of_hierarchy(const CgroupMount& mount, const CgroupMembership& entry) {
  if (mount.is_v2 || entry.is_v2) return mount.is_v2 && entry.is_v2;
  return !entry.controllers.empty() &&
         std::find(mount.controllers.begin(), mount.controllers.end(), entry.controllers.front()) !=
             mount.controllers.end();
}

}  // namespace

Result<Target> Target::open(const TargetOptions& options) {
  if (options.pid != 0 && !options.cgroup.empty())
    return fail(ErrorKind::kInvalid, {}, "a pid and a cgroup exclude each other");
  if (options.pid < 0) return fail(ErrorKind::kInvalid, {}, "a pid is positive");
  Target target;
  target.options_ = options;
  auto machine = Sysroot::open(options.sysroot);
  if (!machine) return tl::make_unexpected(std::move(machine.error()));
  target.machine_ = std::move(*machine);
  if (options.record) {
    target.reads_ = std::make_shared<ReadLog>();
    target.machine_.record_to(target.reads_.get());
  }
  if (options.pid != 0)
    if (auto opened = target.open_process(); !opened) return tl::make_unexpected(opened.error());
  if (!options.cgroup.empty())
    if (auto opened = target.open_cgroup(); !opened) return tl::make_unexpected(opened.error());
  if (auto opened = target.open_disks(); !opened) return tl::make_unexpected(opened.error());
  return target;
}

Result<void> Target::open_disks() {
  if (!options_.disks_dir.empty()) {
    auto opened = Sysroot::open(options_.disks_dir);
    if (!opened) return tl::make_unexpected(std::move(opened.error()));
    given_disks_ = std::move(*opened);
  }
  if (options_.disk_names.empty()) return {};
  const std::string links = links_dir(options_.disk_names);
  const bool is_name = options_.disk_names.find('/') == std::string::npos;
  if (!is_name || !machine_.is_directory(links))
    return fail(ErrorKind::kNotFound, links, "no such type of persistent device names");
  return {};
}

std::string Target::proc_dir() const {
  return options_.pid != 0 ? "/proc/" + std::to_string(options_.pid) : "/proc/self";
}

Result<void> Target::open_process() {
  auto stat = read_parsed(machine_, proc_dir() + "/stat", parse_pid_stat);
  if (!stat && stat.error().absent())
    return fail(ErrorKind::kNotFound, proc_dir(), "no such process");
  if (!stat) return tl::make_unexpected(std::move(stat.error()));
  if (stat->is_ending) return fail(ErrorKind::kGone, proc_dir(), "the process has ended");
  process_start_ticks_ = stat->start_ticks;
  const std::string root = proc_dir() + "/root";
  // A tree that was captured from inside is one view: its cgroup files are at their own places.
  if (!machine_.live() && !machine_.is_directory(root)) return {};
  auto opened = machine_.open_process_root(proc_dir());
  if (!opened) {
    Error error = std::move(opened.error());
    if (error.kind == ErrorKind::kAccess)
      error.reason = error.why() + " (viewing another process needs the right to trace it)";
    return tl::make_unexpected(std::move(error));
  }
  process_root_ = std::move(*opened);
  if (reads_) process_root_->record_to(reads_.get(), root);
  return {};
}

// Takes a directory under a cgroup mount or a path as /proc/PID/cgroup prints it, and makes of it
// the membership that a process in it would have.
Result<void> Target::open_cgroup() {
  auto text = machine_.read("/proc/self/mountinfo");
  if (!text) return tl::make_unexpected(std::move(text.error()));
  const MountTable mounts = select_mounts(parse_mountinfo(*text).value);
  auto own_text = machine_.read("/proc/self/cgroup");
  if (!own_text) return tl::make_unexpected(std::move(own_text.error()));

  std::string path = options_.cgroup;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  for (const CgroupMount& mount : mounts.cgroups) {
    const auto below = path_below(path, mount.mount_point);
    if (!below) continue;
    path = path_from(mount.root, *below);
    break;
  }

  // Every hierarchy that has this cgroup; in the others it is in none, and their figures are the
  // host's.
  ProcCgroup membership = parse_proc_cgroup(*own_text).value;
  const auto has_no_such_cgroup = [&](CgroupMembership& entry) {
    entry.path = path;
    return std::none_of(mounts.cgroups.begin(), mounts.cgroups.end(),
                        [&](const CgroupMount& mount) {
                          const auto below = path_below(path, mount.root);
                          return of_hierarchy(mount, entry) && below &&
                                 machine_.is_directory(mount.mount_point + std::string(*below));
                        });
  };
  std::erase_if(membership.entries, has_no_such_cgroup);
  if (membership.entries.empty())
    return fail(ErrorKind::kNotFound, options_.cgroup, "no such cgroup");
  given_membership_ = std::move(membership);
  return {};
}

// Asked after its files were read: what they said of a process that was about to end is not so.
Result<void> Target::check_process() const {
  if (options_.pid == 0) return {};
  const auto stat = read_parsed(machine_, proc_dir() + "/stat", parse_pid_stat);
  if (!stat || stat->start_ticks != process_start_ticks_ || stat->is_ending)
    return fail(ErrorKind::kGone, proc_dir(), "the process has ended");
  return {};
}

Result<void> Target::refresh(std::vector<std::string>& problems) {
  if (given_membership_) {
    if (!placement_) relocate(*given_membership_, problems);
    return {};
  }
  const std::string path = proc_dir() + "/cgroup";
  auto text = machine_.read(path);
  if (text && placement_ && *text == membership_text_) return check_process();
  if (!text && !text.error().absent()) problems.push_back(text.error().message());
  membership_text_ = text ? std::move(*text) : std::string{};
  ProcCgroup membership;
  if (!membership_text_.empty()) {
    auto parsed = parse_proc_cgroup(membership_text_);
    if (parsed.error) problems.push_back(with_path(*parsed.error, path));
    membership = std::move(parsed.value);
  }
  relocate(membership, problems);
  return check_process();
}

void Target::relocate(const ProcCgroup& own, std::vector<std::string>& problems) {
  const std::string mounts_path = (given_membership_ ? "/proc/self" : proc_dir()) + "/mountinfo";
  mounts_ = {};
  bool nothing_told = false;
  if (auto text = machine_.read(mounts_path)) {
    const auto parsed = parse_mountinfo(*text);
    if (parsed.error) problems.push_back(with_path(*parsed.error, mounts_path));
    mounts_ = select_mounts(parsed.value);
  } else {
    // A kernel may lack cgroups, and then nothing limits us. It does not lack mounts.
    nothing_told = own.entries.empty();
    if (nothing_told || !text.error().absent()) problems.push_back(text.error().message());
  }
  ScopeEvidence evidence;
  if (!given_membership_) {
    evidence.cgroup_namespace = link_text(machine_, proc_dir() + "/ns/cgroup");
    evidence.pid_namespace = link_text(machine_, proc_dir() + "/ns/pid");
  }
  pid1_.reset();
  // PID 1 of our own /proc says nothing of another process's PID namespace, and of the machine
  // where ours is the initial one.
  const bool pid1_tells = options_.scope != ScopeRequest::kHost && options_.pid == 0 &&
                          !given_membership_ && evidence.pid_namespace != kInitialPidNamespace;
  if (pid1_tells)
    if (auto text = machine_.read("/proc/1/cgroup")) pid1_ = parse_proc_cgroup(*text).value;
  evidence.pid1 = pid1_;
  // Who came in from outside looks at the container as its PID 1 does.
  const bool entered = options_.scope == ScopeRequest::kAuto && entered_from_outside(evidence, own);
  const ProcCgroup& membership = entered ? *pid1_ : own;
  Placement placement = locate(membership, mounts_, probe(process_root()));
  hide_what_no_mount_shows(evidence.cgroup_namespace, membership, placement);
  if (nothing_told)
    for (const Controller c : kControllers) placement[c].hidden = true;
  evidence.request = options_.scope;
  evidence.pid_given = options_.pid != 0;
  evidence.cgroup_given = given_membership_.has_value();
  evidence.placement = &placement;
  evidence.has_file = has_file_in(process_root());
  Scope scope = find_scope(evidence);
  from_outside_ = process_root_ && step_outside(membership, evidence, placement, scope);

  for (const Controller c : {Controller::kMemory, Controller::kCpu}) {
    if (!placement[c].hidden || nothing_told) continue;
    problems.push_back(mounts_path +
                       ": no mount shows this container's cgroup: its limits can not be seen");
    break;
  }
  note_foreign_mount(mounts_path, placement, problems);
  for (const CgroupMembership& entry : membership.entries) {
    if (!entry.path.ends_with(" (deleted)")) continue;
    problems.push_back(proc_dir() + "/cgroup: the cgroup " + entry.path +
                       " was removed: only its ancestors' limits can be read");
    break;
  }
  scope_ = std::make_shared<Scope>(std::move(scope));
  placement_ = std::make_shared<Placement>(std::move(placement));
}

// Our own mounts may show more of another process's cgroups than its own do: the limits above its
// namespace's root, and all of them where it has no mount. What they show it can not forge either.
bool Target::step_outside(const ProcCgroup& membership, ScopeEvidence evidence,
                          Placement& placement, Scope& scope) const {
  const auto text = machine_.read("/proc/self/mountinfo");
  if (!text) return false;
  const MountTable mounts = select_mounts(parse_mountinfo(*text).value);
  Placement outside = locate(membership, mounts, probe(machine_));
  bool any_hidden = false;
  for (const Controller c : kControllers) {
    const Location* inside = placement.find(c);
    const Location* location = outside.find(c);
    any_hidden |= placement[c].hidden;
    if (inside == nullptr && !placement[c].hidden)
      outside[c] = {};
    else if (location == nullptr || !location->fits || (inside != nullptr && !inside->fits))
      return false;
  }
  evidence.placement = &outside;
  evidence.has_file = has_file_in(machine_);
  // Where its own mounts do not tell the root of its namespace, names have to.
  if (any_hidden) evidence.cgroup_namespace = kInitialCgroupNamespace;
  auto seen = any_hidden ? std::optional(find_scope(evidence)) : rebase(scope, placement, evidence);
  if (!seen) return false;
  scope = std::move(*seen);
  placement = std::move(outside);
  return true;
}

// cgroup.controllers of the cgroup; of one that is gone, its nearest ancestor's.
std::optional<std::string> Target::v2_controllers(const Location& location) const {
  for (std::string dir = location.dir(); dir.size() >= location.mount_point.size();
       dir.resize(dir.rfind('/')))
    if (auto text = cgroup_root().read(dir + "/cgroup.controllers")) return std::move(*text);
  return std::nullopt;
}

std::array<bool, kControllerCount> Target::controllers(bool told_apart) const {
  std::array<bool, kControllerCount> enabled{};
  std::optional<std::string> v2;
  const Location* unified = placement_->find(Controller::kUnified);
  if (told_apart && unified != nullptr) v2 = v2_controllers(*unified);
  for (const Controller c : kControllers) {
    const Location* location = placement_->find(c);
    // Old trees lack the file: then the place is all there is to go by.
    enabled[static_cast<std::size_t>(c)] =
        location != nullptr && (!location->is_v2 || !v2 || has_controller(*v2, names_of(c).v2));
  }
  return enabled;
}

bool Target::pid1_in_scope() const {
  if (!pid1_ || !scope_->is_container) return false;
  for (const Controller c :
       {Controller::kMemory, Controller::kCpu, Controller::kPids, Controller::kUnified}) {
    const Location* location = placement_->find(c);
    const CgroupMembership* pid1 = membership_of(*pid1_, c);
    if (location == nullptr || pid1 == nullptr || !(*scope_)[c]) continue;
    const auto below = location->below_of(pid1->path);
    return below && path_below(*below, *(*scope_)[c]).has_value();
  }
  // The cgroup is hidden, but the namespace is ours: a path that does not climb out is inside.
  const CgroupMembership* pid1 = membership_of(*pid1_, Controller::kMemory);
  return scope_->rule == ScopeRule::kNamespaceRoot && pid1 != nullptr &&
         !path_has_dotdot(pid1->path);
}

}  // namespace cv
