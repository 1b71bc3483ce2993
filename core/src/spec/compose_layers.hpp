#pragma once

#include "spec/json_access.hpp"

#include <string>
#include <vector>

namespace fairlead {

/// One configuration made of several files, the nearest last: each property by its rule
/// (rules.hpp). Where a nearer file names another container source (image, Dockerfile, Compose),
/// the farther ones' are gone. Hooks are the nearest file's here; all of them run, because each
/// file contributes an entry of its own to the merge.
Json compose_layers(std::vector<Json> layers);

/// A place in a composed document and where it comes from.
struct LayerPlace {
  std::size_t layer = 0;
  std::string pointer;
};

/// Finds the nearest file that has what `pointer` leads to in `composed`, or the longest part of
/// the way. Items of lists are known by their values.
LayerPlace find_in_layers(const Json& composed, const std::vector<const Json*>& layers,
                          const std::string& pointer);

}  // namespace fairlead
