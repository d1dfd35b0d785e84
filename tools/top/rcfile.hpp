// SPDX-License-Identifier: Apache-2.0
// procps' toprc: text to settings and back. Pure; the files are rcfile_io's.
//
// Format 'n' of 4.0.6 and later, and older ones down to 'a'. What is ours stands in a file of its
// own beside it ("toprc.containerview"), so that procps' top still reads the one that we write.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/environment.hpp"
#include "top/settings.hpp"

namespace cvtools::top {

struct ReadRc {
  Settings settings;
  char format = 'n';  // older than 'n': writing it back makes it unreadable for its older top
};

// Nothing: not a toprc, or of a format to come.
std::optional<ReadRc> parse_rc(std::string_view text);
std::string write_rc(const Settings& settings);

// What a toprc can keep as a window's name: the first word, as far as whole characters fit into the
// three bytes that procps has for it.
std::string window_name(std::string_view text);

// Ours: "limits=1\n" and the places of our own fields. Lines that are not understood are skipped.
void parse_own_rc(std::string_view text, Settings& settings);
std::string write_own_rc(const Settings& settings);

// Where a user's files are: the first that exists of $HOME/.toprc, $XDG_CONFIG_HOME/procps/toprc,
// ~/.config/procps/toprc, and where one is to be written if there is none. The name follows that of
// the program ("top" -> toprc).
struct RcFiles {
  std::string path;  // empty: neither HOME nor XDG_CONFIG_HOME
  std::string own_path() const { return path + ".containerview"; }
};

struct LoadedRc {
  Settings settings = default_settings();
  char format = 'n';
  RcFiles files;
  std::string error;  // "incompatible rcfile, you should delete 'PATH'"; empty: fine
};

// Reads /etc/toprc (secure mode), then the user's, else /etc/topdefaultrc. `defaults_only`: -A.
LoadedRc load_rc(const Environment& environment, bool defaults_only);

// Writes both files; an empty string or why not ("Failed '/root/.toprc' open: Permission denied").
std::string save_rc(const RcFiles& files, const Settings& settings);

}  // namespace cvtools::top
