#include "checks.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

namespace fairlead::podman {
namespace {

using Json = nlohmann::json;

Json parsed(std::string_view text) {
  auto info = Json::parse(text, nullptr, false);
  if (info.is_object()) return info;
  throw Error(Status::failed, "engine.malformed", "Podman's answer is no JSON object.");
}

Json at(const Json& info, const char* pointer) {
  const Json::json_pointer place(pointer);
  return info.contains(place) ? info.at(place) : Json();
}

std::string text_at(const Json& info, const char* pointer) {
  const auto value = at(info, pointer);
  return value.is_string() ? value.get<std::string>() : "";
}

bool rootless(const Json& info) { return at(info, "/host/security/rootless") == Json(true); }

Check service_check(const Reached& reached) {
  const auto text = reached.own
                        ? "By a `podman system service` that each command starts for itself."
                        : "By the service at " + reached.address + '.';
  return {.name = "service", .message = text, .hint = {}};
}

Check ids_check(const Json& info) {
  if (!rootless(info)) return {.name = "ids", .message = "Runs as root.", .hint = {}};
  std::int64_t count = 0;
  for (const auto& range : at(info, "/host/idMappings/uidmap")) {
    if (range.is_object()) count += range.value("size", std::int64_t{0});
  }
  if (count >= 1000) {
    return {
        .name = "ids", .message = "Rootless, with " + std::to_string(count) + " ids.", .hint = {}};
  }
  return {"ids", "bad", "Rootless, with " + std::to_string(count) + " ids: images need more.",
          "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER, then "
          "podman system migrate"};
}

Check storage_check(const Json& info) {
  const auto driver = text_at(info, "/store/graphDriverName");
  const auto folder = text_at(info, "/store/graphRoot");
  if (driver != "vfs") {
    return {.name = "storage", .message = driver + " in " + folder + '.', .hint = {}};
  }
  return {
      "storage", "warning",
      "vfs in " + folder + ": every layer is copied whole, which is slow and large.",
      "driver = \"overlay\" in storage.conf, then podman system reset (it removes all images)."};
}

}  // namespace

std::vector<Check> podman_checks(std::string_view info, const Reached& reached) {
  const auto all = parsed(info);
  return {service_check(reached), ids_check(all), storage_check(all)};
}

bool is_rootless(std::string_view info) { return rootless(parsed(info)); }

}  // namespace fairlead::podman
