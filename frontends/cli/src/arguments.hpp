#pragma once

#include "caller.hpp"
#include "flag.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::cli {

/// What a valid command line said. Getters take a flag's kebab-case name without dashes, and fall
/// back to the table's default; a name that the command does not have reads as not given.
class Arguments {
 public:
  Arguments() = default;
  Arguments(CommandId command, Mode mode) : command_(command), mode_(mode) {}

  /// Who gave it; null: the process itself.
  const Caller* caller() const { return caller_.get(); }
  void set_caller(std::shared_ptr<const Caller> caller) { caller_ = std::move(caller); }
  /// The folder that relative paths and defaults start from: absolute.
  std::string working_directory() const;

  CommandId command() const { return command_; }
  Mode mode() const { return mode_; }

  /// Whether the user wrote the flag at all.
  bool given(std::string_view name) const;
  /// The value, the last one when there are several; the default, or "" when there is none.
  std::string text(std::string_view name) const;
  /// Like `text`, but absent when empty: the dialect's "flag without a value" counts as not given.
  std::optional<std::string> text_if(std::string_view name) const;
  bool flag(std::string_view name) const;
  /// The number; absent when not given or not a whole number that fits.
  std::optional<int> number(std::string_view name) const;
  /// Every value in the order given; empty ones are left out.
  std::vector<std::string> list(std::string_view name) const;

  /// Every value as given, empty ones too.
  std::vector<std::string> all(std::string_view name) const;

  /// The arguments without dashes after the command's own words; for exec the command line to run.
  const std::vector<std::string>& positionals() const { return positionals_; }
  /// The positional at `index`, or "".
  std::string positional(std::size_t index) const;

  /// For the parser: one more value of `flag`.
  void add(const Flag& flag, std::string value);
  void set_positionals(std::vector<std::string> words) { positionals_ = std::move(words); }
  /// Every value of `flag` as given, empty ones too; null when it was not given.
  const std::vector<std::string>* values(const Flag& flag) const;

 private:
  struct Given {
    const Flag* flag;
    std::vector<std::string> values;
  };
  const std::vector<std::string>* find(std::string_view name) const;

  CommandId command_ = CommandId::top;
  Mode mode_ = Mode::fairlead;
  std::shared_ptr<const Caller> caller_;
  std::vector<Given> given_;
  std::vector<std::string> positionals_;
};

}  // namespace fairlead::cli
