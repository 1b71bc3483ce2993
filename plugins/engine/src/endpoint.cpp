#include <fairlead/engine/endpoint.hpp>
#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <charconv>
#include <filesystem>
#include <fstream>

namespace fairlead::engine {
namespace {

namespace fs = std::filesystem;

constexpr auto default_socket = "/var/run/docker.sock";

Error bad_endpoint(std::string_view address, const std::string& why) {
  return Error(Status::invalid, "engine.endpoint",
               "The engine address '" + std::string(address) + "' is not usable: " + why + ".",
               "Addresses look like unix:///var/run/docker.sock or tcp://host:2376.");
}

int parse_port(std::string_view address, std::string_view text) {
  int port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65535) {
    throw bad_endpoint(address, "'" + std::string(text) + "' is not a port");
  }
  return port;
}

Endpoint parse_tcp(std::string_view address, std::string_view rest) {
  rest = rest.substr(0, rest.find('/'));
  Endpoint endpoint;
  std::size_t colon = std::string_view::npos;
  if (rest.starts_with('[')) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos) throw bad_endpoint(address, "the ']' is missing");
    endpoint.host = rest.substr(1, close - 1);
    if (close + 1 < rest.size()) colon = close + 1;
  } else {
    colon = rest.rfind(':');
    endpoint.host = rest.substr(0, colon);
  }
  if (endpoint.host.empty()) endpoint.host = "localhost";
  if (colon != std::string_view::npos) endpoint.port = parse_port(address, rest.substr(colon + 1));
  return endpoint;
}

/// A socket of another machine, which the address as a whole names: whoever connects reads the rest
/// of it.
Endpoint parse_ssh(std::string_view address, std::string_view rest) {
  const auto slash = std::min(rest.find('/'), rest.size());
  if (slash == 0) throw bad_endpoint(address, "it names no host");
  Endpoint endpoint;
  endpoint.host = "ssh://" + std::string(rest.substr(0, slash));
  endpoint.socket = rest.size() > slash + 1 ? std::string(rest.substr(slash)) : default_socket;
  return endpoint;
}

/// The port that the docker client assumes; known only after TLS is.
void settle_port(Endpoint& endpoint) {
  if (endpoint.socket.empty() && endpoint.port == 0)
    endpoint.port = endpoint.tls.enabled ? 2376 : 2375;
}

nlohmann::json read_json(const fs::path& file) {
  std::ifstream in(file);
  if (!in) return {};
  auto parsed = nlohmann::json::parse(in, nullptr, false);
  return parsed.is_object() ? parsed : nlohmann::json{};
}

std::string member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

void take_pem_files(TlsFiles& tls, const fs::path& folder) {
  const auto file = [&](const char* name) {
    std::error_code ignored;
    const auto path = folder / name;
    return fs::exists(path, ignored) ? path.string() : std::string{};
  };
  tls.ca = file("ca.pem");
  tls.cert = file("cert.pem");
  tls.key = file("key.pem");
}

void apply_tls_variables(Endpoint& endpoint, const Environment& environment) {
  if (!endpoint.socket.empty()) return;
  const bool verify = !variable(environment, "DOCKER_TLS_VERIFY").empty();
  if (verify || !variable(environment, "DOCKER_TLS").empty()) {
    endpoint.tls.enabled = true;
    endpoint.tls.verify = verify;
  }
  if (!endpoint.tls.enabled) return;
  const auto folder = variable(environment, "DOCKER_CERT_PATH");
  take_pem_files(endpoint.tls, folder.empty() ? docker_config_folder(environment) : folder);
}

Endpoint from_address(const std::string& address, const Environment& environment,
                      const char* origin) {
  auto endpoint = parse_endpoint(address);
  apply_tls_variables(endpoint, environment);
  endpoint.origin = origin;
  return endpoint;
}

Endpoint from_meta(const nlohmann::json& meta, const fs::path& folder, const std::string& name) {
  const auto& docker =
      meta.value("Endpoints", nlohmann::json::object()).value("docker", nlohmann::json::object());
  auto endpoint = parse_endpoint(member(docker, "Host"));
  const auto material = folder / "tls" / meta.value("folder", std::string{}) / "docker";
  std::error_code ignored;
  if (endpoint.socket.empty() && fs::exists(material, ignored)) {
    endpoint.tls.enabled = true;
    endpoint.tls.verify = !docker.value("SkipTLSVerify", false);
    take_pem_files(endpoint.tls, material);
  }
  endpoint.origin = "context '" + name + "'";
  return endpoint;
}

/// Contexts are stored under the SHA-256 of their name; reading the few that exist saves hashing.
Endpoint from_context(const std::string& name, const fs::path& config) {
  const auto folder = config / "contexts";
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder / "meta", fault)) {
    auto meta = read_json(entry.path() / "meta.json");
    if (member(meta, "Name") != name) continue;
    meta["folder"] = entry.path().filename().string();
    return from_meta(meta, folder, name);
  }
  throw Error(Status::not_found, "engine.context",
              "There is no docker context named '" + name + "'.",
              "`docker context ls` lists those that exist; DOCKER_CONTEXT and `docker context use` "
              "choose one.");
}

Endpoint choose(const Environment& environment, const std::string& host_option) {
  if (!host_option.empty()) return from_address(host_option, environment, "setting 'host'");
  const auto host = variable(environment, "DOCKER_HOST");
  if (!host.empty()) return from_address(host, environment, "DOCKER_HOST");
  const auto config = docker_config_folder(environment);
  auto context = variable(environment, "DOCKER_CONTEXT");
  if (context.empty() && !config.empty()) {
    context = member(read_json(fs::path(config) / "config.json"), "currentContext");
  }
  if (!context.empty() && context != "default") return from_context(context, config);
  Endpoint endpoint;
  endpoint.socket = default_socket;
  endpoint.origin = default_origin;
  return endpoint;
}

}  // namespace

std::string Endpoint::text() const {
  if (!socket.empty() && !host.empty()) return host + (socket == default_socket ? "" : socket);
  if (!socket.empty()) return "unix://" + socket;
  const bool v6 = host.find(':') != std::string::npos;
  return "tcp://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string docker_config_folder(const Environment& environment) {
  const auto config = variable(environment, "DOCKER_CONFIG");
  if (!config.empty()) return config;
  const auto home = variable(environment, "HOME");
  return home.empty() ? home : home + "/.docker";
}

Endpoint parse_endpoint(std::string_view address) {
  const auto split = address.find("://");
  const auto scheme = split == std::string_view::npos ? "tcp" : address.substr(0, split);
  const auto rest = split == std::string_view::npos ? address : address.substr(split + 3);
  if (scheme == "unix") {
    Endpoint endpoint;
    endpoint.socket = rest.empty() ? default_socket : std::string(rest);
    return endpoint;
  }
  if (scheme == "tcp" || scheme == "http" || scheme == "https") {
    if (rest.empty() && split == std::string_view::npos) throw bad_endpoint(address, "it is empty");
    auto endpoint = parse_tcp(address, rest);
    endpoint.tls.enabled = scheme == "https";
    return endpoint;
  }
  if (scheme == "ssh") return parse_ssh(address, rest);
  throw Error(Status::unsupported, "engine.endpoint",
              "The engine address '" + std::string(address) + "' has the unknown scheme '" +
                  std::string(scheme) + "'.",
              "Use unix://, tcp:// or ssh://.");
}

Endpoint find_endpoint(const Environment& environment, const std::string& host_option) {
  auto endpoint = choose(environment, host_option);
  settle_port(endpoint);
  endpoint.api_version = variable(environment, "DOCKER_API_VERSION");
  return endpoint;
}

}  // namespace fairlead::engine
