#pragma once

#include "features/resolve.hpp"

#include <string>

/// Resolved features as the reference CLI shows them, for those who read its output.
namespace fairlead {

/// `featuresConfiguration` of read-configuration: the features in install order, the folder with
/// the files of each, and the one that such folders lie in. Compact JSON.
std::string features_configuration_json(const ResolvedList& ordered,
                                        const std::vector<std::string>& folders,
                                        const std::string& root);

/// The graph as a Mermaid flowchart, in the order met, with a line end after each line. A node's
/// name begins with a digest of all that is known of it, as the reference CLI computes it.
/// FEAT-061.
std::string feature_graph_text(const ResolvedList& features, FeatureSorting sorting);

/// `{"installOrder":[{"id","options"}]}`: registries' features by digest, others as written.
std::string install_order_json(const ResolvedList& ordered);

}  // namespace fairlead
