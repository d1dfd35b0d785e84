// SPDX-License-Identifier: Apache-2.0
#include "nproc/count.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>

namespace cvtools {
namespace {

using containerview::Quality;

constexpr std::string_view kBlanks = " \t\n\v\f\r";

CpuCount first_known(std::initializer_list<std::optional<std::uint32_t>> counts) {
  for (const auto& count : counts)
    if (count) return {static_cast<double>(*count), Quality::kExact};
  return {};
}

CpuCount allowed_cpus(const containerview::Cpus& cpus, bool all, bool host) {
  // The affinity comes last: without /sys it is all that is known.
  if (all) return first_known({cpus.installed_count(), cpus.online_count(), cpus.affinity_count()});
  if (host) return first_known({cpus.affinity_count(), cpus.online_count()});
  return {cpus.usable_cpus(), cpus.quality(CV_CPUS_USABLE)};
}

}  // namespace

std::uint64_t parse_omp_threads(const char* text) {
  if (text == nullptr) return 0;
  std::string_view rest = text;
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error == std::errc::invalid_argument) return 0;
  if (error == std::errc::result_out_of_range) value = std::numeric_limits<std::uint64_t>::max();
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  return rest.empty() || rest.front() == ',' ? value : 0;
}

std::uint64_t whole(double cpus, Rounding rounding) {
  constexpr double kTooLarge = 18446744073709551616.0;  // OMP_NUM_THREADS can be anything
  if (cpus >= kTooLarge) return std::numeric_limits<std::uint64_t>::max();
  const auto floor = static_cast<std::uint64_t>(cpus);
  const double rest = cpus - static_cast<double>(floor);
  const bool up = rounding == Rounding::kCeil     ? rest > 0
                  : rounding == Rounding::kHalfUp ? rest >= 0.5
                                                  : false;
  return std::max<std::uint64_t>(floor + (up ? 1 : 0), 1);
}

CpuCount count_cpus(const containerview::Cpus& cpus, const NprocOptions& options,
                    const OmpThreads& omp, bool host) {
  CpuCount count = allowed_cpus(cpus, options.all, host);
  if (!options.all) {
    if (omp.number != 0) count = {static_cast<double>(omp.number), Quality::kExact};
    if (omp.limit != 0 && count.fraction)
      count.fraction = std::min(*count.fraction, static_cast<double>(omp.limit));
  }
  if (count.fraction) {
    const double least = std::min(*count.fraction, 1.0);
    count.fraction = std::max(*count.fraction - static_cast<double>(options.ignore), least);
  }
  return count;
}

}  // namespace cvtools
