#include "features/registry.hpp"

#include "features/registry_state.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr const char* image_types =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

Error not_there(const OciReference& reference) {
  return Error(Status::not_found, "registry.not_found",
               "The registry does not have " + reference.text() + ".",
               "Look at name and version; some registries say this to whom they do not know.");
}

/// DIST-021: for this one host, and it goes nowhere else.
std::string github_authorization(const HttpUrl& url, const Environment& environment) {
  const auto token = environment.find("GITHUB_TOKEN");
  const bool theirs = url.scheme == "https" && url.host == "github.com" && url.port == "443";
  if (!theirs || token == environment.end() || token->second.empty()) return {};
  return "Bearer " + token->second;
}

/// The path behind rel="next" in a Link header; "" for none.
std::string next_page(const std::string& link) {
  const auto open = link.find('<');
  const auto close = link.find('>');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  if (link.find("next", close) == std::string::npos) return {};
  return link.substr(open + 1, close - open - 1);
}

}  // namespace

Registry::Registry(RegistryOptions options, const Log& log)
    : state_(std::make_unique<State>(std::move(options), log)) {}
Registry::~Registry() = default;

ContentCache& Registry::cache() { return state_->cache; }

std::optional<OciManifest> Registry::find_manifest(const OciReference& reference,
                                                   std::stop_token stop) {
  const auto what = reference.text();
  const auto slot = state_->manifests.slot(what);
  const std::lock_guard lock(slot->mutex);
  if (slot->value) return slot->value;
  auto bytes = state_->document(reference, oci_manifest_type, stop);
  if (bytes) slot->value = parse_oci_manifest(std::move(*bytes), what);
  return slot->value;
}

OciManifest Registry::manifest(const OciReference& reference, std::stop_token stop) {
  auto found = find_manifest(reference, std::move(stop));
  if (found) return std::move(*found);
  throw not_there(reference);
}

std::string Registry::image_document(const OciReference& reference, std::stop_token stop) {
  auto found = state_->document(reference, image_types, stop);
  if (found) return std::move(*found);
  throw not_there(reference);
}

fs::path Registry::blob(const OciReference& reference, const OciDescriptor& blob,
                        std::stop_token stop) {
  const auto what = "the content " + blob.digest + " of " + reference.name();
  std::error_code fault;
  if (auto path = state_->cache.find(blob.digest)) {
    if (fs::file_size(*path, fault) == blob.size && !fault) return *path;
    fs::remove(*path, fault);
  }
  if (state_->options.offline) throw offline_error(what);
  if (blob.size > state_->options.limits.blob_bytes) {
    throw Error(Status::failed, "registry.too_large",
                "The registry announces " + std::to_string(blob.size) + " bytes as " + what + ".");
  }
  auto request = state_->request("GET", reference, "blobs/" + blob.digest);
  state_->download(std::move(request), blob.digest, blob.digest, blob.size, what, stop);
  return state_->cache.find(blob.digest).value();
}

fs::path Registry::unpacked(const std::string& digest, std::stop_token stop) {
  return state_->cache.unpacked(digest, std::move(stop));
}

FetchedArchive Registry::archive(const std::string& url, const std::string& digest,
                                 std::stop_token stop) {
  auto& cache = state_->cache;
  const auto slot = state_->archives.slot(url + '\n' + digest);
  const std::lock_guard lock(slot->mutex);
  if (slot->value) return *slot->value;
  auto known = digest;
  if (state_->options.offline && known.empty()) known = cache.digest_of(url).value_or("");
  if (known.empty() || !cache.find(known)) {
    if (state_->options.offline) throw offline_error(url);
    RegistryRequest request{.url = parse_http_url(url),
                            .registry = {},
                            .authorization = {},
                            .scope = {},
                            .headers = {},
                            .body = {},
                            .begin = {},
                            .on_body = {}};
    request.authorization = github_authorization(request.url, state_->options.environment);
    known = state_->download(std::move(request), digest.empty() ? url : digest, digest,
                             state_->options.limits.blob_bytes, url, stop);
  }
  if (!state_->options.offline) cache.remember(url, known);
  slot->value = FetchedArchive{.file = cache.find(known).value(), .digest = known};
  return *slot->value;
}

std::vector<std::string> Registry::tags(const OciReference& reference, std::stop_token stop) {
  const auto what = "the versions of " + reference.name();
  if (state_->options.offline) throw offline_error(what);
  auto request = state_->request("GET", reference, "tags/list");
  request.headers.emplace_back("accept: application/json");
  std::vector<std::string> tags;
  for (int pages = 0; pages < 1000; ++pages) {
    std::string body;
    request.begin = [&body](std::vector<std::string>&) { body.clear(); };
    request.on_body = [&](const HttpAnswer&, std::string_view piece) {
      body += piece;
      if (body.size() > state_->options.limits.manifest_bytes) {
        throw Error(Status::failed, "registry.too_large", "The list of " + what + " is too large.");
      }
    };
    const auto reply = state_->session.send(request, stop);
    if (reply.answer.status != 200) throw refusal_of(reply, what);
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (!json.is_object()) {
      throw Error(Status::failed, "registry.manifest", "The list of " + what + " is not JSON.");
    }
    const auto list = json.find("tags");  // null when every tag was deleted
    if (list != json.end() && list->is_array()) {
      for (const auto& tag : *list) {
        if (tag.is_string()) tags.push_back(tag.get<std::string>());
      }
    }
    const auto next = next_page(reply.answer.header("link"));
    if (next.empty()) break;
    const auto url = resolve_location(request.url, next);
    if (!url.same_origin(request.url)) break;
    request.url = url;
  }
  return tags;
}

}  // namespace fairlead
