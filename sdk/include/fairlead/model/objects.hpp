#pragma once

#include <fairlead/model/common.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// What a backend stores beside instances: images and named volumes, to be listed and removed.
/// Not part of model.hpp: few need it.
namespace fairlead {

enum class ObjectKind { image, volume };

struct StoredObject {
  std::string id;  ///< what `remove_object` takes
  std::vector<std::string> names;
  Labels labels;
  std::string created;           ///< RFC 3339; empty: unknown
  std::int64_t size_bytes = -1;  ///< -1: unknown
};

/// Filters are all-of, as in ListRequest.
struct ObjectsRequest {
  ObjectKind kind = ObjectKind::image;
  std::vector<std::string> labels;
  bool unused = false;  ///< only what no instance, running or not, was made from or mounts
};

struct ObjectsReply {
  std::vector<StoredObject> objects;
};

struct RemoveObjectRequest {
  ObjectKind kind = ObjectKind::image;
  std::string id;  ///< or a name
};

/// What the image's registry has now, whatever the backend has.
struct RegistryDigestRequest {
  std::string image;
  FdRef credentials;  ///< as in PullImageRequest
};

struct RegistryDigestReply {
  std::string digest;               ///< "sha256:…"
  std::vector<std::string> stored;  ///< "name@sha256:…" of the image as it is stored; empty: none
};

/// An image is to be made of what an instance's own filesystem holds now; what is mounted into it
/// is not part of that. The instance may run, and goes on.
struct CommitRequest {
  std::string id;
  std::string image;  ///< the image's name
};

struct CommitReply {
  std::string image_id;
};

}  // namespace fairlead
