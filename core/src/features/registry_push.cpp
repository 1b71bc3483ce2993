#include "base/sha256.hpp"
#include "features/registry_state.hpp"

namespace fairlead {
namespace {

/// The digest stands first in the query, as the reference CLI writes it.
HttpUrl with_digest(HttpUrl url, const std::string& digest) {
  const auto query = url.target.find('?');
  const auto path = url.target.substr(0, query);
  const auto rest = query == std::string::npos ? "" : '&' + url.target.substr(query + 1);
  url.target = path + "?digest=" + digest + rest;
  return url;
}

}  // namespace

bool Registry::push_blob(const OciReference& repository, std::string_view content,
                         std::stop_token stop) {
  const auto digest = "sha256:" + sha256_hex(content);
  const auto what = "the content " + digest + " for " + repository.name();
  if (state_->options.offline) throw offline_error("a way to publish " + repository.name());
  const auto head =
      state_->session.send(state_->request("HEAD", repository, "blobs/" + digest, true), stop);
  if (head.answer.status == 200) return false;
  if (head.answer.status != 404) throw refusal_of(head, what);
  auto start = state_->request("POST", repository, "blobs/uploads/", true);
  start.body = std::string_view("");
  const auto begun = state_->session.send(start, stop);
  const auto location = begun.answer.header("location");
  if (begun.answer.status != 202 || location.empty()) throw refusal_of(begun, what);
  auto put = state_->request("PUT", repository, "blobs/" + digest, true);
  const auto registry = put.url;
  put.url = with_digest(resolve_location(start.url, location), digest);
  // Storage of somebody else's gets the content and no credentials.
  if (!put.url.same_origin(registry)) put.registry.clear();
  put.headers.emplace_back("content-type: application/octet-stream");
  put.body = content;
  const auto done = state_->session.send(put, stop);
  if (done.answer.status != 201) throw refusal_of(done, what);
  return true;
}

std::string Registry::push_manifest(const OciReference& repository, const std::string& version,
                                    std::string_view bytes, std::stop_token stop) {
  OciReference at = repository;
  at.tag = is_oci_digest(version) ? "" : version;
  at.digest = is_oci_digest(version) ? version : "";
  if (state_->options.offline) throw offline_error("a way to publish " + at.text());
  auto put = state_->request("PUT", repository, "manifests/" + version, true);
  put.headers.push_back(std::string("content-type: ") + oci_manifest_type);
  put.body = bytes;
  const auto done = state_->session.send(put, stop);
  if (done.answer.status != 201) throw refusal_of(done, at.text());
  state_->manifests.forget(at.text());
  state_->cache.forget(at.text());
  return "sha256:" + sha256_hex(bytes);
}

}  // namespace fairlead
