#include "engine/synced_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "engine/captured.hpp"
#include "engine/deadlines.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace fairlead {
namespace {

constexpr std::size_t key_length = 12;

std::string short_key(const std::string& text) { return sha256_hex(text).substr(0, key_length); }

bool goes_on(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}

/// What is read here, or runs here.
bool is_of_this_side(const std::string& name) {
  constexpr std::array<std::string_view, 8> names = {
      "initializeCommand", "build",    "dockerFile", "context",
      "dockerComposeFile", "features", "extends",    "configFilePath"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

void translate(nlohmann::ordered_json& value, const SyncedFolder& folder) {
  if (value.is_string()) value = folder.text_there(value.get<std::string>());
  if (!value.is_structured()) return;
  for (auto& member : value) translate(member, folder);
}

std::string name_of(const std::string& folder) { return folder.substr(folder.rfind('/') + 1); }

}  // namespace

std::string machine_key() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  const auto id = read_file_if_there("/etc/machine-id").value_or(std::string());
  return short_key(std::string(name.data()) + '\n' + std::string(trim(id)));
}

std::string SyncedFolder::path_there(const std::string& path) const {
  const bool inside = path == here || (path.starts_with(here) && path.size() > here.size() &&
                                       path[here.size()] == '/');
  return inside ? there + path.substr(here.size()) : path;
}

std::string SyncedFolder::text_there(const std::string& text) const {
  std::string out;
  std::size_t at = 0;
  for (auto found = text.find(here); found != std::string::npos; found = text.find(here, found)) {
    const auto end = found + here.size();
    const bool whole = (found == 0 || (!goes_on(text[found - 1]) && text[found - 1] != '/')) &&
                       (end == text.size() || !goes_on(text[end]));
    if (whole) {
      out.append(text, at, found - at).append(there);
      at = end;
    }
    found = end;
  }
  return out.append(text, at);
}

ConfigDocument SyncedFolder::document_there(ConfigDocument document) const {
  auto json = *document.json;
  for (auto& [name, value] : json.items()) {
    if (!is_of_this_side(name)) translate(value, *this);
  }
  document.json = std::make_shared<const nlohmann::ordered_json>(std::move(json));
  auto& workspace = document.workspace;
  if (workspace.mount) workspace.mount = text_there(*workspace.mount);
  if (workspace.additional_mount)
    workspace.additional_mount = text_there(*workspace.additional_mount);
  workspace.container_folder = path_there(workspace.container_folder);
  auto& variables = document.variables;
  variables.local_workspace_folder = path_there(variables.local_workspace_folder);
  variables.container_workspace_folder = path_there(variables.container_workspace_folder);
  return document;
}

std::shared_ptr<const SyncedFolder> synced_folder(Core& core, const Settings& settings,
                                                  const ConfigDocument& document,
                                                  const std::stop_token& stop) {
  const auto& address = settings.text("host");
  const auto& content = settings.text("content");
  if (core.mode() == Mode::drop_in || address == "local") return {};
  if (content != "sync" && content != "auto") return {};
  const auto& here = document.workspace.mount_root;
  if (here.size() < 2) return {};  // no folder, or everything
  const auto home = core.host(settings)->describe(question(stop)).home;
  auto there = settings.text("remote_workspace_folder");
  if (there.empty()) {
    there = home + "/.local/share/fairlead/synced/" + short_key(machine_key() + '\n' + here) + '/' +
            name_of(here);
  } else if (there.front() != '/') {
    there = home + '/' + there;
  }
  while (there.size() > 1 && there.back() == '/') there.pop_back();
  return std::make_shared<const SyncedFolder>(
      SyncedFolder{.host = address,
                   .here = here,
                   .there = there,
                   .home = home,
                   .key = short_key(address + '\n' + here + '\n' + there)});
}

Environment variables_there(Host& host, const std::stop_token& stop) {
  Environment found;
  const auto said = run_captured_on(host, {.argv = {"env", "-0"}}, stop).out;
  for (const auto line : split(said, '\0')) {
    const auto equals = line.find('=');
    if (equals != std::string_view::npos) {
      found.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  return found;
}

}  // namespace fairlead
