#include "project.hpp"

namespace fairlead::compose {
namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::string sanitised(std::string_view name) {
  std::string text;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') text += c;
  }
  return text;
}

std::string project_name(const NameSources& sources) {
  if (auto name = sanitised(sources.variable); !name.empty()) return name;
  if (auto name = sanitised(sources.env_file); !name.empty()) return name;
  // v2 calls every project without a name after its folder, which is ".devcontainer" for most.
  const bool invented = sources.configured == "devcontainer" && !sources.name_is_in_a_file;
  if (!sources.configured.empty() && !invented) return sanitised(sources.configured);
  const auto folder = sources.first_file.empty() ? sources.folder : folder_of(sources.first_file);
  if (folder == sources.folder + "/.devcontainer") {
    return sanitised(name_of(sources.folder) + "_devcontainer");
  }
  return sanitised(name_of(folder));
}

}  // namespace fairlead::compose
