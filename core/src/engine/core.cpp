#include "base/paths.hpp"
#include "base/secret_mask.hpp"
#include "engine/host_access.hpp"
#include "engine/plugin_folders.hpp"
#include "engine/project_settings.hpp"
#include "engine/remote_folder.hpp"
#include "engine/trust.hpp"

#include <fairlead/core.hpp>

#include <map>
#include <mutex>
#include <set>

namespace fairlead {
namespace {

/// The names that settings use for a plugin: those of its backends and host schemes, or its id when
/// it has none.
std::vector<std::string> setting_names(const PluginManifest& manifest) {
  auto names = manifest.backends;
  names.insert(names.end(), manifest.host_schemes.begin(), manifest.host_schemes.end());
  if (names.empty()) names.push_back(manifest.id);
  return names;
}

/// The options of every plugin that was found.
std::vector<SettingSpec> plugin_specs(const PluginRegistry& plugins) {
  std::vector<SettingSpec> specs;
  for (const auto& [manifest, refusal] : plugins.entries()) {
    for (const auto& name : setting_names(manifest)) {
      specs.push_back({.key = "plugins." + name + ".isolation",
                       .type = SettingType::string,
                       .default_value = {},
                       .project = false,
                       .description = "\"process\": it runs in a process of its own"});
      for (const auto& option : manifest.options) {
        specs.push_back({.key = "plugins." + name + '.' + option.name,
                         .type = setting_type(option.type).value_or(SettingType::string),
                         .default_value = {},
                         .project = option.project,
                         .description = option.description});
      }
    }
  }
  return specs;
}

Error unknown_host(const std::string& name, const PluginRegistry& plugins) {
  std::string kinds = "local";
  for (const auto& [manifest, refusal] : plugins.entries()) {
    for (const auto& scheme : manifest.host_schemes) kinds += ", " + scheme + "://…";
  }
  return {Status::not_found, "host.unknown",
          "The host '" + name + "' is not of a kind that an installed plugin provides.",
          "Hosts: " + kinds + ". Set it with --host or the setting 'host'."};
}

}  // namespace

struct Core::State {
  explicit State(EventSink& events) : mask(events) {}
  SecretMask mask;
  std::mutex mutex;
  UserFolders folders;
  std::unique_ptr<PluginRegistry> plugins;
  std::set<std::string> warned;  ///< settings warnings are said once
  struct OpenedHost {
    std::mutex mutex;  ///< of `host`
    std::shared_ptr<Host> host;
  };
  std::map<std::string, std::shared_ptr<OpenedHost>> hosts;  ///< by address and settings
};

Core::Core(CoreOptions options, EventSink& events)
    : options_(std::move(options)), state_(std::make_unique<State>(events)), log_(state_->mask) {
  // The user database is asked only when the environment does not say: it is a slow look-up.
  const bool has_home = options_.environment.contains("HOME");
  state_->folders =
      user_folders(options_.environment, has_home ? std::filesystem::path{} : home_of_user());
}

Core::~Core() = default;

void Core::add_secrets(const Environment& secrets) {
  std::vector<std::string> values;
  for (const auto& [name, value] : secrets) values.push_back(value);
  state_->mask.add(values);
}

std::string Core::masked(std::string text) const { return state_->mask.masked(std::move(text)); }

const SecretMask& Core::secret_mask() const { return state_->mask; }

std::string Core::state_folder() const { return state_->folders.state.string(); }

std::string Core::runtime_folder() const { return state_->folders.runtime.string(); }

std::string Core::data_folder() const { return state_->folders.data.string(); }

std::string Core::cache_folder() const { return state_->folders.cache.string(); }

SettingsSources Core::sources(const std::string& workspace_folder,
                              const ConfigDocument* document) const {
  // A folder's own settings file is on its host; what counts of it stands in the document.
  const auto place = parse_remote_place(workspace_folder);
  auto sources = standard_settings_sources(options_.environment, place ? "" : workspace_folder);
  if (document != nullptr) {
    sources.customizations = project_settings(*document->json, *document->source);
  }
  sources.assignments = options_.assignments;
  sources.backend = options_.backend;
  sources.host = place ? place->host : options_.host;
  return sources;
}

Settings Core::settings(const std::string& workspace_folder, const ConfigDocument* document) {
  auto from = sources(workspace_folder, document);
  const auto settle = [&] {
    const auto layers = read_settings(from);
    // Where plugins are is itself a setting, and plugins declare settings: judged twice, read once.
    return settle_settings(layers, plugin_specs(plugins(settle_settings(layers))));
  };
  auto settled = settle();
  for (const auto& warning : settled.warnings()) {
    if (!warning.host.empty() && may_use_host(*this, settled, workspace_folder, warning.host)) {
      from.allowed_hosts.push_back(warning.host);
    }
  }
  if (!from.allowed_hosts.empty()) settled = settle();
  const std::lock_guard lock(state_->mutex);
  for (const auto& warning : settled.warnings()) {
    if (state_->warned.insert(warning.text()).second) log_.text(LogLevel::warning, warning.text());
  }
  return settled;
}

PluginRegistry& Core::plugins(const Settings& settings) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->plugins) {
    PluginSearch search{.folders = plugin_folders(*this, settings),
                        .state_folder = (state_->folders.state / "plugins").string()};
    state_->plugins = std::make_unique<PluginRegistry>(std::move(search), log_);
  }
  return *state_->plugins;
}

std::shared_ptr<Host> connect_host(Core& core, const Settings& settings, CallOptions options) {
  const auto& name = settings.text("host");
  if (name == "local") return local_host();
  auto& registry = core.plugins(settings);
  const auto scheme = name.substr(0, name.find("://"));
  if (scheme == name || registry.find_host(scheme) == nullptr) throw unknown_host(name, registry);
  std::shared_ptr<Host> opened =
      registry.open_host(scheme, {.settings = settings.plugin_json(scheme),
                                  .environment = core.options().environment,
                                  .working_directory = core.options().working_directory});
  opened->open({.address = name}, std::move(options));
  return opened;
}

std::shared_ptr<Host> Core::host(const Settings& settings) {
  const auto& name = settings.text("host");
  if (name == "local") return local_host();
  std::shared_ptr<State::OpenedHost> opened;
  {
    const std::lock_guard lock(state_->mutex);
    auto& known =
        state_->hosts[name + '\n' + settings.plugin_json(name.substr(0, name.find("://")))];
    if (!known) known = std::make_shared<State::OpenedHost>();
    opened = known;
  }
  // One that does not answer keeps nobody else waiting.
  const std::lock_guard lock(opened->mutex);
  if (!opened->host) opened->host = connect_host(*this, settings, {});
  return opened->host;
}

namespace {

/// This machine, from which sockets of others can be dialled, too: the user's own variables may say
/// that an engine is there ("ssh://me@box").
class HereAndElsewhere final : public Host {
 public:
  HereAndElsewhere(Core& core, Settings settings, std::shared_ptr<Host> here)
      : core_(core), settings_(std::move(settings)), here_(std::move(here)) {}

  void open(const HostOpenRequest& request, CallOptions options) override {
    here_->open(request, std::move(options));
  }
  HostDescription describe(CallOptions options) override {
    return here_->describe(std::move(options));
  }
  SpawnReply spawn(const SpawnRequest& request, CallOptions options) override {
    return here_->spawn(request, std::move(options));
  }
  void spawn_control(const SpawnControlRequest& request, CallOptions options) override {
    here_->spawn_control(request, std::move(options));
  }
  UniqueFd dial(const HostDialRequest& request, CallOptions options) override {
    if (request.host.find("://") == std::string::npos)
      return here_->dial(request, std::move(options));
    const auto there = core_.host(on_host(settings_, request.host));
    return there->dial({.host = {}, .port = 0, .socket = request.socket}, std::move(options));
  }
  void close(CallOptions options) override { here_->close(std::move(options)); }

 private:
  Core& core_;
  Settings settings_;
  std::shared_ptr<Host> here_;
};

}  // namespace

std::shared_ptr<Host> with_others(Core& core, const Settings& settings,
                                  std::shared_ptr<Host> host) {
  if (settings.text("host") != "local") return host;
  return std::make_shared<HereAndElsewhere>(core, settings, std::move(host));
}

std::shared_ptr<Backend> backend_at(Core& core, const std::string& name, const Settings& settings,
                                    std::shared_ptr<Host> host) {
  ConfigureRequest configure{.settings = settings.plugin_json(name),
                             .environment = core.options().environment,
                             .working_directory = core.options().working_directory};
  if (settings.text("host") != "local") {
    // They name sockets, files and programs of this machine.
    configure.environment.clear();
    configure.working_directory.clear();
  }
  return core.plugins(settings).open_backend(name, with_others(core, settings, std::move(host)),
                                             configure);
}

std::shared_ptr<Backend> Core::backend(const std::string& name, const Settings& settings) {
  return backend_at(*this, name, settings, host(settings));
}

}  // namespace fairlead
