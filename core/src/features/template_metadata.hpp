#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace fairlead {

/// What is published of a Template beside its own metadata: the kind of its configuration, its
/// files, the features in it; an optional folder of one file becomes that file (TMPL-014). Throws
/// Error "collection.incomplete" without a configuration or with one that names no source.
nlohmann::ordered_json published_template_metadata(const std::filesystem::path& folder,
                                                   nlohmann::ordered_json metadata);

}  // namespace fairlead
