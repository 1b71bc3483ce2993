#include "spec/identity.hpp"

#include "base/json_text.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "spec/posix_path.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

using LabelList = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view folder_label = "devcontainer.local_folder";
constexpr std::string_view file_label = "devcontainer.config_file";

/// `.+=.+`: a name and a value, split at the first '=' that leaves a name.
std::pair<std::string, std::string> split_label(const std::string& word) {
  const std::size_t equals = word.find('=', 1);
  if (equals == std::string::npos || equals + 1 >= word.size()) {
    throw Error(Status::invalid, "config.id_label",
                "the id label '" + word + "' is not of the form <name>=<value>");
  }
  return {word.substr(0, equals), word.substr(equals + 1)};
}

bool is_separator(char c) { return c == '.' || c == '_' || c == '-'; }

/// How much of a run of separators an image name may keep: one dot, up to two underscores, or
/// dashes.
std::size_t legal_prefix(std::string_view run) {
  if (run[0] == '.') return 1;
  if (run[0] == '_') return run.substr(0, 2) == "__" ? 2 : 1;
  return std::min(run.find_first_not_of('-'), run.size());
}

/// An image name of what an image name may hold.
std::string to_image_name(std::string_view text) {
  std::string kept;
  for (const char c : to_lower(text)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_separator(c)) kept += c;
  }
  std::string out;
  for (std::size_t at = 0; at < kept.size();) {
    if (!is_separator(kept[at])) {
      out += kept[at++];
      continue;
    }
    std::size_t end = at;
    while (end < kept.size() && is_separator(kept[end])) ++end;
    const std::string_view run = std::string_view(kept).substr(at, end - at);
    out += run.substr(0, legal_prefix(run));
    at = end;
  }
  return out;
}

/// `whose` is what the folder is told apart by.
std::string folder_image_name(const std::string& folder, const std::string& whose) {
  return to_image_name("vsc-" + posix_path::basename(folder) + '-' + sha256_hex(whose));
}

}  // namespace

std::string devcontainer_id(const LabelList& id_labels) {
  const std::map<std::string, std::string> sorted(id_labels.begin(), id_labels.end());
  std::string text;
  for (const auto& [name, value] : sorted) {
    text += text.empty() ? '{' : ',';
    text += json_quoted(name) + ':' + json_quoted(value);
  }
  return to_base32(sha256(text.empty() ? "{}" : text + '}'));
}

Identity resolve_identity(const ConfigDocument& document,
                          const std::vector<std::string>& id_labels) {
  Identity out;
  const std::string& folder = document.workspace.local_folder;
  for (const auto& word : id_labels) out.id_labels.push_back(split_label(word));
  if (out.id_labels.empty()) {
    if (!folder.empty()) {
      out.id_labels.emplace_back(folder_label, folder);
      out.legacy_labels.emplace_back(folder_label, folder);
    }
    out.id_labels.emplace_back(file_label, document.config_file);
  }
  out.devcontainer_id = devcontainer_id(out.id_labels);
  if (!folder.empty()) out.folder_image_name = folder_image_name(folder, folder);
  return out;
}

Identity of_machine(Identity identity, const ConfigDocument& document, const std::string& machine) {
  // Only the default identity knows labels of old.
  if (machine.empty() || identity.legacy_labels.empty()) return identity;
  const std::string& folder = document.workspace.local_folder;
  identity.id_labels.emplace_back(machine_label, machine);
  identity.devcontainer_id = devcontainer_id(identity.id_labels);
  identity.folder_image_name = folder_image_name(folder, folder + '\n' + machine);
  return identity;
}

}  // namespace fairlead
