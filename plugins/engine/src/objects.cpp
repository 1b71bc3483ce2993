#include "json.hpp"

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/objects.hpp>
#include <fairlead/sdk/records.hpp>

namespace fairlead::engine {
std::string objects_target(const ObjectsRequest& request) {
  Json filters = Json::object();
  if (!request.labels.empty()) filters["label"] = request.labels;
  const bool volumes = request.kind == ObjectKind::volume;
  // "dangling" of an image means that it has no name, of a volume that nothing mounts it.
  if (volumes && request.unused) filters["dangling"] = {"true"};
  return (volumes ? "/volumes" : "/images/json") +
         query({{"filters", filters.empty() ? std::string() : dump(filters)}});
}

std::vector<StoredObject> images_from_list(std::string_view json,
                                           const std::set<std::string>& used) {
  std::vector<StoredObject> objects;
  for (const auto& image : parse_json(json, Json::value_t::array)) {
    StoredObject object{.id = text_of(image, "Id"),
                        .names = texts_of(image, "RepoTags"),
                        .labels = map_of(image, "Labels"),
                        .created = sdk::rfc3339(number_of(image, "Created")),
                        .size_bytes = number_of(image, "Size")};
    std::erase(object.names, "<none>:<none>");
    if (!used.contains(object.id)) objects.push_back(std::move(object));
  }
  return objects;
}

std::vector<StoredObject> volumes_from_list(std::string_view json) {
  const auto all = parse_json(json, Json::value_t::object);
  std::vector<StoredObject> objects;
  const auto& volumes = member(all, "Volumes");
  if (!volumes.is_array()) return objects;
  for (const auto& volume : volumes) {
    objects.push_back({.id = text_of(volume, "Name"),
                       .names = {text_of(volume, "Name")},
                       .labels = map_of(volume, "Labels"),
                       .created = text_of(volume, "CreatedAt")});
  }
  return objects;
}

std::string commit_target(const CommitRequest& request) {
  const auto colon = request.image.find(':', request.image.rfind('/') + 1);
  const auto tag =
      colon == std::string::npos ? std::string("latest") : request.image.substr(colon + 1);
  return "/commit" +
         query({{"container", request.id}, {"repo", request.image.substr(0, colon)}, {"tag", tag}});
}

std::string committed_image(std::string_view json) {
  return text_of(parse_json(json, Json::value_t::object), "Id");
}

std::set<std::string> used_images(std::string_view containers) {
  std::set<std::string> ids;
  for (const auto& container : parse_json(containers, Json::value_t::array)) {
    ids.insert(text_of(container, "ImageID"));
  }
  return ids;
}

std::string networks_target(const std::vector<std::string>& labels) {
  return "/networks" + query({{"filters", dump(Json{{"label", labels}})}});
}

std::vector<std::string> networks_from_list(std::string_view json) {
  std::vector<std::string> names;
  for (const auto& network : parse_json(json, Json::value_t::array))
    names.push_back(text_of(network, "Name"));
  return names;
}

std::vector<std::string> users_of_network(std::string_view json) {
  std::vector<std::string> names;
  const auto network = parse_json(json, Json::value_t::object);
  const auto& users = member(network, "Containers");
  if (!users.is_object()) return names;
  for (const auto& [id, user] : users.items()) names.push_back(text_of(user, "Name"));
  return names;
}

}  // namespace fairlead::engine
