#include "dispatch.hpp"

#include "commands/choose.hpp"
#include "commands/collection_commands.hpp"
#include "commands/commands.hpp"
#include "commands/forwarding.hpp"
#include "commands/reference_errors.hpp"
#include "commands/signals.hpp"
#include "error_text.hpp"
#include "help_page.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <array>

namespace fairlead::cli {
namespace {

int run_serve(const Arguments& arguments, Session& session) {
  return session.serve(arguments, session);
}

struct Entry {
  CommandId command;
  Runner run;
};

// Add a command here and set `implemented` in command.cpp.
constexpr std::array entries = {
    Entry{CommandId::up, run_up},
    Entry{CommandId::set_up, run_set_up},
    Entry{CommandId::build, run_build},
    Entry{CommandId::run_user_commands, run_user_commands},
    Entry{CommandId::read_configuration, run_read_configuration},
    Entry{CommandId::outdated, run_outdated},
    Entry{CommandId::upgrade, run_upgrade},
    Entry{CommandId::features_test, run_features_test},
    Entry{CommandId::features_info, run_features_info},
    Entry{CommandId::features_package, run_features_package},
    Entry{CommandId::features_publish, run_features_publish},
    Entry{CommandId::features_generate_docs, run_features_generate_docs},
    Entry{CommandId::templates_apply, run_templates_apply},
    Entry{CommandId::templates_publish, run_templates_publish},
    Entry{CommandId::templates_metadata, run_templates_metadata},
    Entry{CommandId::templates_generate_docs, run_templates_generate_docs},
    Entry{CommandId::features_resolve_dependencies, run_features_resolve_dependencies},
    Entry{CommandId::exec, run_exec},
    Entry{CommandId::run, run_run},
    Entry{CommandId::shell, run_shell},
    Entry{CommandId::rebuild, run_rebuild},
    Entry{CommandId::list, run_list},
    Entry{CommandId::status, run_status},
    Entry{CommandId::stop, run_stop},
    Entry{CommandId::down, run_down},
    Entry{CommandId::logs, run_logs},
    Entry{CommandId::ports, run_ports},
    Entry{CommandId::forward, run_forward},
    Entry{CommandId::unforward, run_unforward},
    Entry{CommandId::background, run_background},
    Entry{CommandId::sync, run_sync},
    Entry{CommandId::attach, run_attach},
    Entry{CommandId::inspect, run_inspect},
    Entry{CommandId::cp, run_cp},
    Entry{CommandId::prune, run_prune},
    Entry{CommandId::doctor, run_doctor},
    Entry{CommandId::plugin_list, run_plugin_list},
    Entry{CommandId::plugin_info, run_plugin_info},
    Entry{CommandId::plugin_add, run_plugin_add},
    Entry{CommandId::plugin_remove, run_plugin_remove},
    Entry{CommandId::plugin_new, run_plugin_new},
    Entry{CommandId::plugin_enable, run_plugin_enable},
    Entry{CommandId::plugin_disable, run_plugin_disable},
    Entry{CommandId::host_add, run_host_add},
    Entry{CommandId::host_list, run_host_list},
    Entry{CommandId::host_check, run_host_check},
    Entry{CommandId::host_remove, run_host_remove},
    Entry{CommandId::config_show, run_config_show},
    Entry{CommandId::cache_show, run_cache_show},
    Entry{CommandId::cache_prune, run_cache_prune},
    Entry{CommandId::cache_export, run_cache_export},
    Entry{CommandId::cache_import, run_cache_import},
    Entry{CommandId::config_validate, run_config_validate},
    Entry{CommandId::config_explain, run_config_explain},
    Entry{CommandId::config_list, run_config_list},
    Entry{CommandId::config_migrate, run_config_migrate},
    Entry{CommandId::init, run_init},
    Entry{CommandId::serve, run_serve},
    Entry{CommandId::completion, run_completion},
    Entry{CommandId::help, run_help},
};

int own_usage_error(const Parsed& parsed, Session& session) {
  const std::string path = command_path(parsed.arguments.command());
  const std::string subject = path.empty() ? "fairlead" : "fairlead " + path;
  session.write_err(subject + ": " + parsed.message + "\nTry '" + subject + " --help'.\n");
  return 2;
}

int usage_error(const Parsed& parsed, Session& session) {
  if (session.mode == Mode::fairlead) return own_usage_error(parsed, session);
  session.write_err(
      drop_in_usage_error(parsed.arguments.command(), parsed.message, install_prefix(session)));
  return 1;
}

int not_available(CommandId command, const std::string& message, Session& session) {
  session.write_err((session.mode == Mode::fairlead ? "fairlead: " : "devcontainer: ") +
                    (message.empty()
                         ? "'" + command_path(command) + "' is not in this version of fairlead."
                         : message) +
                    '\n');
  return 1;
}

/// Commands that somebody uses who works in an environment: after the background process was killed
/// the next of them starts it again.
bool finds_forwards_again(const Arguments& arguments) {
  constexpr std::array commands = {CommandId::up,     CommandId::exec, CommandId::shell,
                                   CommandId::status, CommandId::list, CommandId::ports,
                                   CommandId::sync};
  return arguments.mode() == Mode::fairlead &&
         std::find(commands.begin(), commands.end(), arguments.command()) != commands.end();
}

int run(const Parsed& parsed, Session& session) {
  const Runner runner = runner_of(parsed.arguments.command());
  if (runner == nullptr) return not_available(parsed.arguments.command(), {}, session);
  if (finds_forwards_again(parsed.arguments)) revive_forwards(parsed.arguments, session);
  return runner(with_chosen_config(parsed.arguments, session), session);
}

}  // namespace

Runner runner_of(CommandId command) {
  for (const Entry& entry : entries) {
    if (entry.command == command) return entry.run;
  }
  return nullptr;
}

int dispatch(const Parsed& parsed, Session& session) {
  switch (parsed.kind) {
    case Parsed::Kind::run:
      return run(parsed, session);
    case Parsed::Kind::nothing:
      return 0;
    case Parsed::Kind::help:
      return show_help(parsed.arguments.command(), session);
    case Parsed::Kind::version:
      return run_version(session);
    case Parsed::Kind::usage_error:
      return usage_error(parsed, session);
    case Parsed::Kind::not_available:
      break;
  }
  return not_available(parsed.arguments.command(), parsed.message, session);
}

int report_error(const Error& error, const Arguments& arguments, Session& session) {
  const bool colour = session.err.colour && !arguments.flag("no-color");
  if (!is_silent(error, arguments)) session.write_err(error_text(error, session.mode, colour));
  // The reference answers only long operations with JSON (outcome.cpp); its other commands leave
  // stdout empty.
  const bool json = session.mode == Mode::fairlead && arguments.flag("json");
  if (json) session.write_out(error_json(error, {}, session.mode));
  return error.status() == Status::cancelled ? status_when_cancelled() : 1;
}

}  // namespace fairlead::cli
