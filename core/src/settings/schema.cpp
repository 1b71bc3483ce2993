#include <fairlead/settings.hpp>

namespace fairlead {

const std::vector<SettingSpec>& core_settings() {
  using Items = std::vector<std::string>;
  static const std::vector<SettingSpec> settings = {
      {.key = "backend",
       .type = SettingType::string,
       .default_value = "auto",
       .project = true,
       .description = "what runs the containers: \"auto\" or the name of a backend"},
      {.key = "clone_depth",
       .type = SettingType::integer,
       .default_value = std::int64_t{0},
       .project = false,
       .description = "how many commits a clone of a repository has; 0: all"},
      {.key = "content",
       .type = SettingType::string,
       .default_value = "auto",
       .project = true,
       .description =
           "how a workspace gets in: \"bind\" (its folder), \"volume\" (a copy), "
           "\"clone\" (a copy of what is committed), \"sync\" (a folder on the host, kept "
           "like the one here) or \"auto\""},
      {.key = "control_manifest",
       .type = SettingType::string,
       .default_value = "https://containers.dev/static/devcontainer-control-manifest.json",
       .project = false,
       .description = "which features are not to be used: an address, a file, or \"\" for none"},
      {.key = "exec_via",
       .type = SettingType::string,
       .default_value = "auto",
       .project = false,
       .description = "how `exec`, `shell` and lifecycle commands get inside: \"auto\", \"relay\" "
                      "or \"engine\""},
      {.key = "feature_installer",
       .type = SettingType::string,
       .default_value = "built-in",
       .project = true,
       .description = "what installs features: \"built-in\" (into the image where one can be "
                      "built, else inside), "
                      "\"layers\", \"in-place\", or the name of a plugin"},
      {.key = "forward_ports",
       .type = SettingType::boolean,
       .default_value = true,
       .project = false,
       .description = "`up` forwards the ports that the configuration names"},
      {.key = "host",
       .type = SettingType::string,
       .default_value = "local",
       .project = true,
       .description = "where the backend works: \"local\" or an address such as ssh://user@box"},
      {.key = "host_requirements",
       .type = SettingType::string,
       .default_value = "warn",
       .project = true,
       .description = "a host with less than hostRequirements asks for: \"warn\" or \"error\""},
      {.key = "hosts",
       .type = SettingType::strings,
       .default_value = Items{},
       .project = false,
       .description = "the hosts that a project may choose"},
      {.key = "initialize_on",
       .type = SettingType::string,
       .default_value = "source",
       .project = false,
       .description = "where initializeCommand and ${localEnv:...} of a synchronised folder are: "
                      "\"source\" (this machine) or \"host\""},
      {.key = "lockfile",
       .type = SettingType::string,
       .default_value = "write",
       .project = true,
       .description =
           "devcontainer-lock.json is kept up to date (\"write\"), has to be (\"frozen\"), "
           "or is left alone (\"off\")"},
      {.key = "offline",
       .type = SettingType::boolean,
       .default_value = false,
       .project = false,
       .description = "fetch nothing: features and templates come from the cache alone"},
      {.key = "plugin_path",
       .type = SettingType::strings,
       .default_value = Items{},
       .project = false,
       .description = "further folders to search for plugins, before the installed ones"},
      {.key = "port_detection",
       .type = SettingType::string,
       .default_value = "configured",
       .project = false,
       .description = "ports that begin to listen are forwarded: \"configured\" (where the "
                      "configuration has attributes of ports), \"always\" or \"never\""},
      {.key = "port_forwarder",
       .type = SettingType::string,
       .default_value = "built-in",
       .project = true,
       .description = "what forwards ports: \"built-in\" or the name of a plugin"},
      {.key = "port_names",
       .type = SettingType::integer,
       .default_value = std::int64_t{7070},
       .project = false,
       .description = "the port where forwards are reached by their names; 0: by no names"},
      {.key = "registry_auth_hosts",
       .type = SettingType::strings,
       .default_value = Items{},
       .project = false,
       .description = "token servers that may see a registry's credentials, as registry=host"},
      {.key = "registry_mirrors",
       .type = SettingType::strings,
       .default_value = Items{},
       .project = false,
       .description = "where registries are looked for instead, as name=other/name"},
      {.key = "registry_tag_lifetime",
       .type = SettingType::integer,
       .default_value = std::int64_t{60},
       .project = false,
       .description = "for how many seconds a tag is not asked for again"},
      {.key = "relay_listens",
       .type = SettingType::boolean,
       .default_value = false,
       .project = false,
       .description = "the relay may listen on a container's address for a moment, so that "
                      "forwards to servers on its localhost are quicker"},
      {.key = "remote_workspace_folder",
       .type = SettingType::string,
       .default_value = "",
       .project = false,
       .description = "a folder on the host: the workspace itself, or with content = \"sync\" "
                      "where its copy is"},
      {.key = "secrets_command",
       .type = SettingType::strings,
       .default_value = Items{},
       .project = false,
       .description = "a command that prints the secret whose name is its last argument"},
      {.key = "sync_with",
       .type = SettingType::string,
       .default_value = "auto",
       .project = false,
       .description = "what synchronises a folder with a host: \"unison\", \"rsync\", \"tar\" or "
                      "\"auto\", the first of them that both have"},
      {.key = "trust",
       .type = SettingType::string,
       .default_value = "ask",
       .project = false,
       .description = "what workspaces want of this machine: \"ask\" or \"always\" allow it"},
  };
  return settings;
}

std::string setting_variable(std::string_view key) {
  std::string name = "FAIRLEAD_";
  for (const char letter : key) {
    if (letter == '.') {
      name += "__";
    } else if (letter == '-') {
      name += '_';
    } else {
      const bool lower = letter >= 'a' && letter <= 'z';
      name += lower ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
  }
  return name;
}

}  // namespace fairlead
