#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/trust_prompt.hpp"
#include "json_text.hpp"

#include <fairlead/own_plugins.hpp>

#include <unistd.h>

namespace fairlead::cli {
namespace {

/// What a person should know before this code runs with their rights.
std::string manifest_text(const PluginManifest& plugin) {
  std::string text = plugin.id + ' ' + plugin.version + ": " + plugin.description + '\n';
  const auto line = [&](std::string_view name, const std::vector<std::string>& words) {
    if (words.empty()) return;
    text += "  " + std::string(name);
    for (const auto& word : words) text += ' ' + word;
    text += '\n';
  };
  line("interfaces", plugin.interfaces);
  line("backends  ", plugin.backends);
  line("hosts     ", plugin.host_schemes);
  line("scenarios ", plugin.scenarios);
  return text + "  library    " + plugin.library_path + '\n';
}

bool agreed(const Arguments& arguments, const Session& session, const PluginManifest& plugin,
            const std::string& question) {
  if (arguments.flag("yes")) return true;
  const auto questions = questions_of(arguments);
  const bool by_client = arguments.caller() != nullptr && arguments.caller()->make_log;
  if (by_client && !(questions && questions->answers(Questions::Kind::confirm))) {
    throw Error(Status::invalid, "rpc.params", "Nothing was changed: say \"yes\": true.");
  }
  return agrees(arguments, session, (questions ? manifest_text(plugin) : "") + question,
                "Nothing was changed: say --yes to do this without being asked.", {});
}

void answer(const Arguments& arguments, Session& session, const PluginManifest& plugin,
            const std::string& word) {
  session.write_out(wants_json(arguments, session)
                        ? R"({"id":)" + json_string(plugin.id) + R"(,"version":)" +
                              json_string(plugin.version) + "}\n"
                        : plugin.id + ' ' + plugin.version + ' ' + word + ".\n");
}

}  // namespace

int run_plugin_add(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto plugin = read_plugin(core, arguments.positional(0));
  session.write_err(manifest_text(plugin));
  if (!agreed(arguments, session, plugin, "It will run with all your rights. Add it?")) return 1;
  add_plugin(core, plugin);
  answer(arguments, session, plugin, "was added");
  return 0;
}

int run_plugin_remove(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto name = arguments.positional(0);
  session.write_err(manifest_text(find_plugin(core, name)));
  if (!agreed(arguments, session, find_plugin(core, name), "Remove the plugin " + name + "?"))
    return 1;
  answer(arguments, session, remove_plugin(core, name), "was removed");
  return 0;
}

int run_plugin_enable(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto plugin = find_plugin(core, arguments.positional(0));
  session.write_err(manifest_text(plugin));
  if (!agreed(arguments, session, plugin, "It will run with all your rights. Enable it?")) return 1;
  answer(arguments, session, enable_plugin(core, plugin.id), "is enabled");
  return 0;
}

int run_plugin_disable(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto plugin = find_plugin(core, arguments.positional(0));
  session.write_err(manifest_text(plugin));
  if (!agreed(arguments, session, plugin, "Disable it?")) return 1;
  answer(arguments, session, disable_plugin(core, plugin.id), "is disabled");
  return 0;
}

int run_plugin_new(const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  const Core core(core_options(arguments), *log);
  const auto folder = make_plugin(core, arguments.positional(0), arguments.positional(1));
  session.write_out(wants_json(arguments, session)
                        ? R"({"folder":)" + json_string(folder) + "}\n"
                        : folder + " has a plugin that builds:\n  cmake -S " + folder + " -B " +
                              folder + "/build && cmake --build " + folder +
                              "/build\n  fairlead plugin add " + folder + "/build\n");
  return 0;
}

}  // namespace fairlead::cli
