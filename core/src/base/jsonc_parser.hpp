#pragma once

#include "base/jsonc.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The inside of jsonc.hpp: a recursive reader with one function per part of the grammar.
namespace fairlead::jsonc {

using Json = nlohmann::ordered_json;

/// The location of byte `offset` in `text`.
SourceLocation location_of(std::string_view text, std::size_t offset, const std::string& file);
/// Those of many, in their order, in one walk through the text.
std::vector<SourceLocation> locations_of(std::string_view text,
                                         const std::vector<std::size_t>& offsets,
                                         const std::string& file);

/// A number's JSON text; infinite beyond what a double holds.
Json number_of(std::string_view text);
/// Members into an object; of equal names the last value at the first place. In linear time.
Json make_object(std::vector<std::pair<std::string, Json>> members);
/// Throws Error "config.depth" or "config.too_large" at a value that is one too many.
void require_bounds(std::string_view text, std::size_t at, int depth, std::size_t values,
                    const std::string& file);

/// Where the values that are asked for, and the names that lead to them, begin. It remembers those
/// and no others: a hostile file has many values under long names.
class Recorder {
 public:
  struct Place {
    std::size_t value = 0;
    std::size_t name = 0;
  };

  explicit Recorder(const std::vector<std::string>& pointers);

  void enter_value(std::size_t offset);
  void enter_member(std::string_view name, std::size_t offset);
  void enter_item(std::size_t index, std::size_t offset);
  void leave();

  /// The nearest enclosing place that is there; the root always is.
  Place find(const std::string& pointer) const;

 private:
  struct Node {
    Place place;
    bool found = false;
    std::map<std::string, std::size_t, std::less<>> children;  ///< by reference token
  };
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  std::size_t child_of(std::size_t node, std::string_view token) const;

  std::vector<Node> nodes_{1};
  std::vector<std::size_t> way_{0};  ///< the root to where the reader is; `nowhere`: not asked for
};

class Parser {
 public:
  Parser(std::string_view text, const JsoncOptions& options, Recorder* recorder)
      : text_(text), options_(options), recorder_(recorder) {}

  std::optional<Json> document();

 private:
  [[noreturn]] void fail(std::size_t offset, std::string message, std::string hint = {}) const;
  /// A fault that lenient reading steps over.
  void fault(std::size_t offset, std::string message, std::string hint = {}) {
    if (!options_.lenient) fail(offset, std::move(message), std::move(hint));
    if (options_.findings != nullptr) note(offset, std::move(message), std::move(hint));
  }
  void note(std::size_t offset, std::string message, std::string hint);
  void note_repeated(const std::vector<std::pair<std::string, Json>>& members,
                     const std::vector<std::size_t>& offsets) const;

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  char peek_next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }
  std::string found() const;
  std::string_view character() const;

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
  std::size_t values_ = 0;                          ///< read so far
  std::pair<std::size_t, std::size_t> noted_line_;  ///< which the last noted fault stands in
};

}  // namespace fairlead::jsonc
