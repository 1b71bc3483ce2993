#pragma once

#include "spec/document.hpp"
#include "spec/json_access.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {

/// Takes typed values out of one JSON object and notes what has the wrong type. Absent members give
/// the empty value; so does, after a fault, one of a wrong type.
class Values {
 public:
  /// `written` is true for values as they stand in a file: a text that holds a variable then passes
  /// for any form, because nobody knows yet what it will be.
  Values(const Json& object, std::string pointer, Faults& faults, Mode mode, bool written = false)
      : object_(&object),
        pointer_(std::move(pointer)),
        faults_(&faults),
        mode_(mode),
        written_(written) {}

  Mode mode() const { return mode_; }
  Faults& faults() const { return *faults_; }
  bool wants_advice() const { return faults_->wants_advice(); }
  /// Whether `text` has the form it will be used in.
  bool settled(std::string_view text) const {
    return !written_ || text.find("${") == std::string_view::npos;
  }
  const Json* get(std::string_view name) const { return member(*object_, name); }
  std::string pointer(std::string_view name) const;
  /// An error of a value.
  void fault(std::string_view name, const std::string& message) const;
  void fault_at(const std::string& pointer, const std::string& message) const;
  /// An error of a value's type; `what` names it, `kinds` says what it may be.
  void wrong_type(const std::string& pointer, const std::string& what, std::string_view kinds,
                  const Json& value) const;
  void report(Fault fault) const { faults_->add(std::move(fault)); }
  /// A warning at a member's value.
  void warn(std::string_view name, std::string code, std::string message,
            std::string hint = {}) const;
  /// Warns about every member that is none of `names`; `owner` is what has them.
  void only(const std::vector<std::string>& names, std::string_view owner) const;

  /// The same over a member that is an object, or over an item of a member that is an array.
  Values below(std::string_view name, const Json& object) const;
  Values below(std::string_view name, const Json& object, std::size_t index) const;
  Values at(const std::string& pointer, const Json& object) const;

  std::string text(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  /// An array of strings; with `or_text` a string stands for an array of one.
  std::vector<std::string> texts(std::string_view name, bool or_text = false) const;
  /// The members of an object of strings, in order. In drop-in mode numbers and booleans become
  /// text.
  void each_text(std::string_view name,
                 const std::function<void(const std::string& key, std::string text)>& use) const;
  std::vector<std::pair<std::string, std::string>> text_map(std::string_view name) const;
  /// The member when it is an object, else null.
  const Json* object(std::string_view name) const;
  /// The member when it is an array, else null.
  const Json* array(std::string_view name) const;
  /// The index of the member's text in `choices`. Unknown texts are faults; the reference ignores
  /// them, and so does drop-in mode.
  std::optional<std::size_t> choice(std::string_view name,
                                    const std::vector<std::string>& choices) const;
  /// The scalar as text, or a fault at `where`.
  std::optional<std::string> scalar(const Json& value, const std::string& where,
                                    const std::string& label) const;

 private:
  const Json* expect(std::string_view name, Json::value_t type, std::string_view kind) const;

  const Json* object_;
  std::string pointer_;
  Faults* faults_;
  Mode mode_;
  bool written_;
};

}  // namespace fairlead
