#include "commands/collection_commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"

#include <fairlead/templates.hpp>

namespace fairlead::cli {
namespace {

std::string files_json(const std::vector<std::string>& files) {
  std::string list;
  for (const auto& file : files) list += (list.empty() ? "" : ",") + json_string(file);
  return R"({"files":[)" + list + "]}\n";
}

std::string files_text(const std::vector<std::string>& files) {
  std::string text;
  for (const auto& file : files) text += file + '\n';
  return text;
}

}  // namespace

int run_templates_apply(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto files = apply_template(core,
                                    {.workspace_folder = arguments.text("workspace-folder"),
                                     .id = arguments.text("template-id"),
                                     .options = arguments.text("template-args"),
                                     .features = arguments.text("features"),
                                     .omit_paths = arguments.text("omit-paths"),
                                     .temporary_folder = arguments.text("tmp-dir")},
                                    signals.token());
  session.write_out(wants_json(arguments, session) ? files_json(files) : files_text(files));
  return 0;
}

int run_templates_metadata(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  try {
    Core core(core_options(arguments), *log);
    const auto metadata = template_metadata(core, arguments.positional(0), signals.token());
    session.write_out((metadata.empty() ? "{}" : metadata) + '\n');
    return metadata.empty() ? 1 : 0;
  } catch (const Error& error) {
    if (arguments.mode() == Mode::fairlead || error.status() == Status::cancelled) throw;
    Log(*log).text(LogLevel::error, error.text());
    session.write_out("{}\n");
    return 1;
  }
}

}  // namespace fairlead::cli
