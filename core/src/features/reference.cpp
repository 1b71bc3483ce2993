#include "features/reference.hpp"

#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace fairlead {
namespace {

constexpr std::string_view collection = "ghcr.io/devcontainers/features/";
constexpr std::string_view tarball_prefix = "devcontainer-feature-";
constexpr std::string_view word_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

// Bare words of the time before registries, and what they became.
constexpr std::array<std::pair<std::string_view, std::string_view>, 23> shorthands{{
    {"aws-cli", "aws-cli"},
    {"azure-cli", "azure-cli"},
    {"common", "common-utils"},
    {"desktop-lite", "desktop-lite"},
    {"docker-from-docker", "docker-from-docker"},
    {"docker-in-docker", "docker-in-docker"},
    {"dotnet", "dotnet"},
    {"git", "git"},
    {"git-lfs", "git-lfs"},
    {"github-cli", "github-cli"},
    {"golang", "go"},
    {"gradle", "java"},
    {"java", "java"},
    {"jupyterlab", "python"},
    {"kubectl-helm-minikube", "kubectl-helm-minikube"},
    {"maven", "java"},
    {"node", "node"},
    {"powershell", "powershell"},
    {"python", "python"},
    {"ruby", "ruby"},
    {"rust", "rust"},
    {"sshd", "sshd"},
    {"terraform", "terraform"},
}};

Error malformed(std::string_view id, const std::string& why) {
  return Error(Status::invalid, "features.reference",
               "'" + std::string(id) + "' does not name a feature: " + why,
               "Features are named './folder', 'registry/namespace/name[:version]' or "
               "'https://…/devcontainer-feature-<name>.tgz'.");
}

std::string last_part(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

FeatureReference parse_local(std::string_view id) {
  FeatureReference result;
  result.id = result.path = id;
  result.name = last_part(id);
  return result;
}

FeatureReference parse_tarball(std::string_view id) {
  FeatureReference result;
  result.kind = FeatureKind::tarball;
  result.id = result.path = id;
  std::string file = last_part(id);
  if (!file.starts_with(tarball_prefix) || !file.ends_with(".tgz")) {
    throw malformed(id, "an archive must be called devcontainer-feature-<name>.tgz");
  }
  result.name = file.substr(tarball_prefix.size(), file.size() - tarball_prefix.size() - 4);
  const bool plain = std::all_of(result.name.begin(), result.name.end(), [](char c) {
    return c == '-' || word_characters.find(c) != std::string_view::npos;
  });
  if (result.name.empty() || !plain) {
    throw malformed(id, "its name may have letters, digits, '-' and '_' only");
  }
  return result;
}

// What a path component of a repository may look like (OCI distribution, lower-cased before).
bool is_component(std::string_view text) {
  const auto inner = [](char c) { return c == '.' || c == '_' || c == '-'; };
  const auto outer = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && outer(text.front()) && outer(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return inner(c) || outer(c); });
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c == '.' || c == '-' || word_characters.find(c) != std::string_view::npos;
         });
}

bool is_digest(std::string_view text) {
  constexpr std::string_view prefix = "sha256:";
  return text.size() == prefix.size() + 64 && text.starts_with(prefix) &&
         text.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

// Takes tag or digest off the end of `resource`. A colon before the last slash is a port.
void split_version(std::string_view id, std::string_view& resource, FeatureReference& result) {
  if (const auto at = resource.find('@'); at != std::string_view::npos) {
    result.digest = resource.substr(at + 1);
    if (!is_digest(result.digest)) throw malformed(id, "its digest is not 'sha256:' and 64 digits");
    resource = resource.substr(0, at);
    return;
  }
  const auto colon = resource.rfind(':');
  if (colon == std::string_view::npos || colon < resource.rfind('/')) {
    result.tag = "latest";
    return;
  }
  result.tag = resource.substr(colon + 1);
  if (!is_tag(result.tag)) throw malformed(id, "'" + result.tag + "' is not a version");
  resource = resource.substr(0, colon);
}

FeatureReference parse_oci(std::string_view id) {
  FeatureReference result;
  result.kind = FeatureKind::oci;
  result.id = id;
  std::string_view resource = id;
  split_version(id, resource, result);
  const std::string lower = to_lower(resource);
  std::vector<std::string_view> parts = split(lower, '/');
  if (parts.size() < 3) throw malformed(id, "registry, namespace or name is missing");
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (!is_component(parts[i])) throw malformed(id, "'" + std::string(parts[i]) + "' is no name");
  }
  result.registry = parts.front();
  result.name = parts.back();
  result.space = lower.substr(result.registry.size() + 1,
                              lower.size() - result.registry.size() - result.name.size() - 2);
  return result;
}

FeatureReference parse_bare_word(std::string_view id) {
  const auto* known = std::find_if(shorthands.begin(), shorthands.end(),
                                   [id](const auto& entry) { return entry.first == id; });
  if (known == shorthands.end()) {
    throw Error(Status::invalid, "features.legacy",
                "Legacy feature '" + std::string(id) +
                    "' not supported. Please check https://containers.dev/features for "
                    "replacements.",
                "A local feature is written './" + std::string(id) + "'.");
  }
  FeatureReference result = parse_oci(std::string(collection) + std::string(known->second) + ":1");
  result.shorthand = id;
  return result;
}

}  // namespace

FeatureReference parse_feature_reference(std::string_view id) {
  if (id.find_first_of("/\\") == std::string_view::npos) return parse_bare_word(id);
  if (id.starts_with("https://")) return parse_tarball(id);
  if (id.starts_with("./") || id.starts_with("../") || id.starts_with("/")) return parse_local(id);
  return parse_oci(id);
}

std::string local_feature_root(const std::string& config_folder,
                               const std::string& workspace_folder) {
  namespace fs = std::filesystem;
  if (!workspace_folder.empty()) return (fs::path(workspace_folder) / ".devcontainer").string();
  for (fs::path folder = config_folder; folder.has_relative_path(); folder = folder.parent_path()) {
    if (folder.filename() == ".devcontainer") return folder.string();
  }
  return (fs::path(config_folder) / ".devcontainer").string();
}

std::string local_feature_folder(const FeatureReference& reference,
                                 const std::string& config_folder, const std::string& root) {
  namespace fs = std::filesystem;
  if (reference.path.starts_with('/')) {
    throw Error(Status::invalid, "features.absolute_path",
                "'" + reference.id + "': An Absolute path to a local feature is not allowed.",
                "Write it relative to the folder of devcontainer.json, beginning with './'.");
  }
  fs::path folder = (fs::path(config_folder) / reference.path).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  const fs::path inside = folder.lexically_relative(fs::path(root).lexically_normal());
  if (inside.empty() || *inside.begin() == "..") {
    throw Error(Status::invalid, "features.outside",
                "'" + reference.id +
                    "': Local file path parse error. Resolved path must be a child of the "
                    ".devcontainer/ folder.  Parsed: " +
                    folder.string(),
                "Move the feature below " + root + ".");
  }
  return folder.string();
}

}  // namespace fairlead
