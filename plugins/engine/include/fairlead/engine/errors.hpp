#pragma once

#include <fairlead/error.hpp>

#include <string>
#include <string_view>

namespace fairlead::engine {

/// What a request is about; it decides how the engine's 404 and 409 are understood.
enum class SubjectKind { engine, image, pull, build, instance, exec };

struct Subject {
  SubjectKind kind = SubjectKind::engine;
  std::string name;  ///< as the user knows it
};

/// The text of the engine's {"message": …}; any other body as it is.
std::string engine_message(std::string_view body);

/// Turns an answer of `status` >= 400 into our error. Codes: image.not_found, image.pull,
/// instance.not_found, instance.name_taken, instance.port_in_use, instance.not_running,
/// instance.paused, instance.removing, exec.not_found, engine.api_version, engine.denied,
/// engine.refused, engine.conflict, engine.unsupported, engine.unavailable, engine.failed.
Error engine_error(unsigned status, std::string_view body, const Subject& subject);

/// Turns a failed dial of the host into engine.unreachable or engine.permission, or engine.absent
/// when there is no socket where engines usually have it; what speaks of the engine already stays.
Error unreachable(const Error& cause, const std::string& endpoint, const std::string& origin);

}  // namespace fairlead::engine
