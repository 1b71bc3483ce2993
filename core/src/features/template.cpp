#include "features/template.hpp"

#include "base/atomic_file.hpp"
#include "base/json_text.hpp"
#include "base/jsonc.hpp"
#include "base/jsonc_edit.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace fairlead {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view marker = "${templateOption:";
constexpr std::string_view blanks = " \t\r\n\f\v";
constexpr std::size_t reference_tab = 4;
constexpr std::array<std::string_view, 3> never_written = {"devcontainer-template.json",
                                                           "README.md", "NOTES.md"};

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The name in "${templateOption: name }", which begins `text`; empty: it is something else.
std::string_view option_name(std::string_view text, std::size_t& length) {
  const auto begin = text.find_first_not_of(blanks, marker.size());
  if (begin == std::string_view::npos) return {};
  auto end = begin;
  while (end < text.size() && is_word(text[end])) ++end;
  const auto close = text.find_first_not_of(blanks, end);
  if (end == begin || close == std::string_view::npos || text[close] != '}') return {};
  length = close + 1;
  return text.substr(begin, end - begin);
}

std::string default_text(const Json& option, bool drop_in) {
  const auto found = option.find("default");
  if (found == option.end() || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (drop_in && *found == Json(false)) return {};
  return json_text(*found);
}

// No folder on the way to `path` may be a link out of the project.
void require_inside(const fs::path& project, const fs::path& path) {
  const fs::path root = fs::weakly_canonical(project);
  const fs::path real = fs::weakly_canonical(project / path.parent_path());
  const auto inside = real.lexically_relative(root);
  if (!inside.empty() && *inside.begin() != "..") return;
  throw Error(
      Status::denied, "template.unsafe",
      "'" + path.string() + "' leads out of " + project.string() + "; nothing is written there",
      "A folder of the project is a link; remove it, or leave the file out.");
}

mode_t permissions_of(const fs::path& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 && (info.st_mode & S_IXUSR) != 0 ? 0755 : 0644;
}

std::string with_features(const std::string& text, const TemplateChoices& choices) {
  std::vector<JsoncMember> members;
  for (const AddedFeature& feature : choices.features) {
    members.push_back({.name = feature.id, .value = feature.options});
  }
  const JsoncStyle style = choices.drop_in
                               ? JsoncStyle{.indent = "\t", .blanks_per_level = reference_tab}
                               : JsoncStyle{.indent = jsonc_indent(text), .blanks_per_level = 0};
  return set_jsonc_members(text, {"features"}, members, style);
}

}  // namespace

TemplateOptions template_options(std::string_view metadata, TemplateOptions given, bool drop_in) {
  const auto document = read_jsonc(metadata, {.file = "devcontainer-template.json"});
  if (!document || !document->is_object()) return given;
  const auto options = document->find("options");
  if (options == document->end() || !options->is_object()) return given;
  for (const auto& [name, option] : options->items()) {
    if (option.is_object()) given.try_emplace(name, default_text(option, drop_in));
  }
  return given;
}

std::string with_template_options(std::string_view text, const TemplateOptions& options) {
  std::string result;
  while (true) {
    const auto at = text.find(marker);
    result += text.substr(0, at);
    if (at == std::string_view::npos) return result;
    text.remove_prefix(at);
    std::size_t length = marker.size();
    const std::string_view name = option_name(text, length);
    if (name.empty()) {
      result += text.substr(0, length);
    } else if (const auto found = options.find(std::string(name)); found != options.end()) {
      result += found->second;
    }
    text.remove_prefix(length);
  }
}

bool belongs_to_project(const std::string& path, const std::vector<std::string>& omitted) {
  if (std::find(never_written.begin(), never_written.end(), path) != never_written.end()) {
    return false;
  }
  return std::none_of(omitted.begin(), omitted.end(), [&path](const std::string& entry) {
    if (!entry.ends_with("/*")) return path == entry;
    return path.starts_with(std::string_view(entry).substr(0, entry.size() - 1));
  });
}

void put_template(const fs::path& from, const std::vector<std::string>& files,
                  const fs::path& project, const TemplateChoices& choices, const Log& log) {
  bool features_to_add = !choices.features.empty();
  for (const std::string& file : files) require_inside(project, file);
  for (const std::string& file : files) {
    std::string text = with_template_options(read_file(from / file), choices.options);
    if (features_to_add && file.ends_with("devcontainer.json")) {
      text = with_features(text, choices);
      features_to_add = false;
    }
    fs::create_directories((project / file).parent_path());
    write_file(project / file, text, permissions_of(from / file));
  }
  if (features_to_add) {
    log.text(LogLevel::error,
             "Could not find a devcontainer.json to apply selected Features onto.");
  }
}

}  // namespace fairlead
