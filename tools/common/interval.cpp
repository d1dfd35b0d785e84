// SPDX-License-Identifier: Apache-2.0
#include "common/interval.hpp"

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace cvtools {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};
volatile std::sig_atomic_t signal_has_come = 0;

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { signal_has_come = 1; };
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : kSignals) {
    struct sigaction before {};
    // One that is ignored stays so, as for what a shell starts in the background.
    if (sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    sigaction(number, &action, nullptr);
  }
}

// While it lives, those signals come within ppoll() only: none is missed between the look at the
// flag and the wait.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    for (const int number : kSignals) sigaddset(&held, number);
    sigprocmask(SIG_BLOCK, &held, &before_);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  const sigset_t& before() const { return before_; }

 private:
  sigset_t before_{};
};

}  // namespace

Interval::Interval(std::chrono::seconds length, Signals signals)
    : timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  itimerspec spec{};
  spec.it_value.tv_sec = spec.it_interval.tv_sec = length.count();
  if (timer_ < 0 || timerfd_settime(timer_, 0, &spec, nullptr) != 0)
    throw std::system_error(errno, std::generic_category(), "no timer");
  if (signals == Signals::kEndTheWait) catch_signals();
}

Interval::~Interval() { close(timer_); }

bool Interval::wait(std::chrono::milliseconds pause, const std::function<void()>& meanwhile) {
  timespec patience{};
  patience.tv_sec = pause.count() / 1000;
  patience.tv_nsec = static_cast<long>(pause.count() % 1000) * 1'000'000;
  const timespec* timeout = pause > pause.zero() ? &patience : nullptr;
  const HeldSignals held;
  pollfd fd{timer_, POLLIN, 0};
  while (signal_has_come == 0) {
    const int ready = ppoll(&fd, 1, timeout, &held.before());
    std::uint64_t times = 0;
    if (ready > 0 && read(timer_, &times, sizeof times) > 0) break;
    if (ready == 0) meanwhile();
  }
  return signal_has_come == 0;
}

}  // namespace cvtools
