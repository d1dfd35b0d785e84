// SPDX-License-Identifier: Apache-2.0
#include "multicall/all_tools.hpp"

#include "containerview/command.hpp"
#include "containerview/options.hpp"
#include "containerviewd/daemon.hpp"
#include "containerviewd/options.hpp"
#include "free/free.hpp"
#include "free/options.hpp"
#include "iostat/iostat.hpp"
#include "iostat/options.hpp"
#include "nproc/nproc.hpp"
#include "nproc/options.hpp"
#include "top/options.hpp"
#include "top/top.hpp"
#include "uptime/options.hpp"
#include "uptime/uptime.hpp"
#include "vmstat/options.hpp"
#include "vmstat/vmstat.hpp"

namespace cvtools {

std::span<const Tool> all_tools() {
  static constexpr Tool kTools[] = {
      {containerview_option_table, run_containerview},
      {containerviewd_option_table, run_containerviewd},
      {free_option_table, run_free},
      {iostat_option_table, run_iostat},
      {nproc_option_table, run_nproc},
      {top_option_table, run_top},
      {uptime_option_table, run_uptime},
      {vmstat_option_table, run_vmstat},
  };
  return kTools;
}

}  // namespace cvtools
