#include "features/http_client.hpp"

#include <algorithm>
#include <array>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> system_bundles = {
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};

std::string value_of(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string{} : found->second;
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && fs::is_regular_file(path, ignored);
}

void add_system(const Environment& environment, HttpTrust& trust) {
  if (auto own = value_of(environment, "SSL_CERT_FILE"); !own.empty()) {
    trust.authorities.push_back(std::move(own));
    return;
  }
  for (const auto* bundle : system_bundles) {
    if (!is_file(bundle)) continue;
    trust.authorities.emplace_back(bundle);
    return;
  }
  trust.system = true;
}

std::vector<fs::path> engine_folders(const Environment& environment) {
  std::vector<fs::path> folders;
  const fs::path home = value_of(environment, "HOME");
  if (const auto named = value_of(environment, "DOCKER_CONFIG"); !named.empty()) {
    folders.push_back(fs::path(named) / "certs.d");
  } else if (!home.empty()) {
    folders.push_back(home / ".docker/certs.d");
  }
  if (!home.empty()) {
    folders.push_back(home / ".config/docker/certs.d");
    folders.push_back(home / ".config/containers/certs.d");
  }
  folders.emplace_back("/etc/docker/certs.d");
  folders.emplace_back("/etc/containers/certs.d");
  return folders;
}

/// As engines read it: *.crt are authorities, x.cert with x.key is what we present.
void add_folder(const fs::path& folder, HttpTrust& trust) {
  std::error_code none;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, none)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    if (file.extension() == ".crt") trust.authorities.push_back(file.string());
    auto key = fs::path(file).replace_extension(".key");
    if (file.extension() == ".cert" && is_file(key.string()) && trust.certificate.empty()) {
      trust.certificate = file.string();
      trust.key = key.string();
    }
  }
}

}  // namespace

HttpTrust trust_for(const HttpUrl& url, const Environment& environment) {
  HttpTrust trust;
  if (url.scheme != "https") return trust;
  add_system(environment, trust);
  if (auto extra = value_of(environment, "NODE_EXTRA_CA_CERTS"); is_file(extra)) {
    trust.authorities.push_back(std::move(extra));
  }
  std::vector<std::string> names = {url.host + ':' + url.port};
  if (url.port == "443") names.push_back(url.host);
  for (const auto& folder : engine_folders(environment)) {
    for (const auto& name : names) add_folder(folder / name, trust);
  }
  return trust;
}

}  // namespace fairlead
