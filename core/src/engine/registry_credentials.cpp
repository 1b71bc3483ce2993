#include "engine/registry_credentials.hpp"

#include "base/atomic_file.hpp"
#include "base/pipe.hpp"

#include <fairlead/plugins.hpp>

#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include <optional>

namespace fairlead {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds helper_limit{30};

std::optional<json> docker_config(const Environment& environment) {
  std::string folder;
  if (const auto named = environment.find("DOCKER_CONFIG"); named != environment.end()) {
    folder = named->second;
  } else if (const auto home = environment.find("HOME"); home != environment.end()) {
    folder = home->second + "/.docker";
  }
  if (folder.empty()) return {};
  const auto text = read_file_if_there(folder + "/config.json");
  if (!text) return {};
  auto config = json::parse(*text, nullptr, false);
  if (!config.is_object()) return {};
  return config;
}

/// A file that people edit: what has another type counts as absent.
std::string text_of(const json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string helper_for(const json& config, const std::string& registry) {
  if (const auto helpers = config.find("credHelpers");
      helpers != config.end() && helpers->is_object() && helpers->contains(registry)) {
    return text_of(*helpers, registry);
  }
  return text_of(config, "credsStore");
}

UniqueFd memory_file(const std::string& content) {
  UniqueFd file(::memfd_create("fairlead-credentials", MFD_CLOEXEC));
  std::size_t written = 0;
  while (file && written < content.size()) {
    const auto n = ::write(file.get(), content.data() + written, content.size() - written);
    if (n <= 0) return {};
    written += static_cast<std::size_t>(n);
  }
  if (file) ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::optional<json> ask_helper(const std::string& helper, const std::string& registry,
                               const Environment& environment, std::stop_token stop) {
  auto pipe = make_pipe();
  CallOptions options{.stop = std::move(stop), .timeout = helper_limit};
  SpawnRequest request{.argv = {"docker-credential-" + helper, "get"}, .env = environment};
  request.in = options.pass(memory_file(registry));
  request.out = options.pass(std::move(pipe.write_end));
  std::string answer;
  try {
    const PipeReader reader(std::move(pipe.read_end),
                            [&](std::string_view piece) { answer += piece; });
    if (local_host()->spawn(request, std::move(options)).exit_code != 0) return {};
  } catch (const Error&) {
    return {};
  }
  const auto reply = json::parse(answer, nullptr, false);
  if (!reply.is_object()) return {};
  const auto user = text_of(reply, "Username");
  const auto secret = text_of(reply, "Secret");
  if (secret.empty()) return {};
  if (user == "<token>") return json{{"identitytoken", secret}};
  return json{{"username", user}, {"password", secret}};
}

std::string base64_decoded(const std::string& text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

std::optional<json> stored(const json& config, const std::string& registry) {
  const auto auths = config.find("auths");
  if (auths == config.end() || !auths->is_object() || !auths->contains(registry)) return {};
  const auto& entry = auths->at(registry);
  if (!entry.is_object()) return {};
  const auto token = text_of(entry, "identitytoken");
  if (!token.empty()) return json{{"identitytoken", token}};
  const auto pair = base64_decoded(text_of(entry, "auth"));
  const auto colon = pair.find(':');
  if (colon == std::string::npos) return {};
  return json{{"username", pair.substr(0, colon)}, {"password", pair.substr(colon + 1)}};
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
  const auto config = docker_config(environment);
  if (!config) return {};
  const auto registry = registry_of(image);
  const auto helper = helper_for(*config, registry);
  auto found =
      helper.empty() ? std::nullopt : ask_helper(helper, registry, environment, options.stop);
  if (!found) found = stored(*config, registry);
  if (!found) return {};
  auto file = memory_file(found->dump());
  return file ? options.pass(std::move(file)) : FdRef{};
}

}  // namespace fairlead
