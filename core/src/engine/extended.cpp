#include "engine/extended.hpp"

#include "base/atomic_file.hpp"
#include "engine/registry_access.hpp"
#include "features/template.hpp"

#include <filesystem>
#include <utility>

namespace fairlead {
namespace {

Error no_configuration(const std::string& reference, const std::string& what) {
  return {Status::invalid, "config.extends", "'" + reference + "' " + what,
          "name a published Template, for example ghcr.io/devcontainers/templates/debian"};
}

/// The archive's files in the cache.
std::filesystem::path unpack(Core& core, const std::string& id, const std::stop_token& stop) {
  Registry registry(registry_options(core, core.settings({}, nullptr)), core.log());
  const auto reference = parse_oci_reference(id);
  const auto manifest = registry.manifest(reference, stop);
  if (manifest.config.media_type != devcontainer_config_type || manifest.layers.empty()) {
    throw no_configuration(id, "is no archive for dev containers");
  }
  const auto& archive = manifest.layers.front();
  registry.blob(reference, archive, stop);
  return registry.unpacked(archive.digest, stop);
}

}  // namespace

RegistryBase fetch_base(Core& core, const std::string& reference, std::stop_token stop) {
  const auto folder = unpack(core, reference, stop);
  const auto metadata = read_file_if_there(folder / "devcontainer-template.json");
  const auto options = template_options(metadata.value_or("{}"), {}, false);
  for (const char* name :
       {".devcontainer/devcontainer.json", ".devcontainer.json", "devcontainer.json"}) {
    if (const auto text = read_file_if_there(folder / name)) {
      return {(folder / name).string(), with_template_options(*text, options)};
    }
  }
  throw no_configuration(reference, "holds no devcontainer.json");
}

}  // namespace fairlead
