#include "features/shell_text.hpp"

namespace fairlead {
namespace {

constexpr std::string_view rule =
    "===========================================================================";

std::string failure_text(const PlannedFeature& feature, const FeatureMetadata& metadata) {
  const std::string& name = metadata.name.empty() ? metadata.id : metadata.name;
  std::string text = "ERROR: Feature \"" + name + "\" (" + feature.id + ") failed to install!";
  if (!metadata.documentation_url.empty()) {
    text += " Look at the documentation at " + metadata.documentation_url +
            " for help troubleshooting this error.";
  }
  return text;
}

// What the log of the build shows; several lines, no line end behind the last.
std::string banner(const PlannedFeature& feature, const FeatureMetadata& metadata) {
  std::string text(rule);
  if (metadata.deprecated) {
    text += "\n(!) WARNING: Using the deprecated Feature \"" + metadata.id +
            "\". This Feature will no longer receive any further updates/support.";
  }
  if (!metadata.legacy_ids.empty() && !metadata.current_id.empty() &&
      metadata.id != metadata.current_id) {
    text +=
        "\n(!) WARNING: This feature has been renamed. Please update the reference in "
        "devcontainer.json to \"" +
        metadata.current_id + "\".";
  }
  text += "\nFeature       : " + metadata.name;
  text += "\nDescription   : " + metadata.description;
  text += "\nId            : " + feature.id;
  text += "\nVersion       : " + metadata.version;
  text += "\nDocumentation : " + metadata.documentation_url;
  text += "\nOptions       :";
  for (const auto& [name, value] : feature.options) {
    text += "\n    " + option_variable(name) + "=\"" + value + "\"";
  }
  return text + "\n" + std::string(rule);
}

// "1000:1000" names a user and a group; features want the user.
std::string user_part(const std::string& user) { return user.substr(0, user.find(':')); }

}  // namespace

std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string options_file(const PlannedFeature& feature) {
  std::string text;
  for (const auto& [name, value] : feature.options) {
    const std::string variable = option_variable(name);
    if (!variable.empty()) text += variable + "=" + shell_quoted(value) + "\n";
  }
  return text;
}

std::string users_file(const std::string& container_user, const std::string& remote_user) {
  return "_CONTAINER_USER=" + shell_quoted(user_part(container_user)) +
         "\n_REMOTE_USER=" + shell_quoted(user_part(remote_user)) + "\n";
}

std::string install_script(const PlannedFeature& feature, const FeatureMetadata& metadata) {
  return "#!/bin/sh\n"
         "set -e\n"
         "\n"
         "say_who_failed() {\n"
         "  [ $? -eq 0 ] || printf '%s\\n' " +
         shell_quoted(failure_text(feature, metadata)) +
         "\n"
         "}\n"
         "trap say_who_failed EXIT\n"
         "\n"
         "printf '%s\\n' " +
         shell_quoted(banner(feature, metadata)) +
         "\n"
         "\n"
         "set -a\n"
         ". ../devcontainer-features.builtin.env\n"
         ". ./devcontainer-features.env\n"
         "set +a\n"
         "\n"
         "chmod +x ./install.sh\n"
         "./install.sh\n";
}

}  // namespace fairlead
