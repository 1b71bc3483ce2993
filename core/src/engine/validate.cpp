#include "base/atomic_file.hpp"
#include "base/jsonc.hpp"
#include "engine/project_settings.hpp"
#include "features/reference.hpp"
#include "spec/judge.hpp"
#include "spec/posix_path.hpp"

#include <fairlead/config.hpp>
#include <fairlead/settings.hpp>
#include <fairlead/validate.hpp>

#include <algorithm>
#include <filesystem>

namespace fairlead {
namespace {

constexpr std::size_t longest_file = std::size_t{16} << 20U;

Diagnostic diagnostic_of(const Error& error) {
  return {Severity::error, error.code(), error.message(), error.hint(), error.where()};
}

/// The names of features, which no schema can judge. CFG-076.
void judge_references(Judged& judged) {
  const Json* features = member(*judged.root, "features");
  if (features == nullptr || !features->is_object()) return;
  for (const auto& [id, options] : features->items()) {
    if (id.find("${") != std::string::npos) continue;
    try {
      const auto reference = parse_feature_reference(id);
      if (reference.shorthand.empty()) continue;
      judged.faults.add({.pointer = "/features" + pointer_token(id),
                         .severity = Severity::note,
                         .code = "config.deprecated",
                         .message = '"' + id + "\" is an old name of a feature",
                         .hint = "write " + reference.id,
                         .at_name = true});
    } catch (const Error& error) {
      judged.faults.add({.pointer = "/features" + pointer_token(id),
                         .code = error.code(),
                         .message = error.message(),
                         .hint = error.hint(),
                         .at_name = true});
    }
  }
}

/// By the core's settings alone: what plugins declare is known only where they are installed, and
/// which hosts a project may choose is in the user's own settings.
std::vector<Diagnostic> judge_sources(const SettingsSources& sources) {
  std::vector<Diagnostic> out;
  try {
    const Settings settings = settle_settings(read_settings(sources));
    for (const auto& warning : settings.warnings()) {
      if (warning.code == "settings.project_host") continue;
      out.push_back(
          {Severity::warning, warning.code, warning.message, warning.hint, warning.where});
    }
  } catch (const Error& error) {
    out.push_back(diagnostic_of(error));
  }
  return out;
}

/// `customizations.fairlead` has the keys of fairlead.toml.
void judge_customizations(Judged& judged) {
  SettingsSources sources;
  sources.customizations = project_settings(*judged.root, *judged.source);
  if (sources.customizations.empty()) return;
  for (auto& said : judge_sources(sources)) judged.syntax.push_back(std::move(said));
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

}  // namespace

std::vector<Diagnostic> validate_configuration(std::string_view text, const std::string& file) {
  Judged judged = judge_configuration(text, file);
  if (judged.root) {
    judge_references(judged);
    judge_customizations(judged);
  }
  return judged.diagnostics();
}

std::vector<Diagnostic> validate_feature(std::string_view text, const std::string& file) {
  return judge_feature(text, file).diagnostics();
}

std::vector<Diagnostic> validate_settings(const std::string& file) {
  SettingsSources sources;
  sources.project = file;
  return judge_sources(sources);
}

std::vector<Diagnostic> validate_file(const std::string& file) {
  std::optional<std::string> text;
  try {
    text = read_file_if_there(file, longest_file);
  } catch (const Error& error) {
    Diagnostic unread = diagnostic_of(error);
    unread.code = "file.read";
    unread.where.file = file;
    return {unread};
  }
  if (!text)
    return {{Severity::error, "file.missing", "there is no such file", {}, {file, 0, 0, {}}}};
  const std::string name = posix_path::basename(file);
  if (name == "devcontainer-feature.json") return validate_feature(*text, file);
  if (name.ends_with(".toml")) return validate_settings(file);
  return validate_configuration(*text, file);
}

std::vector<std::string> files_to_validate(const std::string& folder) {
  auto found = list_configs(folder);
  for (const char* other : {".devcontainer/devcontainer.local.json", ".devcontainer/fairlead.toml",
                            ".devcontainer.local.json", "devcontainer-feature.json"}) {
    const std::string path = posix_path::resolve(folder, other);
    if (is_file(path)) found.push_back(path);
  }
  // The folder of a configuration itself, such as .devcontainer.
  const std::string own = posix_path::resolve(folder, "devcontainer.json");
  if (found.empty() && is_file(own)) found.push_back(own);
  return found;
}

}  // namespace fairlead
