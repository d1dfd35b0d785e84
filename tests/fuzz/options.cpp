// SPDX-License-Identifier: Apache-2.0
// The command line of every tool. A byte says which, one what the environment sets, then come its
// arguments, a NUL between each two. Nothing is run; getopt_long(3) says what is right.
#include <getopt.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "containerview/options.hpp"
#include "containerviewd/options.hpp"
#include "free/options.hpp"
#include "iostat/options.hpp"
#include "nproc/options.hpp"
#include "require.hpp"
#include "top/options.hpp"
#include "unit/tools/tool_run.hpp"
#include "uptime/options.hpp"
#include "vmstat/options.hpp"

namespace fuzz {
namespace {

using namespace cvtools;

template <auto kParse>
bool parses(Environment& environment, int& status) {
  return kParse(environment, status).has_value();
}

struct Tool {
  const OptionTable& (*table)();
  bool (*parse)(Environment& environment, int& status);
  bool by_getopt = true;  // iostat's classic tool takes its line apart itself
};
constexpr Tool kTools[] = {
    {containerview_option_table, parses<parse_containerview_options>},
    {containerviewd_option_table, parses<parse_daemon_options>},
    {free_option_table, parses<parse_free_options>},
    {iostat_option_table, parses<parse_iostat_options>, false},
    {nproc_option_table, parses<parse_nproc_options>},
    {top_option_table, parses<parse_top_options>},
    {uptime_option_table, parses<parse_uptime_options>},
    {vmstat_option_table, parses<parse_vmstat_options>},
};

// One for all runs: what was written before is cut off.
class Sink {
 public:
  Output& begin() {
    require(ftruncate(file_.fd(), 0) == 0 && lseek(file_.fd(), 0, SEEK_SET) == 0, "it is empty");
    return out_.emplace(file_.fd());
  }
  std::string text() {
    require(out_->flush(), "it can be written");
    return file_.text();
  }

 private:
  MemoryFile file_;
  std::optional<Output> out_;
};

void parse(const Tool& tool, const std::vector<const char*>& argv, std::uint8_t world) {
  static Sink out_sink, err_sink;
  Environment environment{.args = argv, .out = out_sink.begin(), .err = err_sink.begin()};
  environment.out_is_terminal = (world & 1) != 0;
  environment.posixly_correct = (world & 2) != 0;
  environment.procps_container = (world & 4) != 0;
  // Any of the words may stand in a variable too.
  const char* const word = argv.back();
  if ((world & 8) != 0) environment.time_format = environment.scope = environment.cache_used = word;
  if ((world & 16) != 0) environment.columns = environment.lines = word;
  if ((world & 32) != 0) environment.omp_num_threads = environment.omp_thread_limit = word;
  int status = -1;
  const bool goes_on = tool.parse(environment, status);
  const std::string out = out_sink.text();
  const std::string err = err_sink.text();
  require_printable(out, "what is printed is printable", true);
  require_printable(err, "what is complained about is printable", true);
  if (goes_on) {
    require(out.empty(), "what goes on has printed nothing", out);
    return;
  }
  require(status >= 0 && status <= 2, "a line that ends has a status");
  require(status == 0 ? !out.empty() && err.empty() : !err.empty(),
          "help is on stdout, errors are on stderr", out + err);
  require(status == 0 || err.ends_with('\n'), "a complaint is whole lines", err);
}

// What getopt_long(3) makes of the same line, by the classic options alone.
class Oracle {
 public:
  explicit Oracle(const OptionTable& table) {
    for (const auto& group : {table.classic, table.info})
      for (const OptionSpec& spec : group) options_.push_back(&spec);
    for (std::size_t i = 0; i < options_.size(); ++i) {
      const OptionSpec& spec = *options_[i];
      const int argument = spec.argument != nullptr ? required_argument : no_argument;
      if (spec.long_name != nullptr)
        longs_.push_back({spec.long_name, argument, nullptr, kLong + static_cast<int>(i)});
      if (spec.short_name != '\0') {
        shorts_ += spec.short_name;
        if (spec.argument != nullptr) shorts_ += ':';
      }
    }
    longs_.push_back({});
  }

  void check(const OptionTable& table, std::span<const char* const> args) {
    const Arguments found = scan_arguments(table, args);
    for (const Arguments::Item& item : found.items)
      if (item.option->argument_optional || item.option->ends_line) return;  // more than getopt can
    std::string name = "tool";
    std::vector<char*> argv{name.data()};
    for (const char* arg : args) argv.push_back(const_cast<char*>(arg));
    argv.push_back(nullptr);
    const int argc = static_cast<int>(argv.size()) - 1;
    optind = 0;  // glibc: from the beginning
    opterr = 0;
    std::size_t at = 0;
    while (true) {
      const int option = getopt_long(argc, argv.data(), shorts_.c_str(), longs_.data(), nullptr);
      if (option == -1) break;
      if (option == '?') {
        require(!found.error.empty() && at == found.items.size(), "getopt refuses it", found.error);
        return;
      }
      require(at < found.items.size(), "getopt takes one more", found.error);
      const Arguments::Item& item = found.items[at++];
      require(item.option == spec_of(option), "getopt takes another option");
      require(item.value == (optarg != nullptr && item.option->argument != nullptr ? optarg : ""),
              "getopt takes another value", item.value);
    }
    require(found.error.empty(), "getopt has nothing against it", found.error);
    require(at == found.items.size(), "getopt takes fewer");
    require(found.operands.size() == static_cast<std::size_t>(argc - optind), "operands are those");
    for (std::size_t i = 0; i < found.operands.size(); ++i)
      require(found.operands[i] == argv[static_cast<std::size_t>(optind) + i], "in that order");
  }

 private:
  static constexpr int kLong = 1000;

  const OptionSpec* spec_of(int option) const {
    if (option >= kLong) return options_[static_cast<std::size_t>(option - kLong)];
    for (const OptionSpec* spec : options_)
      if (spec->short_name == option) return spec;
    return nullptr;
  }

  std::vector<const OptionSpec*> options_;
  std::vector<option> longs_;
  std::string shorts_;
};

void run(Input input) {
  const Tool& tool = kTools[input.byte() % std::size(kTools)];
  const std::uint8_t world = input.byte();
  std::vector<std::string> words{tool.table().tool};
  while (!input.empty()) words.emplace_back(input.part());
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  parse(tool, argv, world);
  if (!tool.by_getopt) return;
  OptionTable classic = tool.table();
  classic.own = {};
  Oracle(classic).check(classic, std::span(argv).subspan(1));
}

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run({data, size});
  return 0;
}
