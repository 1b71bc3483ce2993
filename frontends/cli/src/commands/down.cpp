#include "commands/commands.hpp"
#include "commands/environment_view.hpp"
#include "commands/forwarding.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"

namespace fairlead::cli {
namespace {

/// The container's object with what else went; null: there was nothing at all.
std::string down_json(const DownResult& result) {
  std::string json = result.environment ? environment_json(*result.environment) : "{}";
  const auto append = [&](const char* name, const std::vector<std::string>& names) {
    if (names.empty()) return;
    json.pop_back();
    json += (json.size() > 1 ? "," : "") + json_string(name) + ':' + json_array(names) + '}';
  };
  append("removedVolumes", result.volumes);
  append("removedImages", result.images);
  return json == "{}" ? "null\n" : json + '\n';
}

std::string down_text(const DownResult& result) {
  std::string text = result.environment
                         ? "The container " + result.environment->instance.name + " is removed.\n"
                         : "There was no container to remove.\n";
  for (const auto& name : result.volumes) text += "The volume " + name + " is removed.\n";
  for (const auto& name : result.images) text += "The image " + name + " is removed.\n";
  return text;
}

}  // namespace

int run_down(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto result = down(
      core, selection_of(arguments),
      {.volumes = arguments.flag("volumes"), .images = arguments.flag("images")}, signals.token());
  if (result.environment) end_forwards(core, result.environment->instance.id, signals.token());
  session.write_out(wants_json(arguments, session) ? down_json(result) : down_text(result));
  return 0;
}

}  // namespace fairlead::cli
