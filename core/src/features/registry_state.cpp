#include "features/registry_state.hpp"

#include "base/sha256.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

/// What registries say in {"errors":[{"code":…,"message":…}]}; "" when it is something else.
std::string messages_of(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("errors") || !json["errors"].is_array()) return {};
  std::string text;
  for (const auto& error : json["errors"]) {
    if (!error.is_object()) continue;
    const auto message = error.find("message");
    if (message == error.end() || !message->is_string()) continue;
    text += (text.empty() ? "" : "; ") + replace_invalid_utf8(message->get<std::string>());
  }
  return text;
}

bool covers(const std::string& name, const std::string& entry) {
  return name == entry || name.starts_with(entry + '/');
}

/// Where a download goes on, from "bytes 100-199/200".
std::optional<std::uint64_t> range_start(const HttpAnswer& answer) {
  const auto text = answer.header("content-range");
  constexpr std::string_view prefix = "bytes ";
  if (answer.status != 206 || !text.starts_with(prefix)) return {};
  std::uint64_t start = 0;
  for (const char c : text.substr(prefix.size())) {
    if (c < '0' || c > '9') break;
    start = start * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return start;
}

}  // namespace

OciReference mirrored(const OciReference& reference, const std::vector<std::string>& mirrors) {
  std::string best;
  std::string target;
  for (const auto& mirror : mirrors) {
    const auto equals = mirror.find('=');
    const auto from = to_lower(trim(std::string_view(mirror).substr(0, equals)));
    if (equals == std::string::npos || from.empty() || equals + 1 == mirror.size()) {
      throw Error(Status::invalid, "registry.mirror", "'" + mirror + "' is no mirror.",
                  "It is written \"ghcr.io/devcontainers/features=registry.example/mirror\".");
    }
    if (!covers(reference.name(), from) || from.size() < best.size()) continue;
    best = from;
    target = to_lower(trim(std::string_view(mirror).substr(equals + 1)));
  }
  if (best.empty()) return reference;
  OciReference result = parse_oci_reference(target + reference.name().substr(best.size()) + ":x");
  result.tag = reference.tag;
  result.digest = reference.digest;
  return result;
}

Error refusal_of(const RegistryReply& reply, const std::string& what) {
  const int status = reply.answer.status;
  const auto said = messages_of(reply.refusal);
  const auto tail = said.empty() ? "." : ": " + said + ".";
  if (status == 404) {
    return Error(Status::not_found, "registry.not_found",
                 "The registry " + reply.url.host + " does not have " + what + tail,
                 "Look at name and version; some registries say this to whom they do not know.");
  }
  if (status == 401 || status == 403) {
    return Error(Status::denied, "registry.denied",
                 "The registry " + reply.url.host + " does not let us have " + what + tail,
                 "Log in with `docker login " + reply.url.host +
                     "`, or set DEVCONTAINERS_OCI_AUTH='" + reply.url.host + "|user|token'.");
  }
  return Error(Status::failed, "registry.refused",
               "The registry " + reply.url.host + " answered " + std::to_string(status) +
                   " when asked for " + what + tail);
}

Error offline_error(const std::string& what) {
  return Error(Status::not_found, "registry.offline",
               "The cache does not have " + what + ", and nothing may be fetched (offline).",
               "Leave out --offline, or bring it from another machine: `fairlead cache export` "
               "there, `fairlead cache import` here.");
}

RegistryRequest Registry::State::request(const std::string& method, const OciReference& reference,
                                         const std::string& path, bool writing) const {
  const auto at = mirrored(reference, options.mirrors);
  RegistryRequest request{
      .method = method,
      .url = session.address(at.registry),
      .registry = at.registry,
      .authorization = {},
      .scope = "repository:" + at.repository + (writing ? ":pull,push" : ":pull"),
      .headers = {},
      .body = {},
      .begin = {},
      .on_body = {}};
  request.url.target = "/v2/" + at.repository + '/' + path;
  return request;
}

std::optional<std::string> Registry::State::fetch_document(const OciReference& reference,
                                                           const char* accept,
                                                           const std::stop_token& stop) {
  const auto what = reference.text();
  auto request = this->request("GET", reference, "manifests/" + reference.version());
  request.headers.push_back(std::string("accept: ") + accept);
  std::string body;
  request.begin = [&body](std::vector<std::string>&) { body.clear(); };
  request.on_body = [&](const HttpAnswer&, std::string_view piece) {
    if (body.size() + piece.size() > options.limits.manifest_bytes) {
      throw Error(Status::failed, "registry.too_large",
                  "What the registry sends as manifest of " + what + " is too large for one.");
    }
    body += piece;
  };
  const auto reply = session.send(request, stop);
  if (reply.answer.status == 404) return {};
  if (reply.answer.status != 200) throw refusal_of(reply, what);
  const auto digest = "sha256:" + sha256_hex(body);
  const auto promised =
      reference.digest.empty() ? reply.answer.header("docker-content-digest") : reference.digest;
  if (!promised.empty() && promised.starts_with("sha256:") && promised != digest) {
    throw Error(Status::failed, "registry.digest",
                "Digest did not match for " + what + ": the registry promised " + promised +
                    " and sent " + digest + ".",
                "Nothing of it is used. Something between here and there alters it.");
  }
  return body;
}

std::optional<std::string> Registry::State::document(const OciReference& reference,
                                                     const char* accept,
                                                     const std::stop_token& stop) {
  const auto what = reference.text();
  auto digest = reference.digest;
  if (digest.empty() && options.offline) {
    digest = cache.digest_of(what).value_or("");
  } else if (digest.empty() && options.tag_lifetime.count() > 0) {
    digest = cache.digest_of(what, options.tag_lifetime).value_or("");
  }
  auto bytes = digest.empty() ? std::nullopt : cache.read(digest);
  if (bytes) return bytes;
  if (options.offline) throw offline_error(what);
  bytes = fetch_document(reference, accept, stop);
  if (!bytes) return {};
  digest = cache.store(*bytes);
  if (reference.digest.empty()) cache.remember(what, digest);
  return bytes;
}

std::string Registry::State::download(RegistryRequest request, const std::string& key,
                                      const std::string& digest, std::uint64_t limit,
                                      const std::string& what, const std::stop_token& stop) {
  auto target = cache.download(key, stop);
  // While we waited for the lock somebody else may have fetched it.
  if (is_oci_digest(key) && cache.find(key)) return key;
  // Without a digest nothing says that a second half belongs to the first.
  if (digest.empty()) target.restart();
  bool first = true;
  request.begin = [&](std::vector<std::string>& headers) {
    first = true;
    if (digest.empty() || target.offset() >= limit) target.restart();
    if (target.offset() > 0) {
      headers.push_back("range: bytes=" + std::to_string(target.offset()) + "-");
    }
  };
  request.on_body = [&](const HttpAnswer& answer, std::string_view piece) {
    if (first && range_start(answer) != target.offset()) target.restart();
    first = false;
    if (target.offset() + piece.size() > limit) {
      target.restart();
      throw Error(Status::failed, "registry.too_large",
                  "What the registry sends as " + what + " is larger than promised or allowed (" +
                      std::to_string(limit) + " bytes).");
    }
    target.write(piece);
  };
  auto reply = session.send(request, stop);
  if (reply.answer.status == 416) {  // what was left from before is no part of it
    target.restart();
    reply = session.send(request, stop);
  }
  if (reply.answer.status != 200 && reply.answer.status != 206) throw refusal_of(reply, what);
  return target.finish(digest, what);
}

}  // namespace fairlead
