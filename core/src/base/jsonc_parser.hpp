#pragma once

#include "base/jsonc.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// The inside of jsonc.hpp: a recursive reader with one function per part of the grammar.
namespace fairlead::jsonc {

using Json = nlohmann::ordered_json;

/// The location of byte `offset` in `text`.
SourceLocation location_of(std::string_view text, std::size_t offset, const std::string& file);

/// Where each value and each member name begins, by JSON pointer.
class Recorder {
 public:
  struct Place {
    std::size_t value = 0;
    std::size_t name = 0;
  };

  void enter_value(std::size_t offset) { places_[pointer_].value = offset; }
  void enter_member(std::string_view name, std::size_t offset) {
    lengths_.push_back(pointer_.size());
    pointer_ += pointer_token(name);
    places_[pointer_] = {offset, offset};
  }
  void enter_item(std::size_t index, std::size_t offset) {
    enter_member(std::to_string(index), offset);
  }
  void leave() {
    pointer_.resize(lengths_.back());
    lengths_.pop_back();
  }

  /// The nearest enclosing place that is known; the root always is.
  Place find(std::string pointer) const {
    for (;;) {
      const auto found = places_.find(pointer);
      if (found != places_.end()) return found->second;
      const std::size_t slash = pointer.rfind('/');
      if (slash == std::string::npos) return {};
      pointer.resize(slash);
    }
  }

 private:
  std::string pointer_;
  std::vector<std::size_t> lengths_;
  std::unordered_map<std::string, Place> places_;
};

class Parser {
 public:
  Parser(std::string_view text, const JsoncOptions& options, Recorder* recorder)
      : text_(text), options_(options), recorder_(recorder) {}

  std::optional<Json> document();

 private:
  [[noreturn]] void fail(std::size_t offset, std::string message, std::string hint = {}) const;
  /// A fault that lenient reading steps over.
  void fault(std::size_t offset, std::string message, std::string hint = {}) const {
    if (!options_.lenient) fail(offset, std::move(message), std::move(hint));
    if (options_.findings != nullptr) note(offset, std::move(message), std::move(hint));
  }
  void note(std::size_t offset, std::string message, std::string hint) const;
  void note_repeated(const std::vector<std::pair<std::string, Json>>& members,
                     const std::vector<std::size_t>& offsets) const;

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  char peek_next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }
  std::string found() const;

  void skip_blanks();
  void skip_comment();
  void skip_word();
  void skip_to_separator();

  std::optional<Json> value(int depth);
  Json object(int depth);
  Json array(int depth);
  bool member(std::vector<std::pair<std::string, Json>>& members, int depth);
  bool separator(char close, bool& need_comma, std::size_t open);
  std::optional<Json> number();
  std::optional<Json> word();
  std::string string();
  void escape(std::string& out);
  std::optional<char32_t> hex4();

  std::string_view text_;
  const JsoncOptions& options_;
  Recorder* recorder_;
  std::size_t at_ = 0;
};

}  // namespace fairlead::jsonc
