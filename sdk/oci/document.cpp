#include "document.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>

namespace fairlead::sdk::oci {

namespace {

using nlohmann::json;

Error malformed(const std::string& what) {
  return {Status::invalid, "image.layout", "The image is malformed: " + what + "."};
}

json parsed(const std::string& text) {
  auto document = json::parse(text, nullptr, false);
  if (!document.is_object()) throw malformed("a document is no JSON object");
  return document;
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts_of(const json& object, const char* name) {
  std::vector<std::string> texts;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array()) return texts;
  for (const auto& each : *found) {
    if (each.is_string()) texts.push_back(each.get<std::string>());
  }
  return texts;
}

// It becomes a file name.
std::string checked_digest(const std::string& digest) {
  constexpr std::string_view prefix = "sha256:";
  const bool good = digest.starts_with(prefix) && digest.size() == prefix.size() + 64 &&
                    digest.find_first_not_of("0123456789abcdef", prefix.size()) == digest.npos;
  if (!good) throw malformed("'" + digest + "' is no SHA-256 digest");
  return digest;
}

Blob blob_of(const json& object) {
  if (!object.is_object()) throw malformed("a descriptor is no object");
  Blob blob{checked_digest(text_of(object, "digest")), text_of(object, "mediaType"), {}, {}, {}};
  if (const auto platform = object.find("platform"); platform != object.end()) {
    blob.os = text_of(*platform, "os");
    blob.arch = text_of(*platform, "architecture");
  }
  if (const auto notes = object.find("annotations"); notes != object.end()) {
    blob.tag = text_of(*notes, "org.opencontainers.image.ref.name");
  }
  return blob;
}

std::string hex(const unsigned char* bytes, unsigned size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "sha256:";
  for (unsigned i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

}  // namespace

Manifest read_manifest(const std::string& text) {
  const auto document = parsed(text);
  Manifest manifest;
  if (const auto entries = document.find("manifests"); entries != document.end()) {
    for (const auto& each : *entries) manifest.entries.push_back(blob_of(each));
    return manifest;
  }
  const auto config = document.find("config");
  const auto layers = document.find("layers");
  if (config == document.end() || layers == document.end() || !layers->is_array()) {
    throw malformed("a manifest has no configuration or no layers");
  }
  manifest.config = blob_of(*config);
  for (const auto& each : *layers) manifest.layers.push_back(blob_of(each));
  return manifest;
}

ImageInfo read_config(const std::string& text) {
  const auto document = parsed(text);
  ImageInfo info;
  info.os = text_of(document, "os");
  info.arch = text_of(document, "architecture");
  info.variant = text_of(document, "variant");
  const auto config = document.find("config");
  if (config == document.end() || !config->is_object()) return info;
  info.user = text_of(*config, "User");
  info.env = texts_of(*config, "Env");
  info.entrypoint = texts_of(*config, "Entrypoint");
  info.command = texts_of(*config, "Cmd");
  info.working_directory = text_of(*config, "WorkingDir");
  if (const auto labels = config->find("Labels"); labels != config->end() && labels->is_object()) {
    for (const auto& [name, value] : labels->items()) {
      if (value.is_string()) info.labels[name] = value.get<std::string>();
    }
  }
  return info;
}

std::string digest_of(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  ::EVP_Digest(bytes.data(), bytes.size(), sum.data(), &size, ::EVP_sha256(), nullptr);
  return hex(sum.data(), size);
}

std::string digest_of_file(const std::string& path) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(::EVP_MD_CTX_new(),
                                                                   ::EVP_MD_CTX_free);
  ::EVP_DigestInit_ex(context.get(), ::EVP_sha256(), nullptr);
  std::ifstream file(path, std::ios::binary);
  std::string piece(std::size_t{1} << 20U, '\0');
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    ::EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  ::EVP_DigestFinal_ex(context.get(), sum.data(), &size);
  return hex(sum.data(), size);
}

std::string blob_path(const std::string& layout, const std::string& digest) {
  return layout + "/blobs/sha256/" + checked_digest(digest).substr(7);
}

}  // namespace fairlead::sdk::oci
