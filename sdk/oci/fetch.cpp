#include "document.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/oci.hpp>

#include <arpa/inet.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace fairlead::sdk {

namespace {

namespace fs = std::filesystem;

constexpr auto* accepted =
    "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

struct Name {
  std::string registry;
  std::string repository;
  std::string reference;  ///< tag or digest
};

Name name_of(const std::string& image) {
  const auto slash = image.find('/');
  const auto first = image.substr(0, slash);
  const bool has_registry =
      slash != std::string::npos && first.find_first_of(".:") != std::string::npos;
  if (!has_registry) {
    throw Error(Status::not_found, "image.pull", "'" + image + "' names no registry.",
                "Images are fetched by their full name, such as ghcr.io/owner/name:tag.");
  }
  auto rest = image.substr(slash + 1);
  const auto at = rest.find('@');
  const auto tagged = rest.substr(0, at);
  const auto colon = tagged.rfind(':');
  const auto repository = tagged.substr(0, colon);
  // With a digest the tag beside it says nothing more.
  if (at != std::string::npos) return {first, repository, rest.substr(at + 1)};
  return {first, repository, colon == std::string::npos ? "latest" : tagged.substr(colon + 1)};
}

/// Registries of this machine, by "localhost" or an address of 127.0.0.0/8, speak plain HTTP.
bool is_local(const std::string& registry) {
  const auto name = registry.substr(0, registry.find(':'));
  in_addr address{};
  if (name == "localhost") return true;
  return ::inet_pton(AF_INET, name.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24U) == 127;
}

/// One registry as the host's curl sees it.
class Registry {
 public:
  Registry(const HostClient& host, Name name, std::vector<std::string> options, const Call& call)
      : host_(host), name_(std::move(name)), options_(std::move(options)), call_(call) {}

  std::string manifest(const std::string& reference) {
    const auto file = fetched(url("manifests/" + reference));
    std::string text;
    std::array<char, 65536> piece{};
    ssize_t at = 0;
    for (ssize_t got = 0; (got = ::pread(file.get(), piece.data(), piece.size(), at)) > 0;
         at += got) {
      text.append(piece.data(), static_cast<std::size_t>(got));
    }
    require_digest(reference, text);
    return text;
  }

  void blob(const std::string& digest, const std::string& path) {
    const auto file = fetched(url("blobs/" + digest));
    std::ofstream out(path, std::ios::binary);
    std::array<char, 65536> piece{};
    ssize_t at = 0;
    for (ssize_t got = 0; (got = ::pread(file.get(), piece.data(), piece.size(), at)) > 0;
         at += got) {
      out.write(piece.data(), got);
    }
    if (!out.flush()) {
      throw Error(Status::failed, "image.unpack", "No space for " + path + ".");
    }
  }

 private:
  std::string url(const std::string& path) const {
    return (is_local(name_.registry) ? "http://" : "https://") + name_.registry + "/v2/" +
           name_.repository + '/' + path;
  }

  static void require_digest(const std::string& reference, const std::string& text) {
    if (!reference.starts_with("sha256:")) return;
    const auto found = oci::digest_of(text);
    if (found == reference) return;
    throw Error(Status::invalid, "image.digest",
                "The image is damaged: what should be " + reference + " is " + found + ".");
  }

  // The host's answer comes by a descriptor, so the host may be anywhere.
  UniqueFd fetched(const std::string& from) {
    UniqueFd body(::memfd_create("answer", MFD_CLOEXEC));
    const UniqueFd said(::memfd_create("said", MFD_CLOEXEC));
    SpawnRequest request;
    request.argv = {"curl", "--silent", "--show-error", "--fail",   "--location", "--max-redirs",
                    "5",    "--proto",  "=http,https",  "--header", accepted};
    request.argv.insert(request.argv.end(), options_.begin(), options_.end());
    request.argv.insert(request.argv.end(), {"--", from});
    const int code =
        host_.spawn(request, {}, UniqueFd(::dup(body.get())), UniqueFd(::dup(said.get())), call_);
    if (code == 0) return body;
    std::string why(1024, '\0');
    const auto got = ::pread(said.get(), why.data(), why.size(), 0);
    why.resize(got > 1 ? static_cast<std::size_t>(got) - 1 : 0);
    const bool answered = code == 22;  // curl's status for an answer of 400 and above
    throw Error(answered ? Status::not_found : Status::unavailable,
                answered ? "image.pull" : "image.registry",
                "The image cannot be fetched from " + from + ": " + why + ".");
  }

  const HostClient& host_;
  const Name name_;
  const std::vector<std::string> options_;
  const Call& call_;
};

void keep(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw Error(Status::failed, "image.unpack", "No space for " + path + ".");
}

}  // namespace

void fetch_oci_layout(const HostClient& host, const std::string& image, const std::string& arch,
                      const std::vector<std::string>& options, const std::string& layout,
                      const Call& call) {
  const auto name = name_of(image);
  Registry registry(host, name, options, call);
  auto text = registry.manifest(name.reference);
  auto manifest = oci::read_manifest(text);
  if (!manifest.entries.empty()) {
    const oci::Blob* found = nullptr;
    for (const auto& entry : manifest.entries) {
      if (found == nullptr && oci::fits(entry, arch)) found = &entry;
    }
    if (found == nullptr) {
      throw Error(Status::not_found, "image.pull",
                  "'" + image + "' is not there for " + arch + ".");
    }
    text = registry.manifest(found->digest);
    manifest = oci::read_manifest(text);
  }
  const auto digest = oci::digest_of(text);
  fs::create_directories(layout + "/blobs/sha256");
  keep(oci::blob_path(layout, digest), text);
  auto blobs = manifest.layers;
  blobs.push_back(manifest.config);
  for (const auto& blob : blobs) {
    call.throw_if_cancelled();
    Event event;
    event.progress = Progress{blob.digest.substr(7, 12), "Fetching", 0, 0};
    call.emit(event);
    registry.blob(blob.digest, oci::blob_path(layout, blob.digest));
  }
  keep(layout + "/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  keep(
      layout + "/index.json",
      R"({"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("digest":")" +
          digest + R"(","size":)" + std::to_string(text.size()) + "}]}");
}

}  // namespace fairlead::sdk
