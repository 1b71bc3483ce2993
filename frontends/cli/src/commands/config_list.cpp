#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "json_text.hpp"
#include "table.hpp"

#include <fairlead/discovery.hpp>

namespace fairlead::cli {
namespace {

std::string list_json(const ConfigChoice& choice) {
  std::string list;
  for (std::size_t i = 0; i < choice.candidates.size(); ++i) {
    const auto& [file, folder] = choice.candidates[i];
    list += (list.empty() ? "" : ",") + std::string(R"({"configFile":)") + json_string(file) +
            R"(,"workspaceFolder":)" + json_string(folder) + R"(,"used":)" +
            (choice.usual == i ? "true" : "false") + '}';
  }
  return '[' + list + "]\n";
}

std::string list_text(const ConfigChoice& choice, bool bold) {
  if (choice.candidates.empty()) return "No configurations.\n";
  Table table({"USED", "CONFIGURATION", "FOLDER"});
  for (std::size_t i = 0; i < choice.candidates.size(); ++i) {
    const auto& [file, folder] = choice.candidates[i];
    table.add({choice.usual == i ? "yes" : "", file, folder});
  }
  return table.text(bold);
}

}  // namespace

int run_config_list(const Arguments& arguments, Session& session) {
  const auto core = core_options(arguments);
  ReadOptions options;
  options.workspace_folder = selection_of(arguments).workspace_folder;
  options.working_directory = core.working_directory;
  const auto choice = find_configs(options);
  session.write_out(wants_json(arguments, session) ? list_json(choice)
                                                   : list_text(choice, session.out.colour));
  return 0;
}

}  // namespace fairlead::cli
