#include "commands/commands.hpp"
#include "commands/environment_view.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"
#include "table.hpp"

namespace fairlead::cli {
namespace {

std::string list_json(const ListResult& result) {
  std::string environments;
  for (const auto& environment : result.environments) {
    environments += (environments.empty() ? "" : ",") + environment_json(environment);
  }
  return R"({"environments":[)" + environments + R"(],"silentBackends":)" +
         silent_json(result.silent) + "}\n";
}

/// The names of built images have a whole digest in them, of which a table needs the beginning.
std::string short_name(const std::string& image) {
  constexpr std::size_t shown = 12;
  constexpr std::size_t digest = 64;
  for (auto at = image.find('-'); at != std::string::npos; at = image.find('-', at + 1)) {
    const auto end = std::min(image.find_first_not_of("0123456789abcdef", at + 1), image.size());
    if (end - at - 1 == digest) return image.substr(0, at + 1 + shown) + "..." + image.substr(end);
  }
  return image;
}

std::string list_text(const ListResult& result, bool bold) {
  if (result.environments.empty()) return "No dev containers.\n";
  Table table({"STATE", "CONTAINER", "ID", "BACKEND", "AGE", "PORTS", "IMAGE", "FOLDER"});
  for (const auto& environment : result.environments) {
    const auto& instance = environment.instance;
    table.add({state_word(instance.state), instance.name, instance.id.substr(0, 12),
               environment.backend, age_text(environment.age_seconds), ports_text(instance.ports),
               short_name(instance.image),
               environment.source.empty() ? environment.local_folder : environment.source});
  }
  return table.text(bold);
}

}  // namespace

int run_list(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto result = list(core, arguments.flag("all"), signals.token());
  if (wants_json(arguments, session)) {
    session.write_out(list_json(result));
    return 0;
  }
  // Nothing is known of what cannot be asked.
  const bool blind = result.environments.empty() && !result.silent.empty();
  if (!blind) session.write_out(list_text(result, session.out.colour));
  for (const auto& [name, reason] : result.silent) {
    session.write_err("The backend '" + name + "' does not answer: " + reason + '\n');
  }
  return blind ? 1 : 0;
}

}  // namespace fairlead::cli
