#include <fairlead/engine/endpoint.hpp>
#include <fairlead/engine/errors.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace fairlead::engine {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Answers that are known by their words, whatever their status.
struct KnownAnswer {
  std::string_view words;
  Status status;
  const char* code;
  const char* hint;
};

constexpr std::array known_answers{
    KnownAnswer{"port is already allocated", Status::failed, "instance.port_in_use",
                "Another container publishes this port: stop it or publish another port."},
    KnownAnswer{"address already in use", Status::failed, "instance.port_in_use",
                "Another program listens on this port: stop it or publish another port."},
    KnownAnswer{"Ports are not available", Status::failed, "instance.port_in_use",
                "Another program listens on this port: stop it or publish another port."},
    KnownAnswer{"is already in use by", Status::conflict, "instance.name_taken",
                "A container of this name exists: use it, rename it or remove it."},
    KnownAnswer{"name is already in use", Status::conflict, "instance.name_taken",
                "A container of this name exists: use it, rename it or remove it."},
    KnownAnswer{"No such image", Status::not_found, "image.not_found",
                "Check the image's name and tag, pull it, or build it first."},
    KnownAnswer{"No such container", Status::not_found, "instance.not_found",
                "It was removed, or it belongs to another engine."},
    KnownAnswer{"No such exec instance", Status::not_found, "exec.not_found",
                "The command has ended, or its container has."},
    KnownAnswer{"is already in progress", Status::conflict, "instance.removing",
                "Wait until the engine has removed it."},
    KnownAnswer{"is marked for removal", Status::conflict, "instance.removing",
                "Wait until the engine has removed it."},
    KnownAnswer{"is not running", Status::conflict, "instance.not_running", "Start it first."},
    // Podman's
    KnownAnswer{"exec sessions on running containers", Status::conflict, "instance.not_running",
                "Start it first."},
    KnownAnswer{"no container with name or ID", Status::not_found, "instance.not_found",
                "It was removed, or it belongs to another engine."},
    KnownAnswer{"image not known", Status::not_found, "image.not_found",
                "Check the image's name and tag, pull it, or build it first."},
    KnownAnswer{"is paused", Status::conflict, "instance.paused",
                "Continue it first: `docker unpause`."},
    KnownAnswer{"client version", Status::unsupported, "engine.api_version",
                "Unset DOCKER_API_VERSION, or set it to a version that this engine speaks."},
};

Error not_found(const std::string& message, const Subject& subject) {
  switch (subject.kind) {
    case SubjectKind::image:
    case SubjectKind::build:
      return Error(Status::not_found, "image.not_found", message,
                   "Check the image's name and tag, pull it, or build it first.");
    case SubjectKind::pull:
      return Error(Status::not_found, "image.pull", message,
                   "Check the image's name and tag; a private registry needs `docker login`.");
    case SubjectKind::instance:
      // The container is there, what it is to be joined to is not.
      if (contains(message, "network ")) return Error(Status::invalid, "engine.refused", message);
      return Error(Status::not_found, "instance.not_found", message,
                   "It was removed, or it belongs to another engine.");
    case SubjectKind::exec:
      return Error(Status::not_found, "exec.not_found", message,
                   "The command has ended, or its container has.");
    case SubjectKind::engine:
      break;
  }
  return Error(Status::unsupported, "engine.unsupported", message,
               "This engine lacks the function; a newer one may have it.");
}

Error by_status(unsigned status, const std::string& message, const Subject& subject) {
  switch (status) {
    case 400:
      return Error(Status::invalid, "engine.refused", message);
    case 401:
    case 403:
      return Error(Status::denied, "engine.denied", message,
                   "The engine or a plugin of it refuses this to you.");
    case 404:
      return not_found(message, subject);
    case 409:
      return Error(Status::conflict, "engine.conflict", message);
    case 501:
      return Error(Status::unsupported, "engine.unsupported", message);
    case 503:
      return Error(Status::unavailable, "engine.unavailable", message);
    default:
      return Error(Status::failed, "engine.failed", message, "The engine's own log may say more.");
  }
}

bool is_pull_failure(const Subject& subject, std::string_view message) {
  return subject.kind == SubjectKind::pull &&
         (contains(message, "manifest") || contains(message, "access denied") ||
          contains(message, "not found") || contains(message, "no such host") ||
          contains(message, "connection refused") || contains(message, "dial tcp") ||
          contains(message, "unauthorized"));
}

}  // namespace

std::string engine_message(std::string_view body) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (parsed.is_object() && parsed.contains("message") && parsed["message"].is_string()) {
    return parsed["message"].get<std::string>();
  }
  std::string text(body);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Error engine_error(unsigned status, std::string_view body, const Subject& subject) {
  auto message = engine_message(body);
  if (message.empty()) message = "The engine answered with HTTP status " + std::to_string(status);
  if (is_pull_failure(subject, message)) return not_found(message, subject);
  const auto known = std::find_if(known_answers.begin(), known_answers.end(),
                                  [&](const auto& row) { return contains(message, row.words); });
  if (known != known_answers.end()) return {known->status, known->code, message, known->hint};
  if (subject.kind == SubjectKind::build && status != 404) {
    return {Status::failed, "image.build", message};
  }
  return by_status(status, message, subject);
}

Error unreachable(const Error& cause, const std::string& endpoint, const std::string& origin) {
  const auto& code = cause.code();
  if (code.starts_with("engine.") || code.starts_with("podman.")) return cause;  // said already
  if (cause.status() == Status::denied) {
    return Error(Status::denied, "engine.permission",
                 "The engine at " + endpoint + " does not let you in: " + cause.message(),
                 "Add yourself to the group that owns its socket (`sudo usermod -aG docker $USER`) "
                 "and log in again.");
  }
  if (cause.status() == Status::cancelled) return cause;
  // Nobody has said that there is an engine, so none is missing.
  const bool absent = cause.code() == "host.no_socket" && origin == default_origin;
  // One that is installed and stopped has its containers all the same.
  const bool stopped = cause.code() == "host.not_running";
  return Error(
      Status::unavailable, absent ? "engine.absent" : "engine.unreachable",
      "No engine answers at " + endpoint + " (" + origin + "): " + cause.message(),
      (stopped ? cause.hint() + " `docker info` asks it" : "Is it running? `docker info` asks it") +
          "; DOCKER_HOST and docker contexts choose another.");
}

}  // namespace fairlead::engine
