#include "features/reference.hpp"

#include "base/text.hpp"
#include "features/oci_reference.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
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

bool is_plain(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return c == '-' || word_characters.find(c) != std::string_view::npos;
  });
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
  if (result.name.empty() || !is_plain(result.name)) {
    throw malformed(id, "its name may have letters, digits, '-' and '_' only");
  }
  return result;
}

// The organisation moved; the reference CLI redirects likewise.
constexpr std::string_view old_space = "devcontainers-contrib";
constexpr std::string_view new_space = "devcontainers-extra";

std::string moved(std::string space) {
  const auto end = space.find('/');
  if (space.substr(0, end) == old_space) space.replace(0, old_space.size(), new_space);
  return space;
}

FeatureReference parse_oci(std::string_view id) {
  OciReference oci;
  try {
    oci = parse_oci_reference(id);
  } catch (const Error& error) {
    const auto why = error.message().find(": ");
    throw malformed(id, error.message().substr(why + 2));
  }
  const auto slash = oci.repository.rfind('/');
  if (slash == std::string::npos) throw malformed(id, "registry, namespace or name is missing");
  FeatureReference result;
  result.kind = FeatureKind::oci;
  result.id = id;
  result.registry = oci.registry;
  result.space = moved(oci.repository.substr(0, slash));
  result.name = oci.repository.substr(slash + 1);
  result.tag = oci.tag;
  result.digest = oci.digest;
  return result;
}

/// The reference CLI never asks a host like that: nobody can own the name.
bool can_be_registry(std::string_view host) {
  return host.find_first_of(".:") != std::string_view::npos || host.starts_with("localhost");
}

/// Nothing when `id` is of another form.
std::optional<FeatureReference> parse_release(std::string_view id) {
  const auto at = id.find('@');
  const auto parts = split(id.substr(0, at), '/');
  const bool empty = std::find(parts.begin(), parts.end(), "") != parts.end();
  if (parts.size() != 3 || empty || can_be_registry(parts[0]) || !is_plain(parts[2])) return {};
  FeatureReference result;
  result.kind = FeatureKind::release;
  result.id = id;
  result.path = std::string(parts[0]) + '/' + std::string(parts[1]);
  result.name = parts[2];
  result.tag = at == std::string_view::npos ? "latest" : id.substr(at + 1);
  if (result.tag.empty() || result.tag.find('@') != std::string::npos) return {};
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
  if (auto release = parse_release(id)) return std::move(*release);
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
