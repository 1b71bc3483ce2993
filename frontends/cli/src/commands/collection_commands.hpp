#pragma once

#include "../session.hpp"

namespace fairlead::cli {

// The commands for features, templates and the lockfile; as those in commands.hpp.

int run_outdated(const Arguments& arguments, Session& session);
int run_upgrade(const Arguments& arguments, Session& session);
int run_features_test(const Arguments& arguments, Session& session);
int run_features_info(const Arguments& arguments, Session& session);
int run_features_package(const Arguments& arguments, Session& session);
int run_features_publish(const Arguments& arguments, Session& session);
int run_features_generate_docs(const Arguments& arguments, Session& session);
int run_features_resolve_dependencies(const Arguments& arguments, Session& session);
int run_templates_apply(const Arguments& arguments, Session& session);
int run_templates_publish(const Arguments& arguments, Session& session);
int run_templates_metadata(const Arguments& arguments, Session& session);
int run_templates_generate_docs(const Arguments& arguments, Session& session);

}  // namespace fairlead::cli
