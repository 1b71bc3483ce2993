#pragma once

#include <fairlead/model/objects.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Images and volumes as they are stored: the engine's JSON as our model. Pure functions.
/// Each throws Error(failed, "engine.malformed") when the text is not what the Engine API says.
namespace fairlead::engine {

/// Path and query of the list that answers `request`.
std::string objects_target(const ObjectsRequest& request);

/// The answer to it for images, without those whose id is in `used`.
std::vector<StoredObject> images_from_list(std::string_view json,
                                           const std::set<std::string>& used);
/// The answer to it for volumes; that they are unused is the engine's filter.
std::vector<StoredObject> volumes_from_list(std::string_view json);

/// Path and query that make an image of an instance.
std::string commit_target(const CommitRequest& request);
/// The new image's id by the answer to it.
std::string committed_image(std::string_view json);

/// The ids of the images that containers were made from, by the list of containers.
std::set<std::string> used_images(std::string_view containers);

/// Path and query of GET /networks for those with all these labels.
std::string networks_target(const std::vector<std::string>& labels);
/// The names in its answer. Throws Error(failed, "engine.malformed").
std::vector<std::string> networks_from_list(std::string_view json);
/// The containers in a network, by the answer to GET /networks/NAME. Throws the same.
std::vector<std::string> users_of_network(std::string_view json);

}  // namespace fairlead::engine
