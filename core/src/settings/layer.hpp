#pragma once

#include <fairlead/settings.hpp>

#include <string>
#include <variant>
#include <vector>

/// What was read before it is judged: the common form of all sources.
namespace fairlead {

/// Text whose meaning depends on the type of the setting (environment and command line).
struct UntypedText {
  std::string text;
};

/// A value that no setting can have, described for the message ("a date").
struct ForeignValue {
  std::string what;
};

using RawValue = std::variant<std::string, bool, std::int64_t, std::vector<std::string>,
                              UntypedText, ForeignValue>;

struct LayerEntry {
  std::string key;
  RawValue value;
  SourceLocation where;  ///< without `text`
};

struct Layer {
  SettingsLayer layer = SettingsLayer::defaults;
  std::string content;  ///< of the file, for the caret display
  std::vector<LayerEntry> entries;
  bool as_project = false;  ///< may set only what a project may
};

struct SettingsLayers::State {
  std::vector<Layer> files;  ///< defaults to project, rising
  Environment variables;     ///< those that begin with FAIRLEAD_
  Layer command_line;
  std::vector<SettingsWarning> warnings;
  std::string user_file;  ///< where the user's own settings belong
  std::vector<std::string> allowed_hosts;
};

}  // namespace fairlead
