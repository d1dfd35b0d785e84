// SPDX-License-Identifier: Apache-2.0
// Makes a load of a known size, and writes down what it was:
//
//   load_maker TRUTH BASE_NSEC KIND [ARGUMENT...]
//
//   busy THREADS                       never sleep
//   duty THREADS PERIOD_US BUSY_US     work for BUSY_US of every PERIOD_US, out of phase
//   forks PER_SECOND WORK_US MOST      children that use WORK_US of CPU time, MOST at once
//   make WORKERS MIN_MS MAX_MS         each worker always has a child at work
//   disk THREADS FILE BYTES PAUSE_MS   read without the page cache, sleep in between
//   sleepers THREADS                   never work
//
// TRUTH is an array of 64-bit sums, one for each kBucketNsec of CLOCK_BOOTTIME since BASE_NSEC: for
// how many nanoseconds threads were runnable or slept uninterruptibly. Threads work until a time of
// day is reached, from the instant at which their timer fires, so what is written down does not
// depend on how much CPU they get, nor on what else runs. Ends when it is killed.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::int64_t kBucketNsec = 100'000'000;
constexpr std::int64_t kUsec = 1000, kMsec = 1'000'000, kSec = 1'000'000'000;

std::int64_t read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::int64_t{now.tv_sec} * kSec + now.tv_nsec;
}
std::int64_t now_nsec() { return read_clock(CLOCK_BOOTTIME); }

void sleep_until(std::int64_t nsec) {
  const timespec until{nsec / kSec, nsec % kSec};
  while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, nullptr) != 0) {
  }
}

void spin_until(std::int64_t nsec) {
  while (now_nsec() < nsec) {
  }
}

class Truth {
 public:
  Truth(const char* path, std::int64_t base_nsec) : base_nsec_(base_nsec) {
    const int file = open(path, O_RDWR | O_CLOEXEC);
    struct stat info {};
    if (file < 0 || fstat(file, &info) != 0) std::exit(1);
    const auto size = static_cast<std::size_t>(info.st_size);
    void* map = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (map == MAP_FAILED) std::exit(1);
    buckets_ = {static_cast<std::uint64_t*>(map), size / sizeof(std::uint64_t)};
  }

  // One thread counted from `begin` to `end`.
  void add(std::int64_t begin_nsec, std::int64_t end_nsec) const {
    for (std::int64_t at = begin_nsec - base_nsec_, end = end_nsec - base_nsec_; at < end;) {
      const auto bucket = static_cast<std::size_t>(at / kBucketNsec);
      if (bucket >= buckets_.size()) return;
      const std::int64_t until = std::min(end, (at / kBucketNsec + 1) * kBucketNsec);
      std::atomic_ref(buckets_[bucket]).fetch_add(static_cast<std::uint64_t>(until - at));
      at = until;
    }
  }
  // ... for good.
  void add_from_now() const { add(now_nsec(), INT64_MAX / 2); }

 private:
  std::int64_t base_nsec_;
  std::span<std::uint64_t> buckets_;
};

void run_threads(std::int64_t count, const std::function<void(std::int64_t)>& work) {
  std::vector<std::thread> threads;
  for (std::int64_t i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

void busy(const Truth& truth) {
  truth.add_from_now();
  spin_until(INT64_MAX);
}

void duty(const Truth& truth, std::int64_t index, std::int64_t period, std::int64_t work) {
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  // 0.618 of a period apart: nowhere near in step, however many.
  std::int64_t wake = now_nsec() + period * ((index * 618) % 1000) / 1000;
  while (true) {
    sleep_until(wake);
    spin_until(wake + work);
    const std::int64_t end = now_nsec();
    truth.add(wake, end);
    wake += ((end - wake) / period + 1) * period;
  }
}

[[noreturn]] void child(const Truth& truth, std::int64_t born, std::int64_t work) {
  while (read_clock(CLOCK_THREAD_CPUTIME_ID) < work) {
  }
  truth.add(born, now_nsec());
  _exit(0);
}

void forks(const Truth& truth, std::int64_t per_second, std::int64_t work, std::int64_t most) {
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  const std::int64_t period = kSec / per_second;
  std::int64_t wake = now_nsec();
  std::int64_t children = 0;
  while (true) {
    sleep_until(wake);
    while (children > 0 && waitpid(-1, nullptr, WNOHANG) > 0) --children;
    if (children < most) {
      const std::int64_t born = now_nsec();
      if (fork() == 0) child(truth, born, work);
      ++children;
    }
    const std::int64_t end = now_nsec();
    truth.add(wake, end);
    wake += ((end - wake) / period + 1) * period;
  }
}

// Either the worker or its child is runnable at any time.
void make(const Truth& truth, std::int64_t index, std::int64_t least, std::int64_t most) {
  std::minstd_rand random(static_cast<unsigned>(index) + 1);
  std::uniform_int_distribution<std::int64_t> work(least, most);
  truth.add_from_now();
  while (true) {
    const std::int64_t length = work(random);
    const pid_t pid = fork();
    if (pid == 0) {
      while (read_clock(CLOCK_THREAD_CPUTIME_ID) < length) {
      }
      _exit(0);
    }
    waitpid(pid, nullptr, 0);
  }
}

void disk(const Truth& truth, std::int64_t index, const char* path, std::int64_t bytes,
          std::int64_t pause) {
  const int file = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
  void* buffer = std::aligned_alloc(4096, static_cast<std::size_t>(bytes));
  if (file < 0 || buffer == nullptr) std::exit(1);
  std::int64_t wake = now_nsec();
  off_t at = bytes * index;
  while (true) {
    sleep_until(wake);
    if (pread(file, buffer, static_cast<std::size_t>(bytes), at) != bytes) at = -bytes;
    at += bytes;
    const std::int64_t end = now_nsec();
    truth.add(wake, end);
    wake = end + pause;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() < 5) return 2;
  const auto number = [&](std::size_t i) {
    return i < arguments.size() ? std::atoll(arguments[i]) : 0;
  };
  const Truth truth(arguments[1], number(2));
  const std::string kind = arguments[3];
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  std::function<void(std::int64_t)> work;
  std::int64_t threads = number(4);
  if (kind == "busy") work = [&](auto) { busy(truth); };
  if (kind == "duty") work = [&](auto i) { duty(truth, i, number(5) * kUsec, number(6) * kUsec); };
  if (kind == "make") work = [&](auto i) { make(truth, i, number(5) * kMsec, number(6) * kMsec); };
  if (kind == "disk")
    work = [&](auto i) { disk(truth, i, arguments[5], number(6), number(7) * kMsec); };
  if (kind == "sleepers") work = [](auto) { sleep_until(INT64_MAX / 2); };
  if (kind == "forks") {
    threads = 0;
    forks(truth, number(4), number(5) * kUsec, number(6));
  }
  if (!work) return 2;
  run_threads(threads, work);
}
