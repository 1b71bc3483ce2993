#include "engine/registry_credentials.hpp"

#include "base/memory_file.hpp"
#include "engine/registry_access.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

std::string wire_form(const RegistryCredentials& found) {
  if (!found.identity_token.empty()) {
    return nlohmann::json{{"identitytoken", found.identity_token}}.dump();
  }
  return nlohmann::json{{"username", found.username}, {"password", found.password}}.dump();
}

}  // namespace

std::string registry_of(const std::string& image) {
  const auto slash = image.find('/');
  const auto first = image.substr(0, slash);
  const bool is_host = slash != std::string::npos &&
                       (first.find_first_of(".:") != std::string::npos || first == "localhost");
  if (!is_host || first == "docker.io") return "https://index.docker.io/v1/";
  return first;
}

FdRef pass_registry_credentials(CallOptions& options, const Environment& environment,
                                const std::string& image) {
  const auto found = docker_credentials(environment, registry_of(image),
                                        credential_helper(environment), options.stop);
  if (!found) return {};
  auto file = memory_file(wire_form(*found));
  return file ? options.pass(std::move(file)) : FdRef{};
}

}  // namespace fairlead
