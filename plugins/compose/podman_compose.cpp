#include "podman_compose.hpp"

#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace fairlead::compose {
namespace {

using Json = nlohmann::ordered_json;

constexpr int deepest_extends = 16;
/// Keys of a service that podman-compose knows nothing of; the second list: before 1.1.
constexpr std::array left_out{"configs", "volumes_from", "cgroup_parent", "ipc"};
constexpr std::array left_out_by_old{"pid",  "dns",          "group_add",  "runtime",
                                     "gpus", "network_mode", "mac_address"};
/// Later files replace these; all other lists grow.
constexpr std::array replaced_lists{"command", "entrypoint"};

Error unsupported(const std::string& what) {
  return {Status::unsupported, "compose.podman_compose",
          "podman-compose leaves out " + what + ", so nothing was started.",
          "Install docker-compose or docker's compose plugin: fairlead uses it with Podman, too."};
}

Json parsed(std::string_view text) {
  auto document = Json::parse(text, nullptr, false);
  if (document.is_object()) return document;
  throw Error(Status::failed, "group.output",
              "podman-compose printed a configuration that cannot be read.");
}

std::string full_path(const std::string& path, const std::string& folder) {
  auto full = (std::filesystem::path(folder) / path).lexically_normal().string();
  if (full.size() > 1 && full.ends_with('/')) full.pop_back();
  return full;
}

bool is_path(const std::string& source) {
  return source.starts_with('.') || source.starts_with('/') || source.starts_with('~');
}

void make_whole(Json& path, const std::string& folder) {
  if (path.is_string() && !path.get_ref<const std::string&>().starts_with('~'))
    path = full_path(path.get<std::string>(), folder);
}

/// "NAME=VALUE" each, or a mapping already.
Json mapping_of(const Json& list) {
  if (!list.is_array()) return list.is_object() ? list : Json::object();
  auto map = Json::object();
  for (const auto& item : list) {
    if (!item.is_string()) continue;
    const auto text = item.get<std::string>();
    const auto equals = text.find('=');
    map[text.substr(0, equals)] =
        equals == std::string::npos ? Json() : Json(text.substr(equals + 1));
  }
  return map;
}

std::string target_of(const Json& volume) {
  if (volume.is_object()) return volume.value("target", "");
  const auto text = volume.is_string() ? volume.get<std::string>() : std::string();
  const auto colon = text.find(':');
  if (colon == std::string::npos) return text;
  return text.substr(colon + 1, text.find(':', colon + 1) - colon - 1);
}

void add_volume(Json& volumes, const Json& more) {
  for (auto& known : volumes) {
    if (target_of(known) != target_of(more)) continue;
    known = more;
    return;
  }
  volumes.push_back(more);
}

Json merged(Json base, const Json& over);

Json merged_lists(Json base, const Json& over, const std::string& key) {
  if (std::ranges::find(replaced_lists, key) != replaced_lists.end()) return over;
  for (const auto& item : over) {
    if (key == "volumes") {
      add_volume(base, item);
    } else if (std::find(base.begin(), base.end(), item) == base.end()) {
      base.push_back(item);
    }
  }
  return base;
}

Json merged(Json base, const Json& over) {
  for (const auto& [key, value] : over.items()) {
    auto& place = base[key];
    const bool is_map = key == "environment" || key == "labels";
    if (is_map) {
      place = merged(mapping_of(place), mapping_of(value));
    } else if (place.is_object() && value.is_object()) {
      place = merged(place, value);
    } else if (place.is_array() && value.is_array()) {
      place = merged_lists(place, value, key);
    } else {
      place = value;
    }
  }
  return base;
}

Json extended(const Json& services, const Json& service, int depth) {
  if (!service.contains("extends")) return service;
  const auto& extends = service["extends"];
  if (extends.is_object() && extends.contains("file")) throw unsupported("`extends` of a file");
  const auto name = extends.is_string() ? extends.get<std::string>() : extends.value("service", "");
  auto own = service;
  own.erase("extends");
  if (depth > deepest_extends || !services.contains(name)) return own;
  auto base = extended(services, services[name], depth + 1);
  base.erase("depends_on");
  return merged(std::move(base), own);
}

void make_paths_whole(Json& service, const std::string& folder) {
  if (service.contains("build") && !service["build"].is_null()) {
    auto& build = service["build"];
    if (build.is_string()) build = Json{{"context", build}};
    if (!build.contains("context")) build["context"] = ".";
    make_whole(build["context"], folder);
  }
  if (service.contains("env_file")) {
    auto& files = service["env_file"];
    if (files.is_string()) files = Json::array({files});
    for (auto& file : files) make_whole(file, folder);
  }
  if (!service.contains("volumes")) return;
  for (auto& volume : service["volumes"]) {
    if (volume.is_object()) {
      if (volume.value("type", "") == "bind") make_whole(volume["source"], folder);
      continue;
    }
    const auto text = volume.get<std::string>();
    const auto colon = text.find(':');
    if (colon == std::string::npos || !is_path(text) || text.starts_with('~')) continue;
    volume = full_path(text.substr(0, colon), folder) + text.substr(colon);
  }
}

void refuse_what_is_left_out(const std::string& name, const Json& service, bool old) {
  const auto refuse = [&](const char* key) {
    if (service.contains(key))
      throw unsupported('\'' + std::string(key) + "' of the service '" + name + '\'');
  };
  std::ranges::for_each(left_out, refuse);
  if (old) std::ranges::for_each(left_out_by_old, refuse);
  if (service.contains("build") && service["build"].is_object() &&
      service["build"].contains("dockerfile_inline"))
    throw unsupported("'dockerfile_inline' of the service '" + name + '\'');
}

/// "db:service_healthy:false,cache:service_started:false", as Compose writes it.
std::string dependencies_label(const Json& depends_on) {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& condition) {
    text += (text.empty() ? "" : ",") + name + ':' + condition + ":false";
  };
  if (depends_on.is_object()) {
    for (const auto& [name, how] : depends_on.items())
      add(name, how.is_object() ? how.value("condition", "service_started") : "service_started");
  } else if (depends_on.is_array()) {
    for (const auto& name : depends_on) add(name.get<std::string>(), "service_started");
  }
  return text;
}

void make_ready(Json& service) {
  auto labels = mapping_of(service.value("labels", Json::object()));
  labels["com.docker.compose.oneoff"] = "False";
  if (service.contains("depends_on"))
    labels["com.docker.compose.depends_on"] = dependencies_label(service["depends_on"]);
  service["labels"] = std::move(labels);
  for (const char* key : {"depends_on", "profiles"}) service.erase(key);
}

std::string doubled(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '$') out += '$';
    out += c;
  }
  return out;
}

}  // namespace

std::string merged_document(std::string_view printed) {
  const auto title = printed.find(" ** merged:");
  const auto start = title == std::string_view::npos ? title : printed.find('{', title);
  const auto end = start == std::string_view::npos ? start : printed.find("\n}", start);
  if (end == std::string_view::npos) {
    throw Error(Status::failed, "group.output", "podman-compose printed no configuration.");
  }
  return std::string(printed.substr(start, end + 2 - start));
}

std::string whole_document(std::string_view merged_files, const std::string& folder, bool old) {
  auto document = parsed(merged_files);
  document.erase("_dirname");
  if (document.contains("include")) throw unsupported("`include`");
  auto services = document.value("services", Json::object());
  auto whole = Json::object();
  for (const auto& [name, service] : services.items()) {
    if (!service.is_object()) continue;
    whole[name] = extended(services, service, 0);
    whole[name].erase("_deps");
    refuse_what_is_left_out(name, whole[name], old);
    make_paths_whole(whole[name], folder);
  }
  document["services"] = std::move(whole);
  if (document.contains("secrets") && document["secrets"].is_object()) {
    for (auto& secret : document["secrets"])
      if (secret.is_object() && secret.contains("file")) make_whole(secret["file"], folder);
  }
  return document.dump(2);
}

std::string escaped_document(std::string_view whole) { return doubled(whole); }

std::string document_to_start(std::string_view escaped, std::string_view override_json) {
  auto document = merged(parsed(escaped), parsed(override_json));
  for (auto& service : document["services"]) make_ready(service);
  return document.dump(2) + '\n';
}

}  // namespace fairlead::compose
