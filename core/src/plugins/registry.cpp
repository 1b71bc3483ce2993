#include "base/nearest.hpp"
#include "plugins/abi_check.hpp"
#include "plugins/adapters.hpp"
#include "plugins/disabled.hpp"
#include "plugins/isolated.hpp"
#include "plugins/library.hpp"
#include "plugins/probe.hpp"
#include "plugins/search.hpp"

#include <fairlead/error.hpp>
#include <fairlead/plugins.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace fairlead {

namespace {

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Error cannot_use(const PluginManifest& plugin, const std::string& why, std::string hint = {}) {
  return {Status::failed, "plugin.load",
          "The plugin '" + plugin.id + "' (" + plugin.library_path + ") cannot be used: " + why,
          std::move(hint)};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out.empty() ? "none" : out;
}

}  // namespace

struct PluginRegistry::Impl {
  Impl(PluginSearch given, Log events)
      : search(std::move(given)),
        log(events),
        entries(without_disabled(find_plugins(search.folders, log), search.folders)) {}

  // The usable entry whose list `names` holds `name`, or null.
  const PluginEntry* find(std::vector<std::string> PluginManifest::*names,
                          const std::string& name) const {
    for (const auto& entry : entries) {
      if (entry.refusal.empty() && holds(entry.manifest.*names, name)) return &entry;
    }
    return nullptr;
  }

  // Refused ones with a manifest that we read are told with their reason: more useful than "there
  // is no such backend".
  const PluginManifest& need(std::vector<std::string> PluginManifest::*names,
                             const std::string& name, const char* kind) const {
    if (const auto* entry = find(names, name)) return entry->manifest;
    std::vector<std::string> known;
    for (const auto& entry : entries) {
      if (!entry.refusal.empty() && holds(entry.manifest.*names, name)) {
        throw cannot_use(entry.manifest, entry.refusal);
      }
      if (!entry.refusal.empty()) continue;
      known.insert(known.end(), (entry.manifest.*names).begin(), (entry.manifest.*names).end());
    }
    std::sort(known.begin(), known.end());
    const auto guess = did_you_mean(name, known);
    throw Error(
        Status::not_found, std::string(kind) + ".unknown",
        std::string("There is no ") + kind + " '" + name + "'. Installed: " + joined(known) + ".",
        guess);
  }

  const PluginManifest& need_id(const std::string& id) const {
    for (const auto& entry : entries) {
      if (entry.manifest.id != id) continue;
      if (!entry.refusal.empty()) throw cannot_use(entry.manifest, entry.refusal);
      return entry.manifest;
    }
    throw Error(Status::not_found, "plugin.unknown", "There is no plugin '" + id + "'.");
  }

  std::string check(const PluginManifest& plugin) const {
    return probe_library(plugin.library_path, {search.probe_program, search.state_folder});
  }

  static std::unique_ptr<PluginCode> here(const PluginManifest& plugin) {
    const auto& entry = load_library(plugin.library_path);
    if (const auto problem = manifest_problem(entry, plugin); !problem.empty()) {
      throw cannot_use(plugin, problem);
    }
    return std::make_unique<LoadedCode>(entry);
  }

  std::unique_ptr<PluginCode> apart(const PluginManifest& plugin,
                                    const std::shared_ptr<PluginContext>& context) const {
    const auto program = find_own_program("fairlead-plugin-host", plugin.library_path);
    if (program.empty()) throw cannot_use(plugin, "the program fairlead-plugin-host is missing");
    return isolated_code(
        {plugin, program, workers, [context](const std::string& what) { context->fault(what); }});
  }

  std::shared_ptr<PluginInstance> open(const PluginManifest& plugin, PluginServices services,
                                       const ConfigureRequest& settings) {
    if (const auto problem = check(plugin); !problem.empty()) throw cannot_use(plugin, problem);
    try {
      // One context per instance: its records of ended calls are dropped with it.
      auto context = std::make_shared<PluginContext>(plugin.id, log, workers, search.grace);
      auto code = wants_isolation(settings.settings) ? apart(plugin, context) : here(plugin);
      return PluginInstance::make(std::move(code), std::move(context), std::move(services),
                                  settings);
    } catch (const Error& problem) {
      if (problem.code() != "plugin.load" || problem.message().starts_with("The plugin")) throw;
      throw cannot_use(plugin, problem.message(), problem.hint());
    }
  }

  const PluginSearch search;
  const Log log;
  const std::vector<PluginEntry> entries;
  const std::shared_ptr<Workers> workers = std::make_shared<Workers>();
};

PluginRegistry::PluginRegistry(PluginSearch search, Log log)
    : impl_(std::make_unique<Impl>(std::move(search), log)) {}

PluginRegistry::~PluginRegistry() = default;

const std::vector<PluginEntry>& PluginRegistry::entries() const { return impl_->entries; }

const PluginManifest* PluginRegistry::find_backend(const std::string& name) const {
  const auto* entry = impl_->find(&PluginManifest::backends, name);
  return entry == nullptr ? nullptr : &entry->manifest;
}

const PluginManifest* PluginRegistry::find_host(const std::string& scheme) const {
  const auto* entry = impl_->find(&PluginManifest::host_schemes, scheme);
  return entry == nullptr ? nullptr : &entry->manifest;
}

std::unique_ptr<Backend> PluginRegistry::open_backend(const std::string& name,
                                                      std::shared_ptr<Host> host,
                                                      const ConfigureRequest& settings) {
  const auto& plugin = impl_->need(&PluginManifest::backends, name, "backend");
  return adapt_backend(impl_->open(plugin, {std::move(host), nullptr}, settings), name);
}

std::unique_ptr<Host> PluginRegistry::open_host(const std::string& scheme,
                                                const ConfigureRequest& settings) {
  const auto& plugin = impl_->need(&PluginManifest::host_schemes, scheme, "host");
  return adapt_host(impl_->open(plugin, {local_host(), nullptr}, settings), scheme);
}

std::unique_ptr<FeatureInstaller> PluginRegistry::open_features(const std::string& id,
                                                                std::shared_ptr<Host> host,
                                                                std::shared_ptr<Backend> backend,
                                                                const ConfigureRequest& settings) {
  const auto& plugin = impl_->need_id(id);
  return adapt_features(impl_->open(plugin, {std::move(host), std::move(backend)}, settings), id);
}

std::unique_ptr<PortForwarder> PluginRegistry::open_ports(const std::string& id,
                                                          std::shared_ptr<Host> host,
                                                          std::shared_ptr<Backend> backend,
                                                          const ConfigureRequest& settings) {
  const auto& plugin = impl_->need_id(id);
  return adapt_ports(impl_->open(plugin, {std::move(host), std::move(backend)}, settings), id);
}

std::string PluginRegistry::check(const PluginManifest& plugin) const {
  try {
    return impl_->check(plugin);
  } catch (const Error& problem) {
    return problem.text();
  }
}

}  // namespace fairlead
