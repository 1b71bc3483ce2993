#include "spec/config_values.hpp"

#include <string>
#include <vector>

namespace fairlead {
namespace {

/// What a configuration can be made from, as far as the file names it.
struct Sources {
  bool image = false;
  bool dockerfile = false;
  bool compose = false;
};

void exclude(const Values& values, std::string_view at, const std::string& message) {
  values.report({.pointer = values.pointer(at),
                 .code = "config.scenario",
                 .message = message,
                 .hint = "keep the one that the container is to be made from"});
}

/// The reason why sources cannot stand together. The reference takes the Dockerfile, then the image
/// (edge cases 13, 14), so a drop-in says nothing. True: it was said.
bool refuse_mixed(const Values& values, const Sources& has) {
  if (values.mode() == Mode::drop_in) return false;
  const Json* build = values.get("build");
  const bool two_dockerfiles = values.get("dockerFile") != nullptr && build != nullptr &&
                               member(*build, "dockerfile") != nullptr;
  if (has.compose && (has.dockerfile || has.image)) {
    exclude(values, "dockerComposeFile",
            std::string("\"dockerComposeFile\" and ") + (has.image ? "\"image\"" : "a Dockerfile") +
                " exclude each other");
  } else if (has.dockerfile && has.image) {
    exclude(values, "image", "\"image\" and a Dockerfile exclude each other");
  }
  if (two_dockerfiles) {
    exclude(values, "dockerFile", "\"dockerFile\" and \"build.dockerfile\" exclude each other");
  }
  const int sources = int{has.image} + int{has.dockerfile} + int{has.compose};
  return two_dockerfiles || sources > 1;
}

void require(const Values& values, std::string_view at, const std::string& message) {
  values.report({.pointer = values.pointer(at), .code = "config.missing", .message = message});
}

void require_parts(const Values& values, const Sources& has) {
  if (values.get("dockerComposeFile") != nullptr && values.get("service") == nullptr) {
    require(values, "dockerComposeFile",
            "\"dockerComposeFile\" needs \"service\": which one is to be used");
  }
  if (values.mode() == Mode::drop_in) return;
  const Json* build = values.get("build");
  if (build != nullptr && build->is_object() && !has.image && !has.dockerfile && !has.compose &&
      member(*build, "dockerfile") == nullptr) {
    require(values, "build", "\"build\" needs \"dockerfile\"");
  }
  const Json* image = values.get("image");
  if (image != nullptr && image->is_string() && image->get_ref<const std::string&>().empty()) {
    values.fault("image", "\"image\" is empty");
  }
  if (has.compose && values.get("workspaceFolder") == nullptr) {
    values.report({.pointer = values.pointer("dockerComposeFile"),
                   .severity = Severity::warning,
                   .code = "config.missing",
                   .message = "without \"workspaceFolder\" the folder that is opened is \"/\"",
                   .hint = "name the folder that the Compose file mounts the project at"});
  }
}

void warn_of_unused(const Values& values, const std::vector<std::string_view>& names,
                    const std::string& scenario) {
  for (const std::string_view name : names) {
    if (values.get(name) == nullptr) continue;
    values.report({.pointer = values.pointer(name),
                   .severity = Severity::warning,
                   .code = "config.unused",
                   .message = '"' + std::string(name) + "\" has no effect with " + scenario,
                   .at_name = true});
  }
}

/// `shutdownAction` has values that mean something for one kind only (CFG-042).
void judge_shutdown(const Values& values, const std::string& foreign, const std::string& scenario) {
  const Json* action = values.get("shutdownAction");
  if (action == nullptr || *action != foreign) return;
  values.warn("shutdownAction", "config.unused",
              "\"shutdownAction\" \"" + foreign + "\" has no effect with " + scenario);
}

/// A file without any source may be a part of a configuration, or for a container that exists.
void warn_of_misfits(const Values& values, const Sources& has) {
  if (!values.wants_advice() || values.mode() == Mode::drop_in) return;
  if (has.dockerfile) {
    const bool legacy = values.get("dockerFile") != nullptr;
    warn_of_unused(values, {"service", "runServices"}, "a Dockerfile");
    if (!legacy) warn_of_unused(values, {"context"}, "\"build\"; it has a \"context\" of its own");
    judge_shutdown(values, "stopCompose", "a Dockerfile");
    if (const Json* build = legacy ? values.get("build") : nullptr) {
      warn_of_unused(values.below("build", *build), {"context"}, "\"dockerFile\"");
    }
  } else if (has.image) {
    warn_of_unused(values, {"build", "context", "service", "runServices"}, "\"image\"");
    judge_shutdown(values, "stopCompose", "\"image\"");
  } else if (has.compose) {
    warn_of_unused(values, {"build", "context", "appPort", "runArgs", "workspaceMount"},
                   "\"dockerComposeFile\"");
    judge_shutdown(values, "stopContainer", "\"dockerComposeFile\"");
  }
}

}  // namespace

Scenario read_scenario(const Values& values, const Config& config) {
  const Sources has{.image = !config.image.empty(),
                    .dockerfile = !config.build.dockerfile.empty(),
                    .compose = values.get("dockerComposeFile") != nullptr};
  const bool mixed = refuse_mixed(values, has);
  require_parts(values, has);
  if (!mixed) warn_of_misfits(values, has);
  if (has.dockerfile) return Scenario::dockerfile;
  if (has.image) return Scenario::image;
  return has.compose ? Scenario::compose : Scenario::none;
}

}  // namespace fairlead
