#include "features/registry_credentials.hpp"

#include "base/atomic_file.hpp"
#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <vector>

namespace fairlead {
namespace {

using nlohmann::json;

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string variable(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string{} : found->second;
}

std::optional<json> docker_config(const Environment& environment) {
  auto folder = variable(environment, "DOCKER_CONFIG");
  if (folder.empty() && !variable(environment, "HOME").empty()) {
    folder = variable(environment, "HOME") + "/.docker";
  }
  if (folder.empty()) return {};
  try {
    const auto text = read_file_if_there(folder + "/config.json");
    if (!text) return {};
    auto config = json::parse(*text, nullptr, false);
    if (config.is_object()) return config;
  } catch (const Error&) {  // not ours to repair
  }
  return {};
}

/// A file that people edit: what has another type counts as absent.
std::string text_of(const json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool has_entries(const json& config, const char* name) {
  const auto found = config.find(name);
  return found != config.end() && found->is_object() && !found->empty();
}

std::string helper_for(const json& config, const std::string& registry) {
  if (has_entries(config, "credHelpers")) {
    if (auto own = text_of(config["credHelpers"], registry); !own.empty()) return own;
  }
  return text_of(config, "credsStore");
}

std::optional<RegistryCredentials> ask_helper(const std::string& name, const std::string& registry,
                                              const CredentialHelper& helper,
                                              std::stop_token stop) {
  if (!helper) return {};
  const auto answer = helper(name, registry, std::move(stop));
  if (!answer) return {};
  const auto reply = json::parse(*answer, nullptr, false);
  if (!reply.is_object()) return {};
  const auto user = text_of(reply, "Username");
  const auto secret = text_of(reply, "Secret");
  if (secret.empty()) return {};
  if (user == "<token>") return RegistryCredentials{{}, {}, secret};
  return RegistryCredentials{user, secret, {}};
}

std::optional<RegistryCredentials> stored(const json& config, const std::string& registry) {
  if (!has_entries(config, "auths") || !config["auths"].contains(registry)) return {};
  const auto& entry = config["auths"][registry];
  if (!entry.is_object()) return {};
  if (auto token = text_of(entry, "identitytoken"); !token.empty()) {
    return RegistryCredentials{{}, {}, std::move(token)};
  }
  const auto pair = base64_decoded(text_of(entry, "auth"));
  const auto colon = pair.find(':');
  if (colon == std::string::npos) return {};
  return RegistryCredentials{pair.substr(0, colon), pair.substr(colon + 1), {}};
}

std::optional<RegistryCredentials> from_config(const json& config, const std::string& registry,
                                               const CredentialHelper& helper,
                                               std::stop_token stop) {
  const auto name = helper_for(config, registry);
  if (!name.empty()) {
    if (auto found = ask_helper(name, registry, helper, std::move(stop))) return found;
  }
  return stored(config, registry);
}

std::optional<RegistryCredentials> from_variable(const Environment& environment,
                                                 const std::string& registry) {
  const auto all = variable(environment, "DEVCONTAINERS_OCI_AUTH");
  for (const auto entry : split(all, ',')) {
    const auto parts = split(entry, '|');
    if (parts.size() < 3 || trim(parts[0]) != registry) continue;
    return RegistryCredentials{std::string(parts[1]), std::string(parts[2]), {}};
  }
  return {};
}

bool in_path(const Environment& environment, const std::string& program) {
  const auto path = variable(environment, "PATH");
  for (const auto folder : split(path, ':')) {
    const auto file = std::string(folder) + '/' + program;
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return true;
  }
  return false;
}

bool configures_nothing(const json& config) {
  return !has_entries(config, "credHelpers") && !has_entries(config, "auths") &&
         text_of(config, "credsStore").empty();
}

std::optional<RegistryCredentials> from_platform(const Environment& environment,
                                                 const std::string& registry,
                                                 const CredentialHelper& helper,
                                                 std::stop_token stop) {
  const bool pass = in_path(environment, "pass");
  for (const std::string name : {pass ? "pass" : "secretservice", pass ? "pass" : "secret"}) {
    if (!in_path(environment, "docker-credential-" + name)) continue;
    return ask_helper(name, registry, helper, std::move(stop));
  }
  return {};
}

std::optional<RegistryCredentials> from_github(const Environment& environment,
                                               const std::string& registry) {
  const auto token = variable(environment, "GITHUB_TOKEN");
  const auto host = variable(environment, "GITHUB_HOST");
  if (registry != "ghcr.io" || token.empty() || (!host.empty() && host != "github.com")) return {};
  return RegistryCredentials{"USERNAME", token, {}};
}

}  // namespace

bool has_docker_credentials(const Environment& environment) {
  const auto config = docker_config(environment);
  return config && !configures_nothing(*config);
}

std::optional<RegistryCredentials> docker_credentials(const Environment& environment,
                                                      const std::string& registry,
                                                      const CredentialHelper& helper,
                                                      std::stop_token stop) {
  const auto config = docker_config(environment);
  return config ? from_config(*config, registry, helper, std::move(stop)) : std::nullopt;
}

std::optional<RegistryCredentials> find_credentials(const Environment& environment,
                                                    const std::string& registry,
                                                    const CredentialHelper& helper,
                                                    std::stop_token stop) {
  if (auto found = from_variable(environment, registry)) return found;
  const auto config = docker_config(environment).value_or(json::object());
  if (auto found = from_config(config, registry, helper, stop)) return found;
  if (configures_nothing(config)) {
    if (auto found = from_platform(environment, registry, helper, std::move(stop))) return found;
  }
  return from_github(environment, registry);
}

std::string base64_encoded(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    bits = bits << 8U | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += alphabet[bits >> (count - 6) & 63U];
  }
  if (count > 0) out += alphabet[bits << (6 - count) & 63U];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string base64_decoded(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) continue;
    bits = bits << 6U | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xffU);
    }
  }
  return out;
}

}  // namespace fairlead
