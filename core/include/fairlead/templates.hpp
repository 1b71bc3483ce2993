#pragma once

#include <fairlead/core.hpp>

#include <stop_token>
#include <string>
#include <vector>

/// Templates: from a registry into a project. Every function blocks, may run on any thread, and
/// ends with Error(cancelled) soon after its stop token is requested.
namespace fairlead {

struct ApplyTemplateRequest {
  std::string workspace_folder;
  std::string id;        ///< "registry/namespace/name[:version]"; but for the drop-in also a folder
  std::string options;   ///< JSON object of texts
  std::string features;  ///< JSON array of {"id", "options"}
  std::string omit_paths;             ///< JSON array of "file", "folder/*"
  std::string temporary_folder = {};  ///< where it is unpacked; empty: a folder of ours
  bool keep_existing = false;         ///< files that are there end it before anything is written
};

/// Writes a template's files into the workspace and returns them, "./…" each. TMPL-001..012.
/// Nothing is written unless the whole template could be had. Throws Error: "template.arguments"
/// for JSON of another form, "template.not_found", "template.unsafe", "init.exists", "registry.*",
/// "archive.*".
std::vector<std::string> apply_template(Core& core, const ApplyTemplateRequest& request,
                                        std::stop_token stop);

/// What a published template says about itself, JSON text on one line; empty when its manifest does
/// not say it. TMPL-002. Throws Error "registry.*".
std::string template_metadata(Core& core, const std::string& id, std::stop_token stop);

}  // namespace fairlead
