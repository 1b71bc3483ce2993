#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// A configuration in today's words.
struct Migration {
  std::string before;                ///< the whole file as it was
  std::string text;                  ///< as it should be; the same when there is nothing to do
  std::vector<std::string> changes;  ///< one sentence for each
};

/// Rewrites the properties of 2019 to where they stand now: `dockerFile` and `context` to `build`,
/// `extensions`, `settings` and `devPort` to `customizations.vscode`, `codespaces` to
/// `customizations.codespaces`, `${env:…}` to `${localEnv:…}`. Comments, order and layout of
/// everything else stay byte for byte. `appPort` is left: `forwardPorts` is not the same.
/// CFG-067..074. Where an old and a new property both say something, the old one is left, with a
/// sentence that says so. Any thread. Throws "config.syntax" and "config.not_an_object" with
/// `file` as the place.
Migration migrate_config(std::string_view text, const std::string& file);

/// The same for a file; with `write` it is replaced at once and whole, with its permissions kept
/// and links followed. Throws also "config.not_found", "config.read", "file.write".
Migration migrate_config_file(const std::string& file, bool write);

}  // namespace fairlead
