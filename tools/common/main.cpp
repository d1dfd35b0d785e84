// SPDX-License-Identifier: Apache-2.0
// The only file that reads the environment and asks what stdin and stdout are.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/printable.hpp"
#include "common/tool.hpp"

namespace cvtools {
namespace {

// Of the terminal that stdout is; zeros where it is none, or does not tell.
winsize terminal_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size = {};
  return size;
}

// C, and C.UTF-8, whose numbers and dates are the same.
bool is_plain_locale() {
  constexpr std::string_view kPlain[] = {"", "C", "POSIX", "C.UTF-8", "C.utf8"};
  for (const char* variable : {"LC_ALL", "LC_NUMERIC", "LC_TIME", "LANG"}) {
    const char* name = std::getenv(variable);
    if (name != nullptr &&
        std::find(std::begin(kPlain), std::end(kPlain), name) == std::end(kPlain))
      return false;
  }
  return true;
}

}  // namespace

int tool_main(int argc, char** argv, int (*run)(Environment&)) {
  Output out(STDOUT_FILENO);
  Output err(STDERR_FILENO);
  // It goes into messages, and whoever started us may have chosen anything.
  std::string name = printable(argc > 0 ? argv[0] : "");
  if (argc > 0) argv[0] = name.data();
  const bool is_terminal = isatty(STDOUT_FILENO) != 0;
  Environment environment{
      .args = {argv, static_cast<std::size_t>(argc)},
      .out = out,
      .err = err,
      .out_is_terminal = is_terminal,
      .terminal_rows = is_terminal ? terminal_size().ws_row : 0,
      .scope = std::getenv("CONTAINERVIEW_SCOPE"),
      .cache_used = std::getenv("CONTAINERVIEW_CACHE_USED"),
      .procps_container = std::getenv("PROCPS_CONTAINER") != nullptr,
      .omp_num_threads = std::getenv("OMP_NUM_THREADS"),
      .omp_thread_limit = std::getenv("OMP_THREAD_LIMIT"),
      .notify_socket = std::getenv("NOTIFY_SOCKET"),
      .time_format = std::getenv("S_TIME_FORMAT"),
      .colors = std::getenv("S_COLORS"),
      .color_codes = std::getenv("S_COLORS_SGR"),
      .plain_locale = is_plain_locale(),
      .posixly_correct = std::getenv("POSIXLY_CORRECT") != nullptr,
      .in_is_terminal = isatty(STDIN_FILENO) != 0,
      .terminal_columns = is_terminal ? terminal_size().ws_col : 0,
      .home = std::getenv("HOME"),
      .config_home = std::getenv("XDG_CONFIG_HOME"),
      .columns = std::getenv("COLUMNS"),
      .lines = std::getenv("LINES"),
      .term = std::getenv("TERM"),
      .colorterm = std::getenv("COLORTERM"),
      .hide_kernel_tasks = std::getenv("LIBPROC_HIDE_KERNEL") != nullptr,
  };
  return run_guarded(environment, run);
}

}  // namespace cvtools
