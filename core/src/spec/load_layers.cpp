#include "spec/load_layers.hpp"

#include "base/atomic_file.hpp"
#include "base/jsonc.hpp"
#include "spec/legacy.hpp"
#include "spec/posix_path.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

constexpr std::size_t most_files = 64;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::optional<std::string> read_text(const std::string& file) {
  try {
    return read_file_if_there(file);
  } catch (const Error& error) {
    throw Error(error.status(), "config.read", error.message(), error.hint())
        .note("reading the configuration");
  }
}

// ---------------------------------------------------------------------------- relative paths

/// A path of a file in `from`, as it is written in `to`.
std::string moved_path(const std::string& path, const std::string& from, const std::string& to) {
  const bool fixed = path.empty() || path.front() == '/' || path.compare(0, 2, "${") == 0;
  if (fixed) return path;
  const std::string out = posix_path::relative(to, posix_path::resolve(from, path));
  if (out.empty()) return ".";
  return out.compare(0, 3, "../") == 0 || out == ".." ? out : "./" + out;
}

void move_member(Json& object, std::string_view name, const std::string& from,
                 const std::string& to) {
  if (!object.is_object() || member(object, name) == nullptr) return;
  Json& value = object[std::string(name)];
  if (value.is_string()) value = moved_path(value.get<std::string>(), from, to);
  if (!value.is_array()) return;
  for (Json& item : value) {
    if (item.is_string()) item = moved_path(item.get<std::string>(), from, to);
  }
}

bool is_local_feature(const std::string& id) {
  return id.compare(0, 2, "./") == 0 || id.compare(0, 3, "../") == 0;
}

void move_features(Json& config, const std::string& from, const std::string& to) {
  const Json* features = member(config, "features");
  if (features == nullptr || !features->is_object()) return;
  Json out = Json::object();
  for (const auto& [id, options] : features->items()) {
    set_member(out, is_local_feature(id) ? moved_path(id, from, to) : id, options);
  }
  set_member(config, "features", std::move(out));
}

void move_paths(Json& config, const std::string& from, const std::string& to) {
  if (from == to) return;
  for (const char* name : {"dockerFile", "context", "dockerComposeFile"}) {
    move_member(config, name, from, to);
  }
  if (member(config, "build") != nullptr) {
    for (const char* name : {"dockerfile", "context"}) {
      move_member(config["build"], name, from, to);
    }
  }
  move_features(config, from, to);
}

// ---------------------------------------------------------------------------- loading

/// One item of `extends` and where it stands.
struct Base {
  std::string path;
  SourceLocation where;
  bool registry = false;
};

[[noreturn]] void refuse(const SourceLocation& where, std::string message, std::string hint = {}) {
  throw Error(Status::invalid, "config.extends", std::move(message), std::move(hint)).at(where);
}

/// "ghcr.io/team/base:1", "team/base@sha256:…": no path begins or ends like that.
bool is_registry_reference(const std::string& text) {
  const bool path = text.front() == '.' || text.front() == '/' || ends_with(text, ".json") ||
                    ends_with(text, ".jsonc");
  return !path && text.find('/') != std::string::npos;
}

Base checked(const Json& item, SourceLocation where) {
  if (!item.is_string() || item.get_ref<const std::string&>().empty()) {
    refuse(where, "each item of \"extends\" must be a path, not " +
                      (item.is_string() ? "an empty string" : kind_of(item)));
  }
  Base out{item.get<std::string>(), std::move(where)};
  out.registry = is_registry_reference(out.path);
  if (out.path.find("${") != std::string::npos) {
    refuse(out.where, "\"extends\" takes no variables: '" + out.path + "'");
  }
  return out;
}

std::vector<Base> bases_of(const ConfigLayer& layer) {
  std::vector<Base> out;
  const Json* given = member(*layer.raw, "extends");
  if (given == nullptr) return out;
  if (!given->is_array()) {
    out.push_back(checked(*given, layer.source->locate({"/extends"}).front()));
    return out;
  }
  for (std::size_t i = 0; i < given->size(); ++i) {
    out.push_back(
        checked((*given)[i], layer.source->locate({"/extends/" + std::to_string(i)}).front()));
  }
  return out;
}

class Loader {
 public:
  Loader(const std::string& config_file, const OnRead& on_read, const FetchBase& fetch)
      : folder_(posix_path::dirname(config_file)), on_read_(on_read), fetch_(fetch) {}

  /// The layer behind everything that it extends.
  void add(ConfigLayer layer) {
    way_.push_back(layer.file);
    for (const Base& base : bases_of(layer)) add_base(layer, base);
    way_.pop_back();
    layers_.push_back(std::move(layer));
  }

  std::optional<ConfigLayer> read(const std::string& file, ConfigLayer::Kind kind) const {
    auto text = read_text(file);
    if (!text) return std::nullopt;
    return layer_of(file, std::move(*text), kind);
  }

  std::vector<ConfigLayer> take() { return std::move(layers_); }

 private:
  ConfigLayer layer_of(const std::string& file, std::string text, ConfigLayer::Kind kind) const {
    const JsoncOptions options{file, false};
    auto json = read_jsonc(text, options);
    if (!json || !json->is_object()) {
      SourceLocation where;
      where.file = file;
      throw Error(Status::invalid, "config.not_an_object",
                  file + " must contain a JSON object literal.")
          .at(std::move(where));
    }
    auto source = std::make_shared<const SourceMap>(std::move(text), options);
    on_read_(*json, *source);
    move_legacy_properties(*json);
    move_paths(*json, posix_path::dirname(file), folder_);
    return {kind, file, std::make_shared<const Json>(std::move(*json)), std::move(source)};
  }

  RegistryBase fetched(const Base& base) const {
    if (!fetch_) {
      refuse(base.where, "\"extends\" cannot take '" + base.path + "' from a registry here");
    }
    try {
      return fetch_(base.path);
    } catch (Error& error) {
      throw error.where().line == 0 ? error.at(base.where) : error;
    }
  }

  /// A reference of the file that `layer` is; an override's start where the file is that it stands
  /// for (CFG-009), a registry's lead nowhere else.
  std::string file_of(const ConfigLayer& layer, const Base& base) const {
    const bool over = layer.kind == ConfigLayer::Kind::override_config;
    const std::string folder = over ? folder_ : posix_path::dirname(layer.file);
    std::string file = posix_path::resolve(folder, base.path);
    if (!layer.reference.empty() && file.compare(0, folder.size() + 1, folder + '/') != 0) {
      refuse(base.where, "\"extends\" of " + layer.reference + " leads out of its folder");
    }
    return file;
  }

  void add_base(const ConfigLayer& layer, const Base& base) {
    auto from_registry = base.registry ? std::optional(fetched(base)) : std::nullopt;
    const std::string file = from_registry ? from_registry->file : file_of(layer, base);
    if (std::find(way_.begin(), way_.end(), file) != way_.end()) {
      refuse(base.where, "\"extends\" leads back to " + file + ", which is being read already");
    }
    const bool known = std::any_of(layers_.begin(), layers_.end(),
                                   [&](const ConfigLayer& one) { return one.file == file; });
    if (known) return;
    if (layers_.size() + way_.size() >= most_files) {
      refuse(base.where, "more than " + std::to_string(most_files) + " files extend each other");
    }
    const auto kind = ConfigLayer::Kind::extended;
    auto found = from_registry ? std::optional(layer_of(file, std::move(from_registry->text), kind))
                               : read(file, kind);
    if (!found) refuse(base.where, "\"extends\" names " + file + ", which is not there");
    found->reference = from_registry ? base.path : layer.reference;
    add(std::move(*found));
  }

  std::string folder_;
  const OnRead& on_read_;
  const FetchBase& fetch_;
  std::vector<std::string> way_;  ///< the files that lead to where we are
  std::vector<ConfigLayer> layers_;
};

}  // namespace

std::string local_config_of(const std::string& config_file) {
  constexpr std::string_view suffix = ".json";
  const std::string stem = ends_with(config_file, suffix)
                               ? config_file.substr(0, config_file.size() - suffix.size())
                               : config_file;
  return stem + ".local.json";
}

std::vector<ConfigLayer> load_layers(ConfigLayer own, const std::string& config_file,
                                     const OnRead& on_read, const FetchBase& fetch) {
  Loader loader(config_file, on_read, fetch);
  loader.add(std::move(own));
  if (auto local = loader.read(local_config_of(config_file), ConfigLayer::Kind::local)) {
    loader.add(std::move(*local));
  }
  return loader.take();
}

}  // namespace fairlead
