#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "json_text.hpp"
#include "line_diff.hpp"

#include <fairlead/discovery.hpp>
#include <fairlead/migrate.hpp>

#include <filesystem>

namespace fairlead::cli {
namespace {

/// The file that the arguments mean.
std::string file_of(const Arguments& arguments) {
  const auto selection = selection_of(arguments);
  const auto core = core_options(arguments);
  if (!selection.config.empty()) {
    return (std::filesystem::path(core.working_directory) / selection.config).lexically_normal();
  }
  ReadOptions options;
  options.workspace_folder = selection.workspace_folder;
  options.working_directory = core.working_directory;
  const auto choice = find_configs(options);
  if (choice.usual) return choice.candidates[*choice.usual].config_file;
  if (choice.candidates.empty()) {
    throw Error(Status::not_found, "config.not_found",
                "No configuration is in " + selection.workspace_folder + '.',
                "name one with --config");
  }
  throw Error(Status::invalid, "config.several", "Several configurations are here.",
              "name one with --config; `fairlead config list` shows them");
}

std::string result_json(const std::string& file, const Migration& migration) {
  std::string changes;
  for (const auto& one : migration.changes) {
    changes += (changes.empty() ? "" : ",") + json_string(one);
  }
  return R"({"configFile":)" + json_string(file) + R"(,"changed":)" +
         (migration.text == migration.before ? "false" : "true") + R"(,"changes":[)" + changes +
         "]}\n";
}

std::string result_text(const std::string& file, const Migration& migration) {
  if (migration.changes.empty()) return file + " has nothing old in it.\n";
  std::string text = file + ":\n";
  for (const auto& one : migration.changes) text += "  " + one + '\n';
  return text;
}

}  // namespace

int run_config_migrate(const Arguments& arguments, Session& session) {
  const auto file = file_of(arguments);
  const bool dry_run = arguments.flag("dry-run");
  const auto migration = migrate_config_file(file, !dry_run);
  if (wants_json(arguments, session)) {
    session.write_out(result_json(file, migration));
    return 0;
  }
  session.write_out(result_text(file, migration));
  if (dry_run) session.write_out(line_diff(migration.before, migration.text));
  return 0;
}

}  // namespace fairlead::cli
