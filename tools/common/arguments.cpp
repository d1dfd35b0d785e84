// SPDX-License-Identifier: Apache-2.0
#include "common/arguments.hpp"

#include "common/formatted.hpp"

namespace cvtools {
namespace {

using Matches = std::vector<const OptionSpec*>;

template <typename Match>
Matches find_all(std::span<const OptionSpec> options, Match&& match) {
  Matches found;
  for (const OptionSpec& option : options) {
    if (match(option)) found.push_back(&option);
  }
  return found;
}

// What the classic tool would find comes first; our own options are asked only where it finds
// nothing. So no abbreviation that works there (`uptime --pre`) is broken by an option of ours.
template <typename Match>
Matches find(const OptionTable& table, Match&& match) {
  Matches found = find_all(table.classic, match);
  const Matches info = find_all(table.info, match);
  found.insert(found.end(), info.begin(), info.end());
  if (found.empty()) found = find_all(table.own, match);
  return found;
}

class Scanner {
 public:
  Scanner(const OptionTable& table, std::span<const char* const> args)
      : table_(table), args_(args) {}

  Arguments run() {
    while (next_ < args_.size() && result_.error.empty()) {
      const std::string_view argument = args_[next_++];
      if (argument == "--") {
        for (; next_ < args_.size(); ++next_) add_operand(args_[next_]);
      } else if (argument.starts_with("--")) {
        scan_long(argument.substr(2));
      } else if (argument.size() > 1 && argument.front() == '-') {
        scan_short(argument.substr(1));
      } else {
        add_operand(argument);
      }
    }
    // Behind an option that ends the line the classic tool sees neither errors nor operands.
    if (ended_) result_.error.clear();
    return std::move(result_);
  }

 private:
  void scan_long(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    Matches found = find(
        table_, [&](const OptionSpec& o) { return o.long_name != nullptr && name == o.long_name; });
    if (found.empty()) {
      found = find(table_, [&](const OptionSpec& o) {
        return o.long_name != nullptr && std::string_view(o.long_name).starts_with(name);
      });
    }
    if (found.empty()) {
      result_.error = formatted("unrecognized option '--{}'", text);
    } else if (found.size() > 1) {
      result_.error = formatted("option '--{}' is ambiguous; possibilities:", text);
      for (const OptionSpec* option : found) {
        result_.error += formatted(" '--{}'", option->long_name);
      }
    } else if (equals == std::string_view::npos) {
      take(*found.front(), "option '--{}' requires an argument", found.front()->long_name);
    } else if (found.front()->argument == nullptr) {
      result_.error =
          formatted("option '--{}' doesn't allow an argument", found.front()->long_name);
    } else {
      add(*found.front(), text.substr(equals + 1));
    }
  }

  // One or more options behind a single '-'; the first that takes an argument takes what is left.
  void scan_short(std::string_view text) {
    while (!text.empty() && result_.error.empty()) {
      const char name = text.front();
      text.remove_prefix(1);
      const Matches found = find(table_, [&](const OptionSpec& o) { return name == o.short_name; });
      if (found.empty()) {
        result_.error = formatted("invalid option -- '{}'", name);
      } else if (found.front()->argument != nullptr && !text.empty()) {
        add(*found.front(), text);
        return;
      } else {
        take(*found.front(), "option requires an argument -- '{}'", name);
      }
    }
  }

  // A flag, or an option whose value is the next argument, whatever that looks like.
  template <typename Name>
  void take(const OptionSpec& option, fmt::format_string<const Name&> missing, const Name& name) {
    const bool left_out = option.argument_optional &&
                          (next_ >= args_.size() || *args_[next_] < '0' || *args_[next_] > '9');
    if (option.argument == nullptr || left_out) {
      add(option, "");
    } else if (next_ < args_.size()) {
      add(option, args_[next_++]);
    } else {
      result_.error = formatted(missing, name);
    }
  }

  void add(const OptionSpec& option, std::string_view value) {
    const bool is_own =
        &option >= table_.own.data() && &option < table_.own.data() + table_.own.size();
    if (ended_ && !is_own) return;
    result_.items.push_back({&option, value});
    ended_ = ended_ || option.ends_line;
  }

  void add_operand(std::string_view operand) {
    if (!ended_) result_.operands.push_back(operand);
  }

  const OptionTable& table_;
  std::span<const char* const> args_;
  std::size_t next_ = 0;
  bool ended_ = false;
  Arguments result_;
};

}  // namespace

Arguments scan_arguments(const OptionTable& table, std::span<const char* const> args) {
  return Scanner(table, args).run();
}

}  // namespace cvtools
