#pragma once

#include <string>
#include <string_view>

/// Small pieces of Dockerfile syntax, written and cut. Pure. `escape` is the file's escape
/// character, which a directive at its top may change to a backtick.
namespace fairlead {

/// `text` in double quotes. With `expand` its `$NAME` and `${NAME}` stay references (FEAT-022),
/// else they are literal. A line end, which no quoting can carry, becomes a reference to
/// `newline_argument`.
std::string dockerfile_quoted(std::string_view text, bool expand, char escape);

/// The build argument that stands for a line end; declare it where `dockerfile_quoted` needs it.
inline constexpr const char* newline_argument = "_DEV_CONTAINERS_NEWLINE";

/// Whether ENV can set a variable of this name.
bool is_environment_name(std::string_view name);

/// The LABEL instruction for the text of `devcontainer.metadata`, a JSON array (or one object): one
/// line per entry, because a line of a Dockerfile ends at 65535 bytes (IMG-035).
/// Throws Error "features.label" when `metadata` is not JSON.
std::string metadata_label_lines(std::string_view metadata, char escape);

/// A Dockerfile taken apart, so that something can be put below the directives at its top, which
/// count only there.
struct DockerfileParts {
  std::string
      directives;  ///< "# syntax=…", "# escape=…", with line ends; `syntax` left out if asked
  std::string body;
  char escape = '\\';
};

DockerfileParts split_directives(std::string_view text, bool omit_syntax);

/// `body` up to the end of `stage`. The classic builder runs every stage that stands before its
/// target, also those that nothing uses (BLD-004). Unchanged when there is no such stage.
std::string cut_after_stage(std::string_view body, std::string_view stage, char escape);

}  // namespace fairlead
