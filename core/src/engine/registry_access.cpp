#include "engine/registry_access.hpp"

#include "base/memory_file.hpp"
#include "base/pipe.hpp"

#include <fairlead/plugins.hpp>

namespace fairlead {
namespace {

constexpr std::chrono::seconds helper_limit{30};

std::optional<std::string> run_helper(const std::string& name, const std::string& registry,
                                      const Environment& environment, std::stop_token stop) {
  auto pipe = make_pipe();
  CallOptions options{.stop = std::move(stop), .timeout = helper_limit};
  SpawnRequest request{.argv = {"docker-credential-" + name, "get"}, .env = environment};
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
  return answer;
}

}  // namespace

CredentialHelper credential_helper(const Environment& environment) {
  return [environment](const std::string& name, const std::string& registry, std::stop_token stop) {
    return run_helper(name, registry, environment, std::move(stop));
  };
}

std::filesystem::path content_cache_folder(const Core& core) {
  return std::filesystem::path(core.cache_folder()) / "content";
}

std::chrono::seconds tag_lifetime(const Core& core, const Settings& settings) {
  constexpr auto key = "registry_tag_lifetime";
  // The reference implementation asks each time, and who replaces it by us expects that.
  const bool chosen = settings.at(key).origin.layer != SettingsLayer::defaults;
  if (core.mode() == Mode::drop_in && !chosen) return std::chrono::seconds(0);
  return std::chrono::seconds(settings.number(key));
}

RegistryOptions registry_options(const Core& core, const Settings& settings) {
  const auto& options = core.options();
  RegistryOptions result{
      .environment = options.environment,
      .cache_folder = content_cache_folder(core),
      .offline = settings.flag("offline"),
      .mirrors = settings.list("registry_mirrors"),
      .auth = {.trusted_hosts = settings.list("registry_auth_hosts"),
               .trust_all = core.mode() == Mode::drop_in && !options.auth_hardening},
      .credential_helper = credential_helper(options.environment),
      .limits = {}};
  auto& trusted = result.auth.trusted_hosts;
  trusted.insert(trusted.end(), options.auth_hosts.begin(), options.auth_hosts.end());
  return result;
}

}  // namespace fairlead
