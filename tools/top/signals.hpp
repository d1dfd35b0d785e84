// SPDX-License-Identifier: Apache-2.0
// Signals that end the program as `q` does, with status 0: those that the classic tool ends by.
#pragma once

#include <csignal>

namespace cvtools::top {

inline constexpr int kEndingSignals[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                         SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2};

inline void handle_signal(int signal, void (*handler)(int), int flags = 0) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(signal, &action, nullptr);
}

}  // namespace cvtools::top
