#pragma once

#include "features/registry.hpp"

#include <fairlead/model.hpp>

#include <stop_token>
#include <string>

/// Images in registries, as far as their configuration goes: nothing is pulled.
namespace fairlead {

/// Where an image comes from, by docker's rules: "debian" is
/// "registry-1.docker.io/library/debian:latest". Throws Error as parse_oci_reference.
OciReference image_reference(const std::string& image);

/// The configuration of `image` for a platform ("linux", "amd64"): user, variables, entrypoint,
/// command, working folder and labels; `id` is the digest of the configuration, which is the
/// image's id on engines. Two or three requests: index, manifest, configuration. Throws Error what
/// Registry throws, "registry.manifest" when it is no image or has none for the platform.
ImageInfo image_in_registry(Registry& registry, const std::string& image, const std::string& os,
                            const std::string& arch, std::stop_token stop);

}  // namespace fairlead
