#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "json_text.hpp"
#include "table.hpp"

#include <algorithm>

namespace fairlead::cli {
namespace {

std::string json_list(const std::vector<std::string>& words) {
  std::string list;
  for (const auto& word : words) list += (list.empty() ? "" : ",") + json_string(word);
  return '[' + list + ']';
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string options_json(const std::vector<PluginOption>& options) {
  std::string list;
  for (const auto& option : options) {
    list += (list.empty() ? "" : ",") + std::string(R"({"name":)") + json_string(option.name) +
            R"(,"type":)" + json_string(option.type) + R"(,"description":)" +
            json_string(option.description) + R"(,"default":)" + json_string(option.default_value) +
            R"(,"project":)" + (option.project ? "true" : "false") + '}';
  }
  return '[' + list + ']';
}

std::string entry_json(const PluginEntry& entry) {
  const auto& plugin = entry.manifest;
  std::string json = R"({"id":)" + json_string(plugin.id);
  json += R"(,"version":)" + json_string(plugin.version);
  json += R"(,"description":)" + json_string(plugin.description);
  json += R"(,"abi":)" +
          json_string(std::to_string(plugin.abi_major) + '.' + std::to_string(plugin.abi_minor));
  json += R"(,"interfaces":)" + json_list(plugin.interfaces);
  json += R"(,"backends":)" + json_list(plugin.backends);
  json += R"(,"hostSchemes":)" + json_list(plugin.host_schemes);
  json += R"(,"scenarios":)" + json_list(plugin.scenarios);
  json += R"(,"options":)" + options_json(plugin.options);
  json += R"(,"library":)" + json_string(plugin.library_path);
  if (!entry.refusal.empty()) json += R"(,"refusal":)" + json_string(entry.refusal);
  return json + '}';
}

std::string entry_text(const PluginEntry& entry) {
  const auto& plugin = entry.manifest;
  std::string text = plugin.id + ' ' + plugin.version + '\n';
  const auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += "  " + std::string(name) + value + '\n';
  };
  line("", plugin.description);
  line("backends    ", joined(plugin.backends));
  line("hosts       ", joined(plugin.host_schemes));
  line("scenarios   ", joined(plugin.scenarios));
  line("interfaces  ", joined(plugin.interfaces));
  line("ABI         ", std::to_string(plugin.abi_major) + '.' + std::to_string(plugin.abi_minor));
  line("library     ", plugin.library_path);
  line("refused     ", entry.refusal);
  for (const auto& option : plugin.options) {
    text += "  option " + option.name + " (" + option.type +
            (option.default_value.empty() ? "" : ", default " + option.default_value) +
            (option.project ? ", a project may set it" : "") + "): " + option.description + '\n';
  }
  return text;
}

const PluginEntry& entry_named(const std::vector<PluginEntry>& entries, const std::string& name) {
  const auto named = [&](const PluginEntry& entry) {
    const auto& plugin = entry.manifest;
    return plugin.id == name || std::ranges::find(plugin.backends, name) != plugin.backends.end();
  };
  const auto found = std::ranges::find_if(entries, named);
  if (found != entries.end()) return *found;
  std::vector<std::string> ids;
  for (const auto& entry : entries) ids.push_back(entry.manifest.id);
  throw Error(Status::not_found, "plugin.unknown", "There is no plugin '" + name + "'.",
              ids.empty() ? "No plugin was found at all; see --plugin-path."
                          : "Found: " + joined(ids) + '.');
}

/// Listing shows also what only loading in a child process brings to light.
std::vector<PluginEntry> checked_entries(Core& core, const Settings& settings) {
  auto& plugins = core.plugins(settings);
  auto entries = plugins.entries();
  for (auto& entry : entries) {
    if (entry.refusal.empty()) entry.refusal = plugins.check(entry.manifest);
  }
  return entries;
}

}  // namespace

int run_plugin_list(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto entries = checked_entries(core, core.settings({}, nullptr));
  if (wants_json(arguments, session)) {
    std::string list;
    for (const auto& entry : entries) list += (list.empty() ? "" : ",") + entry_json(entry);
    session.write_out('[' + list + "]\n");
    return 0;
  }
  if (entries.empty()) {
    session.write_out("No plugins.\n");
    return 0;
  }
  Table table({"PLUGIN", "VERSION", "BACKENDS", "STATE"});
  for (const auto& entry : entries) {
    table.add({entry.manifest.id, entry.manifest.version, joined(entry.manifest.backends),
               entry.refusal.empty() ? "ok" : "refused: " + entry.refusal});
  }
  session.write_out(table.text(session.out.colour));
  return 0;
}

int run_plugin_info(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto entries = checked_entries(core, core.settings({}, nullptr));
  const auto& entry = entry_named(entries, arguments.positional(0));
  session.write_out(wants_json(arguments, session) ? entry_json(entry) + '\n' : entry_text(entry));
  return 0;
}

}  // namespace fairlead::cli
