#pragma once

#include <fairlead/error.hpp>

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// How deep arrays and objects may stand in each other; a limit keeps hostile files off the stack.
inline constexpr int jsonc_depth_limit = 512;

/// What reading found and went on after; collected where somebody asks for all of it.
struct JsoncFindings {
  struct Repeated {
    std::string name;
    std::size_t offset;  ///< of the later one
  };
  std::vector<Error> faults;  ///< at most `limit`, one a line
  std::vector<Repeated> repeated;

  static constexpr std::size_t limit = 20;
};

struct JsoncOptions {
  std::string file;  ///< for error locations
  /// Go on silently after faults, with the values that the reference CLI gets: a missing comma or
  /// colon, text behind the value, something never closed. Otherwise the first fault is an Error.
  bool lenient = false;
  bool trailing_commas = true;  ///< false: a comma before the end is a fault too
  /// With `lenient`: says what is wrong, each fault in its place, and which names stand twice in
  /// one object. What follows a fault is guessed as a person would, not as the reference does.
  JsoncFindings* findings = nullptr;
};

/// The place of byte `offset` in `text`.
SourceLocation place_in(std::string_view text, std::size_t offset, const std::string& file);

/// Reads JSON with comments, trailing commas, a byte order mark and any line ends. Members keep
/// their order; of a repeated name the last value counts, at the place of the first. In linear
/// time. nullopt: nothing but blanks and comments. CFG-011..013. Throws Error "config.syntax" with
/// file, line and column, "config.depth" beyond the depth limit, "config.too_large" beyond 100,000
/// values.
std::optional<nlohmann::ordered_json> read_jsonc(std::string_view text,
                                                 const JsoncOptions& options);

/// The reverse way: where the values of a text that was read stand. Nothing is computed before it
/// is asked for, so reading without faults pays nothing for it.
class SourceMap {
 public:
  SourceMap(std::string text, JsoncOptions options);
  virtual ~SourceMap() = default;
  SourceMap(const SourceMap&) = delete;
  SourceMap& operator=(const SourceMap&) = delete;

  /// The place of each value, or with `names` of the member name that leads to it. Pointers are
  /// RFC 6901; one that leads nowhere gives the nearest enclosing value's place.
  virtual std::vector<SourceLocation> locate(const std::vector<std::string>& pointers,
                                             bool names = false) const;

 protected:
  SourceMap() = default;  ///< for one that knows of several texts

 private:
  std::string text_;
  JsoncOptions options_;
};

/// `name` as a reference token of a JSON pointer, with the leading slash.
std::string pointer_token(std::string_view name);

}  // namespace fairlead
