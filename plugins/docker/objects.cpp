#include "docker.hpp"

#include <fairlead/engine/instances.hpp>
#include <fairlead/engine/objects.hpp>
#include <fairlead/error.hpp>

#include <set>

/// Images and volumes as things that are stored: list and remove.
namespace fairlead::docker {

ObjectsReply DockerBackend::objects(const ObjectsRequest& request, sdk::Call& call) {
  const auto get = [&](std::string target) {
    return client().send({{.target = std::move(target)}, {}}, call).body;
  };
  const auto answer = get(engine::objects_target(request));
  if (request.kind == ObjectKind::volume) return {engine::volumes_from_list(answer)};
  std::set<std::string> used;
  if (request.unused) used = engine::used_images(get(engine::list_target({.labels = {}})));
  return {engine::images_from_list(answer, used)};
}

Empty DockerBackend::remove_object(const RemoveObjectRequest& request, sdk::Call& call) {
  const std::string folder = request.kind == ObjectKind::image ? "/images/" : "/volumes/";
  try {
    client().send({{.method = "DELETE", .target = folder + engine::percent_encoded(request.id)},
                   {engine::SubjectKind::image, request.id}},
                  call);
  } catch (const Error& error) {
    if (error.status() == Status::not_found) return {};
    if (error.status() != Status::conflict) throw;
    throw Error(Status::conflict, "object.in_use", error.message(),
                "Remove the containers that use it first; `fairlead list --all` shows them.");
  }
  return {};
}

}  // namespace fairlead::docker
