#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/instances.hpp>
#include <fairlead/engine/objects.hpp>
#include <fairlead/error.hpp>

#include <set>

/// Images and volumes as things that are stored: list and remove.
namespace fairlead::engine {

ObjectsReply EngineBackend::objects(const ObjectsRequest& request, sdk::Call& call) {
  const auto get = [&](std::string target) {
    return client().send({{.target = std::move(target)}, {}}, call).body;
  };
  const auto answer = get(objects_target(request));
  if (request.kind == ObjectKind::volume) return {volumes_from_list(answer)};
  std::set<std::string> used;
  if (request.unused) used = used_images(get(list_target({.labels = {}})));
  return {images_from_list(answer, used)};
}

Empty EngineBackend::remove_object(const RemoveObjectRequest& request, sdk::Call& call) {
  const std::string folder = request.kind == ObjectKind::image ? "/images/" : "/volumes/";
  try {
    client().send({{.method = "DELETE", .target = folder + percent_encoded(request.id)},
                   {SubjectKind::image, request.id}},
                  call);
  } catch (const Error& error) {
    if (error.status() == Status::not_found) return {};
    if (error.status() != Status::conflict) throw;
    throw Error(Status::conflict, "object.in_use", error.message(),
                "Remove the containers that use it first; `fairlead list --all` shows them.");
  }
  return {};
}

CommitReply EngineBackend::commit(const CommitRequest& request, sdk::Call& call) {
  const auto answer = client()
                          .send({{.method = "POST", .target = commit_target(request), .body = "{}"},
                                 {SubjectKind::instance, request.id}},
                                call)
                          .body;
  return {committed_image(answer)};
}

}  // namespace fairlead::engine
