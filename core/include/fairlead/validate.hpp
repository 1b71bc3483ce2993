#pragma once

#include <fairlead/diagnostic.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Judging files that people write, without any engine. Nothing is substituted, no other file is
/// read and no process started, so the answer depends on the text alone. No function here has
/// global state; all may be called from any thread at the same time.
///
/// All diagnostics of a file are returned, in its order, each with its place; none: the file is as
/// the specification wants it. Codes: "config.syntax", "config.depth", "config.not_an_object",
/// "config.type", "config.value", "config.missing", "config.scenario", "config.variable" (errors);
/// "config.repeated", "config.unknown", "config.unused", "config.form" (warnings);
/// "config.deprecated" (notes). CFG-011..076, HOST-001..004, SEC-001.
namespace fairlead {

/// A devcontainer.json. One that has `extends`, or is called devcontainer.local.json, is a part of
/// a configuration and need not be complete.
std::vector<Diagnostic> validate_configuration(std::string_view text, const std::string& file);

/// A devcontainer-feature.json. FEAT-002, FEAT-003.
std::vector<Diagnostic> validate_feature(std::string_view text, const std::string& file);

/// A fairlead.toml of a project, without the options of plugins: codes "settings.*".
std::vector<Diagnostic> validate_settings(const std::string& file);

/// Reads and judges `file` by its name: devcontainer-feature.json, anything that ends in .toml, or
/// else a devcontainer.json. A file that cannot be read is a diagnostic "file.read" or
/// "file.missing".
std::vector<Diagnostic> validate_file(const std::string& file);

/// What there is to judge in `folder`: its configurations (list_configs), devcontainer.local.json,
/// devcontainer-feature.json and .devcontainer/fairlead.toml. Absolute when `folder` is.
std::vector<std::string> files_to_validate(const std::string& folder);

}  // namespace fairlead
