#include "json.hpp"

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/images.hpp>
#include <fairlead/error.hpp>

namespace fairlead::engine {
namespace {

/// Has the last part of the name a tag, or the name a digest?
bool has_tag(std::string_view image) {
  if (image.find('@') != std::string_view::npos) return true;
  const auto slash = image.rfind('/');
  return image.find(':', slash == std::string_view::npos ? 0 : slash) != std::string_view::npos;
}

/// RFC 4648 §5 with padding, as the engine decodes it.
std::string base64url(std::string_view bytes) {
  constexpr auto alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t k) -> unsigned {
      return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0U;
    };
    const unsigned group = (at(i) << 16U) | (at(i + 1) << 8U) | at(i + 2);
    out += alphabet[group >> 18U];
    out += alphabet[(group >> 12U) & 63U];
    out += i + 1 < bytes.size() ? alphabet[(group >> 6U) & 63U] : '=';
    out += i + 2 < bytes.size() ? alphabet[group & 63U] : '=';
  }
  return out;
}

Json credentials_object(std::string_view credentials) {
  auto parsed = Json::parse(credentials, nullptr, false);
  if (parsed.is_object()) return parsed;
  throw Error(Status::invalid, "image.credentials", "The registry credentials are no JSON object.");
}

}  // namespace

ImageInfo image_from_inspect(std::string_view json) {
  const auto all = parse_json(json, Json::value_t::object);
  const auto& config = member(all, "Config");
  ImageInfo info;
  info.id = text_of(all, "Id");
  info.tags = texts_of(all, "RepoTags");
  info.user = text_of(config, "User");
  info.env = texts_of(config, "Env");
  info.entrypoint = texts_of(config, "Entrypoint");
  info.command = texts_of(config, "Cmd");
  info.working_directory = text_of(config, "WorkingDir");
  info.labels = map_of(config, "Labels");
  info.os = text_of(all, "Os");
  info.arch = text_of(all, "Architecture");
  info.variant = text_of(all, "Variant");
  return info;
}

std::vector<std::string> digests_from_inspect(std::string_view json) {
  return texts_of(parse_json(json, Json::value_t::object), "RepoDigests");
}

std::string digest_from_distribution(std::string_view json) {
  return text_of(member(parse_json(json, Json::value_t::object), "Descriptor"), "digest");
}

std::string pull_target(const PullImageRequest& request) {
  return "/images/create" + query({{"fromImage", request.image},
                                   {"tag", has_tag(request.image) ? "" : "latest"},
                                   {"platform", request.platform}});
}

std::string registry_auth(std::string_view credentials) {
  if (credentials.empty()) return {};
  return base64url(dump(credentials_object(credentials)));
}

std::string registry_config(std::string_view credentials) {
  if (credentials.empty()) return {};
  const auto object = credentials_object(credentials);
  const auto server = text_of(object, "serveraddress");
  return base64url(dump(Json{{server, object}}));
}

void ProgressReader::feed(std::string_view bytes) {
  rest_ += bytes;
  std::size_t start = 0;
  for (;;) {
    const auto end = rest_.find('\n', start);
    if (end == std::string::npos) break;
    take(std::string_view(rest_).substr(start, end - start));
    start = end + 1;
  }
  rest_.erase(0, start);
}

void ProgressReader::take(std::string_view line) {
  const auto object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return;
  if (auto error = text_of(object, "error"); !error.empty()) {
    error_ = std::move(error);
    return;
  }
  if (const auto& aux = member(object, "aux"); aux.is_object()) {
    if (auto id = text_of(aux, "ID"); !id.empty()) image_id_ = std::move(id);
    return;
  }
  Event event;
  if (auto output = text_of(object, "stream"); !output.empty()) {
    event.output = std::move(output);
    emit_(event);
    return;
  }
  const auto status = text_of(object, "status");
  if (status.empty()) return;
  const auto& detail = member(object, "progressDetail");
  event.progress = Progress{text_of(object, "id"), status, number_of(detail, "current"),
                            number_of(detail, "total")};
  // The engine repeats itself ten times a second for every layer: only whole per cents are news.
  const auto percent = event.progress->total > 0
                           ? event.progress->current * 100 / event.progress->total
                           : event.progress->current >> 20;
  auto said = status + std::to_string(percent);
  auto& last = last_[event.progress->id];
  if (said == last) return;
  last = std::move(said);
  emit_(event);
}

}  // namespace fairlead::engine
