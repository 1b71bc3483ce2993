#include "features/registry_image.hpp"

#include "base/atomic_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace fairlead {
namespace {

using nlohmann::json;

Error no_image(const std::string& image, const std::string& why) {
  return Error(Status::failed, "registry.manifest",
               "'" + image + "' is not an image that can be used: " + why + ".");
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::vector<std::string> texts_of(const json& object, const char* key) {
  std::vector<std::string> result;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return result;
  for (const auto& item : *found) {
    if (item.is_string()) result.push_back(item.get<std::string>());
  }
  return result;
}

Labels labels_of(const json& object) {
  Labels labels;
  const auto found = object.find("Labels");
  if (found == object.end() || !found->is_object()) return labels;
  for (const auto& [name, value] : found->items()) {
    if (value.is_string()) labels[name] = value.get<std::string>();
  }
  return labels;
}

/// The entry for the platform; of several variants the first.
const OciPlatformEntry& entry_for(const std::vector<OciPlatformEntry>& index,
                                  const std::string& image, const std::string& os,
                                  const std::string& arch) {
  const auto found = std::find_if(index.begin(), index.end(), [&](const OciPlatformEntry& entry) {
    return entry.os == os && entry.architecture == arch;
  });
  if (found == index.end()) throw no_image(image, "there is none for " + os + '/' + arch);
  return *found;
}

ImageInfo read_configuration(const std::string& text, const std::string& image) {
  const auto document = json::parse(text, nullptr, false);
  if (!document.is_object()) throw no_image(image, "its configuration is not JSON");
  const auto found = document.find("config");
  const auto config = found != document.end() && found->is_object() ? *found : json::object();
  ImageInfo info;
  info.user = text_of(config, "User");
  info.env = texts_of(config, "Env");
  info.entrypoint = texts_of(config, "Entrypoint");
  info.command = texts_of(config, "Cmd");
  info.working_directory = text_of(config, "WorkingDir");
  info.labels = labels_of(config);
  info.os = text_of(document, "os");
  info.arch = text_of(document, "architecture");
  info.variant = text_of(document, "variant");
  return info;
}

}  // namespace

OciReference image_reference(const std::string& image) {
  const auto slash = image.find('/');
  const auto first = image.substr(0, slash);
  const bool host = slash != std::string::npos &&
                    (first.find_first_of(".:") != std::string::npos || first == "localhost");
  auto rest = host ? image.substr(slash + 1) : image;
  if (host && first != "docker.io" && first != "index.docker.io") {
    return parse_oci_reference(image);
  }
  if (rest.find('/') == std::string::npos) rest.insert(0, "library/");
  return parse_oci_reference("registry-1.docker.io/" + rest);
}

ImageInfo image_in_registry(Registry& registry, const std::string& image, const std::string& os,
                            const std::string& arch, std::stop_token stop) {
  auto reference = image_reference(image);
  auto bytes = registry.image_document(reference, stop);
  if (const auto index = parse_oci_index(bytes, image); !index.empty()) {
    reference.digest = entry_for(index, image, os, arch).descriptor.digest;
    bytes = registry.image_document(reference, stop);
  }
  const auto manifest = parse_oci_manifest(std::move(bytes), image);
  if (manifest.config.size > default_read_limit) {
    throw no_image(image, "its configuration is too large");
  }
  const auto file = registry.blob(reference, manifest.config, std::move(stop));
  auto info = read_configuration(read_file(file), image);
  info.id = manifest.config.digest;
  return info;
}

}  // namespace fairlead
