#pragma once

#include "files.hpp"
#include "tool.hpp"

#include <fairlead/model/resolve.hpp>

#include <map>
#include <optional>
#include <string>

namespace fairlead::compose {

/// What Compose was asked and said once, and everything that the answer depends on.
struct Evaluation {
  Tool tool;
  std::string tool_file;  ///< the program that is that tool; empty: not known
  std::vector<std::string> files;
  std::string env_file;
  std::string version_line;  ///< the files' format version, which v1 wants in an override, too
  std::vector<std::string> built;     ///< services that have a build section
  std::vector<std::string> profiles;  ///< of the primary service
  /// For each service whom it waits for, and for what ("service_healthy").
  std::map<std::string, std::map<std::string, std::string>> depends_on;
  std::vector<std::string> started;  ///< what `up` is about, each after those that it waits for
  bool says_a_label = false;         ///< the primary service, of SELinux
  std::string document;              ///< podman-compose: what it is told, before our own override
  ResolveGroupReply reply;

  std::map<std::string, std::string> file_marks;      ///< path to `mark_of_file`
  std::map<std::string, std::string> variable_marks;  ///< name to `mark_of_variable`
};

/// Short texts that change with the content; of what is not there, too. Values of variables cannot
/// be read back from theirs.
std::string mark_of_file(const Files& files, const std::string& path);
std::string mark_of_variable(const Environment& environment, const std::string& name);

/// The file of the tool's program, found as the shell and docker find it: when it goes, the tool is
/// to be looked for again. Empty: not found.
std::string file_of(const Tool& tool, const Environment& environment);

/// The name of the entry for a question with these words.
std::string entry_name(const std::vector<std::string>& words);

/// The entry in `folder`, which is this machine's, if everything that it depends on is as it was.
/// What cannot be read is not there.
std::optional<Evaluation> cached(const std::string& folder, const std::string& name,
                                 const Environment& environment, const Files& files);

/// Keeps it, readable by its owner alone; a failure only means that Compose is asked again.
void keep(const std::string& folder, const std::string& name, const Evaluation& evaluation);

/// Writes a file so that a reader sees all of it or the former one; makes its folder. Throws
/// Error(failed, "group.state").
void write_atomically(const std::string& path, std::string_view text);

}  // namespace fairlead::compose
