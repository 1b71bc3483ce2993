#pragma once

#include <fairlead/config_model.hpp>
#include <fairlead/events.hpp>

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Templates on their way into a project. TMPL-004..011.
namespace fairlead {

/// The values of `${templateOption:name}` by name.
using TemplateOptions = std::map<std::string, std::string>;

/// `given` with the defaults of what it does not name. The reference CLI leaves a default of
/// `false` out; `drop_in` does so too (edge case 67). `metadata` is JSON text with comments.
TemplateOptions template_options(std::string_view metadata, TemplateOptions given, bool drop_in);

/// Every `${templateOption: name }` replaced, by nothing where there is no value; other `${…}`
/// stay.
std::string with_template_options(std::string_view text, const TemplateOptions& options);

struct AddedFeature {
  std::string id;
  std::string options;  ///< JSON text
};

/// What a person chose.
struct TemplateChoices {
  TemplateOptions options;
  std::vector<AddedFeature> features;
  std::vector<std::string> omitted;  ///< "file", "folder/*"
  bool drop_in = false;
};

/// Whether a file of a template is for projects: not left out, nor its metadata, README.md or
/// NOTES.md (TMPL-008, TMPL-009).
bool belongs_to_project(const std::string& path, const std::vector<std::string>& omitted);

/// Puts the files of an unpacked template into `project` and adds the features to the first
/// devcontainer.json. `files` are relative to `from`, in the order in which they are reported.
/// Nothing is written through a link that leads out of `project`. Throws Error "template.unsafe",
/// what read_file and write_file throw.
void put_template(const std::filesystem::path& from, const std::vector<std::string>& files,
                  const std::filesystem::path& project, const TemplateChoices& choices,
                  const Log& log);

}  // namespace fairlead
