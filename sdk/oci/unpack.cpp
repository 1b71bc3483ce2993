#include "document.hpp"
#include "layer.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/oci.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fairlead::sdk {

namespace {

namespace fs = std::filesystem;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error(Status::invalid, "image.layout",
                "The image is incomplete: " + path + " is missing.");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

void check(const std::string& found, const std::string& wanted) {
  if (found == wanted) return;
  throw Error(Status::invalid, "image.digest",
              "The image is damaged: what should be " + wanted + " is " + found + ".");
}

std::string document_at(const std::string& layout, const std::string& digest) {
  auto text = content_of(oci::blob_path(layout, digest));
  check(oci::digest_of(text), digest);
  return text;
}

std::string our_arch() {
#if defined(__aarch64__)
  return "arm64";
#else
  return "amd64";
#endif
}

const oci::Blob& chosen(const std::vector<oci::Blob>& entries, const std::string& tag,
                        const std::string& layout) {
  const oci::Blob* found = nullptr;
  for (const auto& entry : entries) {
    const bool wanted = (tag.empty() || entry.tag == tag) && oci::fits(entry, our_arch());
    if (wanted && found == nullptr) found = &entry;
  }
  if (found != nullptr) return *found;
  throw Error(Status::not_found, "image.not_found",
              layout + " has no image" + (tag.empty() ? "" : " '" + tag + "'") + " for " +
                  our_arch() + ".");
}

oci::Manifest manifest_of(const std::string& layout, const std::string& tag) {
  auto manifest = oci::read_manifest(content_of(layout + "/index.json"));
  // An entry may be an index itself, one level down.
  auto wanted = tag;
  for (int depth = 0; depth < 3 && !manifest.entries.empty(); ++depth) {
    manifest =
        oci::read_manifest(document_at(layout, chosen(manifest.entries, wanted, layout).digest));
    wanted.clear();
  }
  return manifest;
}

}  // namespace

ImageInfo unpack_oci_layout(const std::string& layout, const std::string& tag,
                            const std::string& rootfs, const Call& call) {
  if (::geteuid() != 0) {
    throw Error(Status::denied, "image.unpack_permission", "Unpacking images needs root.");
  }
  const auto manifest = manifest_of(layout, tag);
  auto info = oci::read_config(document_at(layout, manifest.config.digest));
  info.id = manifest.config.digest;
  if (!fs::create_directories(rootfs)) {
    throw Error(Status::failed, "image.unpack", rootfs + " cannot be made or exists already.");
  }
  for (const auto& layer : manifest.layers) {
    const auto path = oci::blob_path(layout, layer.digest);
    check(oci::digest_of_file(path), layer.digest);
    oci::unpack_layer(path, rootfs, call);
  }
  return info;
}

}  // namespace fairlead::sdk
