#include "commands/collection_commands.hpp"
#include "commands/options.hpp"

#include <fairlead/collections.hpp>

namespace fairlead::cli {
namespace {

int generate(ArtifactKind kind, const Arguments& arguments, Session& session) {
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  generate_documentation(core, {.kind = kind,
                                .folder = arguments.text("project-folder"),
                                .registry = arguments.text("registry"),
                                .space = arguments.text("namespace"),
                                .github_owner = arguments.text("github-owner"),
                                .github_repository = arguments.text("github-repo")});
  return 0;
}

}  // namespace

int run_features_generate_docs(const Arguments& arguments, Session& session) {
  return generate(ArtifactKind::feature, arguments, session);
}

int run_templates_generate_docs(const Arguments& arguments, Session& session) {
  return generate(ArtifactKind::dev_template, arguments, session);
}

}  // namespace fairlead::cli
