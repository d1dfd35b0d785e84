// SPDX-License-Identifier: Apache-2.0
// What a tool is given by the world. main.cpp fills it in, tests make their own: the rest of a tool
// reads no environment variable and asks no file descriptor what it is.
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
  const char* scope = nullptr;       // CONTAINERVIEW_SCOPE; null: not set
  const char* cache_used = nullptr;  // CONTAINERVIEW_CACHE_USED; null: not set
  bool procps_container = false;     // PROCPS_CONTAINER is set: uptime's -c
};

// The name that the program was called by, as typed and without its directory.
std::string_view called_as(const Environment& environment);
std::string_view short_name(const Environment& environment);

// "NAME: text" and a line end on stderr, made printable.
void complain(Environment& environment, std::string_view text);

// Writes out what is left. A failed write makes the status 1 and is reported, as the classic tools
// do; a reader that went away (EPIPE) is not an error.
int finish(Environment& environment, int status);

// Runs a tool and gives its exit status: exceptions become messages, then finish().
int run_guarded(Environment& environment, int (*run)(Environment&));

}  // namespace cvtools
