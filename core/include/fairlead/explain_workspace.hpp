#pragma once

#include <fairlead/engine.hpp>
#include <fairlead/explain.hpp>

#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

struct ExplainRequest {
  Selection selection;
  std::string property;
};

struct ExplainResult {
  std::string config_file;
  std::vector<std::string> missing;  ///< contributors that could not be asked, and why
  std::vector<Explanation> explanations;
};

/// As `explain`, for a workspace. The metadata of the base image counts when an engine answers and
/// has the image; nothing is pulled or built, and without an engine the rest is explained. Throws
/// as `read_config` and `explain`.
ExplainResult explain_configuration(Core& core, const ExplainRequest& request,
                                    std::stop_token stop);

}  // namespace fairlead
