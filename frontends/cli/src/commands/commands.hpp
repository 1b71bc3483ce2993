#pragma once

#include "../session.hpp"

namespace fairlead::cli {

// One function per command, each in the file named after it. All of them return the program's exit
// code and throw fairlead::Error for what main reports.

int run_up(const Arguments& arguments, Session& session);
int run_set_up(const Arguments& arguments, Session& session);
int run_build(const Arguments& arguments, Session& session);
int run_user_commands(const Arguments& arguments, Session& session);
int run_read_configuration(const Arguments& arguments, Session& session);
int run_exec(const Arguments& arguments, Session& session);
int run_run(const Arguments& arguments, Session& session);
int run_shell(const Arguments& arguments, Session& session);
int run_rebuild(const Arguments& arguments, Session& session);
int run_list(const Arguments& arguments, Session& session);
int run_status(const Arguments& arguments, Session& session);
int run_stop(const Arguments& arguments, Session& session);
int run_down(const Arguments& arguments, Session& session);
int run_logs(const Arguments& arguments, Session& session);
int run_ports(const Arguments& arguments, Session& session);
int run_forward(const Arguments& arguments, Session& session);
int run_unforward(const Arguments& arguments, Session& session);
int run_background(const Arguments& arguments, Session& session);
int run_sync(const Arguments& arguments, Session& session);
int run_attach(const Arguments& arguments, Session& session);
int run_inspect(const Arguments& arguments, Session& session);
int run_cp(const Arguments& arguments, Session& session);
int run_prune(const Arguments& arguments, Session& session);
int run_doctor(const Arguments& arguments, Session& session);
int run_plugin_list(const Arguments& arguments, Session& session);
int run_plugin_info(const Arguments& arguments, Session& session);
int run_plugin_add(const Arguments& arguments, Session& session);
int run_plugin_remove(const Arguments& arguments, Session& session);
int run_plugin_enable(const Arguments& arguments, Session& session);
int run_plugin_disable(const Arguments& arguments, Session& session);
int run_host_add(const Arguments& arguments, Session& session);
int run_host_list(const Arguments& arguments, Session& session);
int run_host_check(const Arguments& arguments, Session& session);
int run_host_remove(const Arguments& arguments, Session& session);
int run_plugin_new(const Arguments& arguments, Session& session);
int run_config_show(const Arguments& arguments, Session& session);
int run_cache_show(const Arguments& arguments, Session& session);
int run_cache_prune(const Arguments& arguments, Session& session);
int run_cache_export(const Arguments& arguments, Session& session);
int run_cache_import(const Arguments& arguments, Session& session);
int run_config_validate(const Arguments& arguments, Session& session);
int run_config_explain(const Arguments& arguments, Session& session);
int run_config_list(const Arguments& arguments, Session& session);
int run_config_migrate(const Arguments& arguments, Session& session);
int run_init(const Arguments& arguments, Session& session);
int run_completion(const Arguments& arguments, Session& session);
int run_help(const Arguments& arguments, Session& session);

/// `--version`: ours, or in drop-in mode the release of the reference that we speak for.
int run_version(Session& session);

/// `--help` of `command`, and what an empty command line gets.
int show_help(CommandId command, Session& session);

}  // namespace fairlead::cli
