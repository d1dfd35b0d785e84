// SPDX-License-Identifier: Apache-2.0
// What a tool is given by the world. common/main.cpp fills it in, tests make their own: the rest of
// a tool reads no environment variable and asks no file descriptor what it is.
#pragma once

#include <span>
#include <string_view>

#include "common/output.hpp"

namespace cvtools {

struct Environment {
  std::span<const char* const> args;  // argv, the program's name first
  Output& out;
  Output& err;
  bool out_is_terminal = false;
  int terminal_rows = 0;                   // of stdout; 0: no terminal, or it does not tell
  const char* scope = nullptr;             // CONTAINERVIEW_SCOPE; null: not set
  const char* cache_used = nullptr;        // CONTAINERVIEW_CACHE_USED; null: not set
  bool procps_container = false;           // PROCPS_CONTAINER is set: uptime's -c
  const char* omp_num_threads = nullptr;   // OMP_NUM_THREADS; null: not set
  const char* omp_thread_limit = nullptr;  // OMP_THREAD_LIMIT; null: not set
  const char* notify_socket = nullptr;     // NOTIFY_SOCKET; null: not set
  const char* time_format = nullptr;       // S_TIME_FORMAT; null: not set
  const char* colors = nullptr;            // S_COLORS
  const char* color_codes = nullptr;       // S_COLORS_SGR
  bool plain_locale = false;               // numbers and dates are those of C: no files to load
  bool posixly_correct = false;            // POSIXLY_CORRECT is set
  int write_error_status = 1;              // exit status where the output could not be written
  // top's.
  bool in_is_terminal = false;
  int terminal_columns = 0;           // of stdout; 0: no terminal, or it does not tell
  const char* home = nullptr;         // HOME; null: not set
  const char* config_home = nullptr;  // XDG_CONFIG_HOME; null: not set
  const char* columns = nullptr;      // COLUMNS; null: not set
  const char* lines = nullptr;        // LINES; null: not set
  const char* term = nullptr;         // TERM; null: not set
  const char* colorterm = nullptr;    // COLORTERM; null: not set
  bool hide_kernel_tasks = false;     // LIBPROC_HIDE_KERNEL is set
  std::string_view bundled = {};      // the other tools in this binary, for the help; empty: none
};

// The name that the program was called by, as typed and without its directory.
std::string_view called_as(const Environment& environment);
std::string_view short_name(const Environment& environment);

// "NAME: text" and a line end on stderr, made printable.
void complain(Environment& environment, std::string_view text);
void complain_as(Environment& environment, std::string_view name, std::string_view text);

// Writes out what is left. A failed write makes the status 1 and is reported, as the classic tools
// do; a reader that went away (EPIPE) is not an error.
int finish(Environment& environment, int status);

// Runs a tool and gives its exit status: exceptions become messages, then finish().
int run_guarded(Environment& environment, int (*run)(Environment&));

}  // namespace cvtools
