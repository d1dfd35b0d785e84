// SPDX-License-Identifier: Apache-2.0
#include "common/environment.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <string>

#include "common/printable.hpp"

namespace cvtools {

std::string_view called_as(const Environment& environment) {
  if (environment.args.empty()) return "";
  return environment.args.front();
}

std::string_view short_name(const Environment& environment) {
  const std::string_view path = called_as(environment);
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

void complain(Environment& environment, std::string_view text) {
  complain_as(environment, short_name(environment), text);
}

void complain_as(Environment& environment, std::string_view name, std::string_view text) {
  environment.err.write(name);
  environment.err.write(": ");
  environment.err.write(printable(text));
  environment.err.write("\n");
  environment.err.flush();
}

int finish(Environment& environment, int status) {
  environment.out.flush();
  const int error = environment.out.error();
  if (error == 0 || error == EPIPE) return status;
  complain(environment, std::string("write error: ") + std::strerror(error));
  return environment.write_error_status;
}

int run_guarded(Environment& environment, int (*run)(Environment&)) {
  int status = 1;
  try {
    status = run(environment);
  } catch (const std::exception& error) {
    complain(environment, error.what());
  }
  return finish(environment, status);
}

}  // namespace cvtools
