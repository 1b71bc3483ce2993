#pragma once

#include <fairlead/model.hpp>

#include <string>

/// Writes Dockerfile and context of the features into the request's staging folder and returns the
/// Dockerfile's text.
std::string write_build(const fairlead::FeaturesInstallRequest& request);

/// SHA-256 over `text` and every file of the features, lower-case hex.
std::string content_hash(const std::string& text, const fairlead::FeaturesInstallRequest& request);
