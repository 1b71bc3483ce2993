#pragma once

#include <fairlead/init.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What collections and projects offer to begin with. Pure.
namespace fairlead {

/// A template by its metadata, JSON text with comments; `id` is what applies it.
/// Throws Error(invalid, "collection.syntax") when it is no object.
OfferedTemplate offered_template(std::string_view metadata, const std::string& id);

/// The entries of devcontainer-collection.json; `space` ("registry/namespace") is put before each
/// id. Entries without an id are left out. Throws Error(invalid, "collection.syntax").
std::vector<OfferedTemplate> templates_in(std::string_view collection, const std::string& space);
std::vector<OfferedFeature> features_in(std::string_view collection, const std::string& space);

/// The names of a Compose file's services, as far as it is written in the usual way: `services:` at
/// the margin, each name indented alike.
std::vector<std::string> compose_services(std::string_view text);

/// devcontainer.json for a Dockerfile, or with `service` for a Compose file. `path` is relative to
/// the project.
std::string config_for(const std::string& name, const std::string& path,
                       const std::string& service);

}  // namespace fairlead
