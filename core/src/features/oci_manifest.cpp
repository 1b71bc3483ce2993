#include "features/oci_manifest.hpp"

#include "base/json_text.hpp"
#include "base/sha256.hpp"
#include "features/oci_reference.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* docker_list_type =
    "application/vnd.docker.distribution.manifest.list.v2+json";

Error malformed(const std::string& what, const std::string& why) {
  return Error(Status::failed, "registry.manifest",
               "The registry's manifest of " + what + " cannot be used: " + why + ".");
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

OciAnnotations annotations_of(const Json& object, const std::string& what) {
  OciAnnotations result;
  const auto found = object.find("annotations");
  if (found == object.end() || found->is_null()) return result;
  if (!found->is_object()) throw malformed(what, "its annotations are no object");
  for (const auto& [name, value] : found->items()) {
    if (!value.is_string()) throw malformed(what, "its annotation '" + name + "' is no text");
    result.emplace_back(name, value.get<std::string>());
  }
  return result;
}

OciDescriptor descriptor(const Json& json, const std::string& what, const char* part) {
  if (!json.is_object()) throw malformed(what, std::string(part) + " is no object");
  OciDescriptor result{.media_type = text_of(json, "mediaType"),
                       .digest = text_of(json, "digest"),
                       .size = 0,
                       .annotations = annotations_of(json, what)};
  if (!is_oci_digest(result.digest)) {
    throw malformed(what, std::string(part) + " has no sha256 digest");
  }
  const auto size = json.find("size");
  if (size == json.end() || !size->is_number_unsigned()) {
    throw malformed(what, std::string(part) + " has no size");
  }
  result.size = size->get<std::uint64_t>();
  return result;
}

Json parse_object(std::string_view bytes, const std::string& what) {
  auto json = Json::parse(bytes, nullptr, false);
  if (!json.is_object()) throw malformed(what, "it is not a JSON object");
  return json;
}

Json annotations_json(const OciAnnotations& annotations) {
  auto json = Json::object();
  for (const auto& [name, value] : annotations) json[name] = value;
  return json;
}

Json descriptor_json(const OciDescriptor& descriptor) {
  Json json{{"mediaType", descriptor.media_type},
            {"digest", descriptor.digest},
            {"size", descriptor.size}};
  if (!descriptor.annotations.empty()) {
    json["annotations"] = annotations_json(descriptor.annotations);
  }
  return json;
}

}  // namespace

const std::string* find_annotation(const OciAnnotations& annotations, std::string_view name) {
  const auto found = std::find_if(annotations.begin(), annotations.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  return found == annotations.end() ? nullptr : &found->second;
}

OciManifest parse_oci_manifest(std::string bytes, const std::string& what) {
  const auto json = parse_object(bytes, what);
  OciManifest result{.bytes = {},
                     .digest = "sha256:" + sha256_hex(bytes),
                     .media_type = text_of(json, "mediaType"),
                     .config = {},
                     .layers = {},
                     .annotations = annotations_of(json, what)};
  const auto config = json.find("config");
  if (config == json.end()) throw malformed(what, "it has no config");
  result.config = descriptor(*config, what, "its config");
  const auto layers = json.find("layers");
  if (layers == json.end() || !layers->is_array()) throw malformed(what, "it has no layers");
  for (const auto& layer : *layers) result.layers.push_back(descriptor(layer, what, "a layer"));
  result.bytes = std::move(bytes);
  return result;
}

std::vector<OciPlatformEntry> parse_oci_index(std::string_view bytes, const std::string& what) {
  const auto json = parse_object(bytes, what);
  const auto type = text_of(json, "mediaType");
  const auto manifests = json.find("manifests");
  if (manifests == json.end()) {
    if (type == oci_index_type || type == docker_list_type) {
      throw malformed(what, "it is an index without manifests");
    }
    return {};
  }
  if (!manifests->is_array()) throw malformed(what, "its manifests are no list");
  std::vector<OciPlatformEntry> result;
  for (const auto& entry : *manifests) {
    OciPlatformEntry image{.descriptor = descriptor(entry, what, "an entry of the index"),
                           .os = {},
                           .architecture = {},
                           .variant = {}};
    if (const auto platform = entry.find("platform");
        platform != entry.end() && platform->is_object()) {
      image.os = text_of(*platform, "os");
      image.architecture = text_of(*platform, "architecture");
      image.variant = text_of(*platform, "variant");
    }
    result.push_back(std::move(image));
  }
  return result;
}

std::string write_oci_manifest(const OciManifest& manifest) {
  Json json{{"schemaVersion", 2},
            {"mediaType", manifest.media_type},
            {"config", descriptor_json(manifest.config)},
            {"layers", Json::array()}};
  for (const auto& layer : manifest.layers) json["layers"].push_back(descriptor_json(layer));
  if (!manifest.annotations.empty()) json["annotations"] = annotations_json(manifest.annotations);
  return json_text(json);
}

}  // namespace fairlead
