#include "run_args.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

/// Flags of docker run about volumes, mounts and the root filesystem.
namespace fairlead::engine {
namespace {

/// The client's own paths may be relative; only those that say so (".", "./x", "../x") are.
std::string absolute_source(const ClientSide& client, const std::string& source) {
  const bool relative =
      source == "." || source == ".." || source.starts_with("./") || source.starts_with("../");
  if (!relative) return source;
  const std::filesystem::path base = client.working_directory;
  auto path = (base / source).lexically_normal().string();
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// "[source:]target[:options]"; without a source an anonymous volume.
void volume(Draft& draft, const std::string& value) {
  if (value.empty()) throw BadValue{"it is empty"};
  const auto parts = split(value, ':');
  if (parts.size() > 3) throw BadValue{"it has too many ':'"};
  for (const auto& part : parts) {
    if (part.empty()) throw BadValue{"a part between ':' is empty"};
  }
  if (parts.size() == 1) {
    draft.config["Volumes"][value] = Json::object();
    return;
  }
  const auto rest = value.substr(value.find(':'));
  draft.host["Binds"].push_back(absolute_source(draft.client, parts[0]) + rest);
}

void mount(Draft& draft, const std::string& value) {
  draft.host["Mounts"].push_back(mount_from_flag(draft.client, value));
}

void tmpfs(Draft& draft, const std::string& value) {
  const auto colon = value.find(':');
  draft.host["Tmpfs"][value.substr(0, colon)] =
      colon == std::string::npos ? "" : value.substr(colon + 1);
}

void volumes_from(Draft& draft, const std::string& value) {
  draft.host["VolumesFrom"].push_back(value);
}

void volume_driver(Draft& draft, const std::string& value) { draft.host["VolumeDriver"] = value; }

void storage_option(Draft& draft, const std::string& value) {
  auto [name, text] = split_pair(value);
  draft.host["StorageOpt"][name] = text;
}

constexpr std::array flags{
    RunFlag{"volume", 'v', false, volume},
    RunFlag{"mount", 0, false, mount},
    RunFlag{"tmpfs", 0, false, tmpfs},
    RunFlag{"volumes-from", 0, false, volumes_from},
    RunFlag{"volume-driver", 0, false, volume_driver},
    RunFlag{"storage-opt", 0, false, storage_option},
};

// ---------------------------------------------------------------------------- --mount

bool switched_on(const std::string& value, bool has_value) {
  return !has_value || parse_boolean(value);
}

void bind_option(Json& mount, const std::string& name, const std::string& value, bool has_value) {
  auto& options = mount["BindOptions"];
  if (name == "bind-propagation") {
    options["Propagation"] = value;
  } else if (name == "bind-nonrecursive") {
    options["NonRecursive"] = switched_on(value, has_value);
  } else if (name == "bind-create-src" || name == "bind-create-mountpoint") {
    options["CreateMountpoint"] = switched_on(value, has_value);
  } else if (value == "disabled") {  // bind-recursive
    options["NonRecursive"] = true;
  } else if (value == "writable") {
    options["ReadOnlyNonRecursive"] = true;
  } else if (value == "readonly") {
    options["ReadOnlyForceRecursive"] = true;
  } else if (value != "enabled") {
    throw BadValue{"bind-recursive is one of enabled, disabled, writable, readonly"};
  }
}

void volume_option(Json& mount, const std::string& name, const std::string& value, bool has_value) {
  auto& options = mount["VolumeOptions"];
  const auto [key, text] = split_pair(value);
  if (name == "volume-nocopy") {
    options["NoCopy"] = switched_on(value, has_value);
  } else if (name == "volume-driver") {
    options["DriverConfig"]["Name"] = value;
  } else if (name == "volume-subpath") {
    options["Subpath"] = value;
  } else if (name == "volume-label") {
    options["Labels"][key] = text;
  } else {
    options["DriverConfig"]["Options"][key] = text;
  }
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void mount_option(Json& mount, const std::string& name, const std::string& value, bool has_value) {
  if (name == "type") {
    mount["Type"] = value;
  } else if (is_one_of(name, {"source", "src"})) {
    mount["Source"] = value;
  } else if (is_one_of(name, {"target", "dst", "destination"})) {
    mount["Target"] = value;
  } else if (is_one_of(name, {"readonly", "ro"})) {
    mount["ReadOnly"] = switched_on(value, has_value);
  } else if (name == "consistency") {
    mount["Consistency"] = value;
  } else if (is_one_of(name, {"bind-propagation", "bind-nonrecursive", "bind-recursive",
                              "bind-create-src", "bind-create-mountpoint"})) {
    bind_option(mount, name, value, has_value);
  } else if (is_one_of(name, {"volume-nocopy", "volume-driver", "volume-subpath", "volume-label",
                              "volume-opt"})) {
    volume_option(mount, name, value, has_value);
  } else if (name == "tmpfs-size") {
    mount["TmpfsOptions"]["SizeBytes"] = parse_bytes(value);
  } else if (name == "tmpfs-mode") {
    mount["TmpfsOptions"]["Mode"] = parse_octal(value);
  } else if (name == "image-subpath") {
    mount["ImageOptions"]["Subpath"] = value;
  } else {
    throw BadValue{"'" + name + "' is not a key of --mount"};
  }
}

}  // namespace

std::span<const RunFlag> storage_flags() { return flags; }

Json mount_from_flag(const ClientSide& client, const std::string& text) {
  Json mount = {{"Type", "volume"}};
  for (const auto& field : split_csv(text)) {
    const auto equals = field.find('=');
    auto [name, value] = split_pair(field);
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    mount_option(mount, name, value, equals != std::string::npos);
  }
  if (text_of(mount, "Target").empty()) throw BadValue{"it has no target"};
  if (mount["Type"] == "bind" && mount.contains("Source")) {
    mount["Source"] = absolute_source(client, text_of(mount, "Source"));
  }
  return mount;
}

Json mount_from_model(const Mount& mount) {
  constexpr std::array types{"bind", "volume", "tmpfs"};
  Json out = {{"Type", types[static_cast<std::size_t>(mount.type)]}, {"Target", mount.target}};
  if (!mount.source.empty()) out["Source"] = mount.source;
  if (mount.read_only) out["ReadOnly"] = true;
  if (!mount.consistency.empty()) out["Consistency"] = mount.consistency;
  for (const auto& [name, value] : mount.options) mount_option(out, name, value, !value.empty());
  return out;
}

}  // namespace fairlead::engine
