#include "registry_fixture.hpp"

#include "base/sha256.hpp"
#include "features/archive.hpp"
#include "support/files.hpp"

#include <algorithm>

namespace fairlead::test {
namespace {

namespace fs = std::filesystem;

std::string digest_of(std::string_view bytes) { return "sha256:" + sha256_hex(bytes); }

}  // namespace

std::string Artifact::layer_digest() const { return digest_of(layer); }
std::string Artifact::manifest_digest() const { return digest_of(manifest); }

RegistryOptions RegistryFixture::options() const {
  RegistryOptions options;
  options.environment = {{"HOME", run_.folder().string()}, {"PATH", variable("PATH")}};
  options.cache_folder = run_.below("cache");
  options.limits = {.connect = std::chrono::milliseconds(2000),
                    .stall = std::chrono::milliseconds(5000),
                    .total = std::chrono::milliseconds(20'000),
                    .backoff = std::chrono::milliseconds(5),
                    .attempts = 3};
  return options;
}

Artifact RegistryFixture::feature(const std::string& registry, const std::string& repository,
                                  const std::string& more_metadata) const {
  Artifact artifact{.reference = {registry, repository, "1", {}}, .layer = {}, .manifest = {}};
  const auto name = repository.substr(repository.rfind('/') + 1);
  const auto metadata =
      R"({"id":")" + name + R"(","version":"1.2.3","name":"A feature")" + more_metadata + "}";
  const auto folder = run_.below("pack") / name;
  write_file(folder / "devcontainer-feature.json", metadata);
  write_file(folder / "install.sh", "#!/bin/sh\necho " + name + "\n");
  artifact.layer = make_archive(folder, {});
  artifact.manifest = write_oci_manifest(
      {.bytes = {},
       .digest = {},
       .media_type = oci_manifest_type,
       .config = {devcontainer_config_type, digest_of("{}"), 2, {}},
       .layers = {{devcontainer_layer_type, artifact.layer_digest(), artifact.layer.size(), {}}},
       .annotations = {{metadata_annotation, metadata}}});
  return artifact;
}

void RegistryFixture::publish(Registry& registry, const Artifact& artifact) const {
  registry.push_blob(artifact.reference, "{}", {});
  registry.push_blob(artifact.reference, artifact.layer, {});
  registry.push_manifest(artifact.reference, artifact.reference.tag, artifact.manifest, {});
}

std::vector<std::string> RegistryFixture::cached() const {
  std::vector<std::string> files;
  const auto root = run_.below("cache");
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(root, none)) {
    const auto path = entry.path();
    if (!entry.is_regular_file() || path.extension() == ".lock" || path.filename() == "lock") {
      continue;
    }
    files.push_back(path.lexically_relative(root).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool serve_artifact(const Artifact& artifact, const WebRequest& request,
                    WebConnection& connection) {
  const auto base = "/v2/" + artifact.reference.repository;
  if (request.target == base + "/manifests/" + artifact.reference.tag ||
      request.target == base + "/manifests/" + artifact.manifest_digest()) {
    connection.reply(200, artifact.manifest);
  } else if (request.target == base + "/blobs/" + artifact.layer_digest()) {
    connection.reply(200, artifact.layer);
  } else {
    return false;
  }
  return true;
}

}  // namespace fairlead::test
