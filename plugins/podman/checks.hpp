#pragma once

#include <fairlead/model/checks.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What Podman says of itself in the answer to GET /libpod/info. Pure functions; each throws
/// Error(failed, "engine.malformed") when the text is no JSON object.
namespace fairlead::podman {

/// Where it was asked.
struct Reached {
  std::string address;
  bool own = false;  ///< a service that we started
};

/// How it is reached, whose it is, its ids, its storage.
std::vector<Check> podman_checks(std::string_view info, const Reached& reached);

bool is_rootless(std::string_view info);

}  // namespace fairlead::podman
