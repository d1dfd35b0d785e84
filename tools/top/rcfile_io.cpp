// SPDX-License-Identifier: Apache-2.0
// Where toprc files are, and what is made of them.
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "common/formatted.hpp"
#include "top/files.hpp"
#include "top/instant.hpp"
#include "top/rcfile.hpp"

namespace cvtools::top {
namespace {

constexpr std::string_view kInstalledPrefix = "cv-";  // cv-top reads the toprc of top

bool exists(const std::string& path) { return read_text_file(path).error != ENOENT; }

std::string rc_name(const Environment& environment) {
  std::string_view name = short_name(environment);
  if (name.starts_with(kInstalledPrefix)) name.remove_prefix(kInstalledPrefix.size());
  return std::string(name) + "rc";
}

std::string text_of(const char* variable) { return variable != nullptr ? variable : ""; }

RcFiles find_rc(const Environment& environment) {
  const std::string name = rc_name(environment);
  const std::string home = text_of(environment.home);
  const std::string config = text_of(environment.config_home);
  const std::string legacy = home.empty() ? "" : home + "/." + name;
  if (!legacy.empty() && exists(legacy)) return {legacy};
  if (!config.empty()) return {config + "/procps/" + name};
  return {home.empty() ? "" : home + "/.config/procps/" + name};
}

// /etc/toprc: a line with an 's' is secure mode, a line with a number the delay; for everybody but
// root.
void apply_system_rc(Settings& settings) {
  const std::string text = read_text_file("/etc/toprc").text;
  if (text.empty() || geteuid() == 0) return;
  const std::string_view first = std::string_view(text).substr(0, text.find('\n'));
  settings.secure = first.find('s') != std::string_view::npos;
  if (first.size() >= text.size()) return;
  double delay = 0;
  const char* begin = text.data() + first.size() + 1;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), delay);
  if (error == std::errc() && is_delay(delay)) settings.delay_seconds = delay;
}

// False: the file is not what it should be.
bool read_rc(const std::string& path, LoadedRc& loaded) {
  const TextFile file = read_text_file(path);
  if (file.error != 0) return file.error != EINVAL;
  auto read = parse_rc(file.text);
  if (!read) return false;
  loaded.settings = std::move(read->settings);
  loaded.format = read->format;
  return true;
}

}  // namespace

LoadedRc load_rc(const Environment& environment, bool defaults_only) {
  LoadedRc loaded;
  loaded.files = find_rc(environment);
  if (!defaults_only) {
    const bool own = !loaded.files.path.empty() && exists(loaded.files.path);
    const std::string path = own ? loaded.files.path : "/etc/topdefaultrc";
    if (!read_rc(path, loaded)) {
      loaded.error = formatted("incompatible rcfile, you should delete '{}'", path);
      return loaded;
    }
    if (own) parse_own_rc(read_text_file(loaded.files.own_path()).text, loaded.settings);
  }
  apply_system_rc(loaded.settings);
  return loaded;
}

std::string save_rc(const RcFiles& files, const Settings& settings) {
  if (files.path.empty()) return "Failed: neither HOME nor XDG_CONFIG_HOME is set";
  const auto failure = [](const std::string& path, int error) {
    return formatted("Failed '{}' open: {}", path, std::strerror(error));
  };
  if (const int error = write_text_file(files.path, write_rc(settings)))
    return failure(files.path, error);
  if (const int error = write_text_file(files.own_path(), write_own_rc(settings)))
    return failure(files.own_path(), error);
  return {};
}

}  // namespace cvtools::top
