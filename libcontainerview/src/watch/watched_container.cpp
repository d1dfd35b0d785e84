// SPDX-License-Identifier: Apache-2.0
#include "watch/watched_container.hpp"

#include <algorithm>

#include "base/saturate.hpp"
#include "snapshot/sampler.hpp"

namespace cv {
namespace {

// A part of an average that was estimated, not sampled, and still counts: from then on it is exact.
constexpr double kSeedThatCounts = 0.05;
// Between two looks whether our file is still there under its name.
constexpr std::uint32_t kStepsPerCheck = 12;

// Engines may make a child of their cgroup the root of the container's cgroup namespace: crun on
// v2 and systemd-nspawn do. The container then knows itself by that.
constexpr const char* kNamespaceRoots[] = {"container", "payload"};

HistoryIdentity identity_of(const Target& target, const std::string& boot_id) {
  HistoryIdentity identity;
  identity.set_boot_id(boot_id);
  std::size_t count = 0;
  const auto add = [&](const HistoryKey& key) {
    if (count < identity.keys.size()) identity.keys[count++] = key;
  };
  const auto cgroups = history_cgroups(target);
  for (const HistoryCgroup& cgroup : cgroups) add(cgroup.key);
  for (const HistoryCgroup& cgroup : cgroups)
    for (const char* name : kNamespaceRoots)
      if (const auto inode = target.cgroup_root().inode(cgroup.dir + "/" + name))
        add({cgroup.key.hierarchy, *inode});
  return identity;
}

double seconds_of(std::int64_t nsec) { return static_cast<double>(nsec) / 1e9; }

HistoryPage page_of(MappedFile& file) { return file.bytes().first<kHistoryBytes>(); }

std::string_view text_of(MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

bool fits_a_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.size() < 200 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '.' || c == '_' || c == '-' || c == '@' || c == ':';
         });
}

}  // namespace

WatchedContainer::WatchedContainer(const WatchShared& shared, FoundContainer found, Target target,
                                   std::int64_t now_nsec)
    : shared_(&shared),
      found_(std::move(found)),
      identity_(identity_of(target, shared.boot_id)),
      integrator_(*shared.proc, *shared.cgroups, load_places(target), *shared.budget, shared.load) {
  (void)integrator_.step(now_nsec);  // where the first interval begins
  head_.interval_nsec = shared.interval_nsec;
  head_.since_nsec = head_.last_nsec = machine_time(now_nsec);
  if (shared.histories != nullptr) open_history();
  const auto left = file_ ? read_history(text_of(file_)) : Result<History>(History{});
  if (file_ && left && left->head.last_nsec <= machine_time(now_nsec))
    go_on_from(left->head, now_nsec);
  else
    seed(std::move(target));
  if (file_) file_.release_pages();
}

// What came before the first sample is estimated, as by readers that find no history.
void WatchedContainer::seed(Target target) {
  const auto snapshot = Sampler(std::move(target)).sample(kSampleLoad);
  if (!snapshot) return;
  const auto age = derive_uptime_nsec(*snapshot);
  const LoadView view = derive_load(*snapshot);
  if (age.quality == Quality::kHost || !age.value || !view.avg_1m.value) return;
  averages_.age_sec = seed_sec_ = seconds_of(*age.value);
  averages_.avg = {*view.avg_1m.value, *view.avg_5m.value, *view.avg_15m.value};
}

// Bridges the time in which no sampler ran with what the counters grew by. Threads that ended
// meanwhile took their waiting with them: their CPU time is the least they were runnable.
void WatchedContainer::go_on_from(const HistoryHead& head, std::int64_t now_nsec) {
  averages_.avg = {head.averages[0], head.averages[1], head.averages[2]};
  averages_.age_sec = head.age_sec;
  seed_sec_ = head.seed_sec;
  head_.since_nsec = head.since_nsec;
  const double gap_sec = seconds_of(machine_time(now_nsec) - head.last_nsec);
  if (gap_sec <= 0) return;
  const std::uint64_t waited = saturating_sub(integrator_.runnable_nsec(), head.runnable_nsec);
  const std::uint64_t used = saturating_sub(integrator_.usage_nsec().value_or(0), head.usage_nsec);
  head_.running = head.running;
  head_.total = std::max<std::uint64_t>(head.total, head.running);
  take(static_cast<double>(std::max(waited, used)) / 1e9 / gap_sec, gap_sec, now_nsec);
}

void WatchedContainer::step(std::int64_t now_nsec) {
  if (++steps_ % kStepsPerCheck == 0) check_history();
  const auto interval = integrator_.step(now_nsec);
  if (!interval) return;
  interval_ = interval;
  // Nothing could be read: readers see that the last sample grows old.
  if (integrator_.gone()) interval_->method = LoadMethod::kUnknown;
  if (interval_->method == LoadMethod::kUnknown) return;
  head_.running = std::min(interval->running, interval->total);
  head_.total = interval->total;
  head_.method = static_cast<std::uint32_t>(interval->method);
  take(interval->mean_load, static_cast<double>(interval->interval_usec) / 1e6, now_nsec);
}

void WatchedContainer::take(double mean, double seconds, std::int64_t now_nsec) {
  averages_ = advance(averages_, mean, seconds);
  head_.last_nsec = machine_time(now_nsec);
  std::copy(averages_.avg.begin(), averages_.avg.end(), head_.averages);
  head_.age_sec = averages_.age_sec;
  head_.seed_sec = seed_sec_;
  head_.usage_nsec = integrator_.usage_nsec().value_or(0);
  head_.runnable_nsec = integrator_.runnable_nsec();
  head_.flags = estimated_flags();
  if (!file_) return;
  const auto msec = static_cast<std::uint32_t>(std::min(seconds * 1e3, 4e9));
  writer_.append(page_of(file_), head_, {msec, static_cast<float>(mean)});
  file_.release_pages();
}

// Which averages still lean on what was estimated at the start, or on states instead of counters.
std::uint32_t WatchedContainer::estimated_flags() const {
  if (head_.method == static_cast<std::uint32_t>(LoadMethod::kStates)) return kHistoryEstimatedAll;
  std::uint32_t flags = 0;
  const double sampled_sec = averages_.age_sec - seed_sec_;
  for (std::size_t i = 0; i < kLoadWindowsSec.size() && seed_sec_ > 0; ++i) {
    const double tau = kLoadWindowsSec[i];
    const double share = decay_weight(seed_sec_, tau) * exp_decay(sampled_sec / tau) /
                         decay_weight(averages_.age_sec, tau);
    if (share > kSeedThatCounts) flags |= kHistoryEstimated1m << i;
  }
  return flags;
}

LoadView WatchedContainer::load() const {
  return interval_ || averages_.age_sec > 0 ? recorded_load(head_) : LoadView{};
}

// The file --------------------------------------------------------------------------------------

std::vector<std::string> WatchedContainer::file_names() const {
  std::vector<std::string> names;
  for (const HistoryKey& key : identity_.keys)
    if (key.hierarchy != Hierarchy::kNone) names.push_back(key.file_name());
  return names;
}

std::string WatchedContainer::directory_name() const {
  std::string name = found_.engine + "-" + found_.id;
  return !found_.id.empty() && fits_a_name(name) ? name : identity_.keys[0].file_name();
}

// Calls visit(directory) with the one that this container's files are in.
template <typename Visit>
Result<void> WatchedContainer::in_directory(Visit&& visit) {
  if (!shared_->directory_each) return visit(*shared_->histories);
  auto own = shared_->histories->child(directory_name());
  if (!own) return tl::make_unexpected(std::move(own.error()));
  directory_made_ = directory_made_ || own->made();
  return visit(*own);
}

void WatchedContainer::open_history() {
  if (file_names().empty()) return;
  const auto opened = in_directory([&](const StateDir& dir) -> Result<void> {
    auto file = dir.map(file_names().front(), kHistoryBytes);
    const auto left = file ? read_history_identity(text_of(*file)) : std::nullopt;
    if (left == identity_) {
      go_on_in(std::move(*file));
      return {};
    }
    std::array<std::byte, kHistoryBytes> page{};
    format_history(page, identity_);
    return make_history(dir, page);
  });
  if (!opened) shared_->problems->push_back(opened.error().message());
}

Result<void> WatchedContainer::make_history(const StateDir& dir,
                                            std::span<const std::byte> content) {
  const auto names = file_names();
  auto file = dir.create(names.front(), content);
  if (!file) return tl::make_unexpected(std::move(file.error()));
  go_on_in(std::move(*file));
  for (std::size_t i = 1; i < names.size(); ++i)
    if (auto linked = dir.link(names.front(), names[i]); !linked) return linked;
  return {};
}

void WatchedContainer::go_on_in(MappedFile file) {
  file_ = std::move(file);
  writer_ = HistoryWriter(file_.bytes().data());
}

// Somebody may have emptied the directory, or made room on a full disk.
void WatchedContainer::check_history() {
  if (shared_->histories == nullptr || file_names().empty()) return;
  if (!file_) return open_history();
  const auto checked = in_directory([&](const StateDir& dir) -> Result<void> {
    if (dir.holds(file_names().front(), file_)) {
      writer_ = HistoryWriter(file_.bytes().data());  // nor may somebody have written to it
      return {};
    }
    std::array<std::byte, kHistoryBytes> page{};
    std::copy_n(file_.bytes().begin(), page.size(), page.begin());
    return make_history(dir, page);
  });
  if (!checked) shared_->problems->push_back(checked.error().message());
}

void WatchedContainer::remove_history() {
  if (shared_->histories == nullptr) return;
  (void)in_directory([&](const StateDir& dir) -> Result<void> {
    for (const std::string& name : file_names()) dir.remove(name);
    return {};
  });
  // One that was there before is somebody's, who may have mounted it.
  if (directory_made_) shared_->histories->remove_directory(directory_name());
}

}  // namespace cv
