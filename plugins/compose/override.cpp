#include "override.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <cctype>
#include <charconv>

namespace fairlead::compose {
namespace {

using Json = nlohmann::ordered_json;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '$') out += '$';
    out += c;
  }
  return out;
}

Json list_of(const std::vector<std::string>& texts) {
  auto list = Json::array();
  for (const auto& text : texts) list.push_back(escaped(text));
  return list;
}

Json map_of(const std::map<std::string, std::string>& map) {
  auto object = Json::object();
  for (const auto& [name, value] : map) object[name] = escaped(value);
  return object;
}

bool is_true(const std::string& text) { return text.empty() || text == "1" || text == "true"; }

int octal(const std::string& value) {
  int mode = 0;
  const auto* const end = value.data() + value.size();
  const auto [stopped, fault] = std::from_chars(value.data(), end, mode, 8);
  if (fault == std::errc{} && stopped == end && mode >= 0) return mode;
  throw Error(Status::invalid, "config.mount",
              "The mount option tmpfs-mode is '" + value + "', which is no octal number.",
              "Write it as 1777.");
}

/// Keys of `--mount` under their names in Compose's long form.
void add_option(Json& volume, const std::string& key, const std::string& value) {
  if (key == "bind-propagation") {
    volume["bind"]["propagation"] = escaped(value);
  } else if (key == "volume-nocopy") {
    volume["volume"]["nocopy"] = is_true(value);
  } else if (key == "volume-subpath") {
    volume["volume"]["subpath"] = escaped(value);
  } else if (key == "tmpfs-size") {
    volume["tmpfs"]["size"] = escaped(value);
  } else if (key == "tmpfs-mode") {
    volume["tmpfs"]["mode"] = octal(value);
  }
}

/// The short form where it can say everything: the oldest formats know no other.
Json volume_of(const Mount& mount) {
  const bool plain = mount.options.empty() && mount.consistency.empty() &&
                     mount.type != MountType::tmpfs &&
                     (mount.source + mount.target).find(':') == std::string::npos;
  if (plain) {
    const auto source = mount.source.empty() ? std::string() : mount.source + ':';
    return escaped(source + mount.target + (mount.read_only && !source.empty() ? ":ro" : ""));
  }
  constexpr const char* types[] = {"bind", "volume", "tmpfs"};
  Json volume{{"type", types[static_cast<int>(mount.type)]}, {"target", escaped(mount.target)}};
  if (!mount.source.empty()) volume["source"] = escaped(mount.source);
  if (mount.read_only) volume["read_only"] = true;
  if (!mount.consistency.empty()) volume["consistency"] = mount.consistency;
  for (const auto& [key, value] : mount.options) add_option(volume, key, value);
  return volume;
}

Json volumes_of(const std::vector<Mount>& mounts) {
  auto list = Json::array();
  for (const auto& mount : mounts) list.push_back(volume_of(mount));
  return list;
}

/// Named volumes have to be declared; one that is `external` is not the project's own (CMP-009).
Json declared_volumes(const std::vector<Mount>& mounts) {
  auto volumes = Json::object();
  for (const auto& mount : mounts) {
    if (mount.type != MountType::volume || mount.source.empty()) continue;
    const auto external = mount.options.find("external");
    volumes[mount.source] = external != mount.options.end() && is_true(external->second)
                                ? Json{{"external", true}}
                                : Json::object();
  }
  return volumes;
}

std::vector<Mount> without_external(std::vector<Mount> mounts) {
  for (auto& mount : mounts) mount.options.erase("external");
  return mounts;
}

Json gpu_devices() {
  return Json::parse(R"({"resources":{"reservations":{"devices":[{"capabilities":["gpu"]}]}}})");
}

std::string document(const std::string& version, const std::string& service, Json content,
                     Json volumes, const std::vector<std::string>& pulled = {}) {
  auto all = Json::object();
  if (!version.empty()) all["version"] = version;
  all["services"][service] = std::move(content);
  for (const auto& name : pulled) all["services"][name]["pull_policy"] = "missing";
  if (!volumes.empty()) all["volumes"] = std::move(volumes);
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string instance_override(const CreateRequest& request, const std::string& version,
                              const std::string& userns, const std::vector<std::string>& pulled) {
  auto service = Json::object();
  if (!userns.empty()) service["userns_mode"] = userns;
  if (!request.image.empty()) service["image"] = escaped(request.image);
  if (request.entrypoint) service["entrypoint"] = list_of(*request.entrypoint);
  if (request.command) service["command"] = list_of(*request.command);
  if (request.init) service["init"] = true;
  if (!request.user.empty()) service["user"] = escaped(request.user);
  if (!request.env.empty()) service["environment"] = map_of(request.env);
  if (request.privileged) service["privileged"] = true;
  if (!request.cap_add.empty()) service["cap_add"] = list_of(request.cap_add);
  if (!request.security_opt.empty()) service["security_opt"] = list_of(request.security_opt);
  if (!request.labels.empty()) service["labels"] = map_of(request.labels);
  if (!request.mounts.empty()) service["volumes"] = volumes_of(without_external(request.mounts));
  if (request.gpu) service["deploy"] = gpu_devices();
  return document(version, request.group->service, std::move(service),
                  declared_volumes(request.mounts), pulled);
}

std::string build_override(const BuildImageRequest& request, const std::string& version) {
  auto service = Json::object();
  if (!request.tags.empty()) service["image"] = escaped(request.tags.front());
  if (!request.cache_from.empty()) service["build"]["cache_from"] = list_of(request.cache_from);
  return document(version, request.group->service, std::move(service), Json::object());
}

}  // namespace fairlead::compose
