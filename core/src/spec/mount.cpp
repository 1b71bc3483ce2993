#include "spec/mount.hpp"

#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <vector>

namespace fairlead {
namespace {

[[noreturn]] void fail(std::string_view text, const std::string& why) {
  throw Error(Status::invalid, "config.mount", "the mount \"" + std::string(text) + "\" " + why,
              "write it as docker's --mount does: type=bind,source=/on/host,target=/in/container");
}

/// The fields of one CSV line: a field in double quotes may hold commas, and "" is a quote.
std::vector<std::string> csv_fields(std::string_view text) {
  std::vector<std::string> fields;
  for (std::size_t at = 0;;) {
    std::string field;
    if (at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at >= text.size()) fail(text, "has a quote that is never closed");
        if (text[at] == '"' && text.substr(at, 2) != "\"\"") break;
        if (text[at] == '"') ++at;
        field += text[at];
      }
      ++at;
      if (at < text.size() && text[at] != ',') fail(text, "goes on behind a closing quote");
    } else {
      const std::size_t end = std::min(text.find(',', at), text.size());
      field = text.substr(at, end - at);
      at = end;
    }
    fields.push_back(std::move(field));
    if (at >= text.size()) return fields;
    ++at;
  }
}

bool is_target(std::string_view key) {
  return key == "target" || key == "dst" || key == "destination";
}

MountType type_of(std::string_view text, std::string_view type) {
  if (type == "bind") return MountType::bind;
  if (type == "volume") return MountType::volume;
  if (type == "tmpfs") return MountType::tmpfs;
  fail(text, "has the unknown type '" + std::string(type) + "'");
}

bool flag_of(std::string_view text, std::string_view key, std::string_view value) {
  if (value.empty() || value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  fail(text, "says neither true nor false for " + std::string(key));
}

std::string_view type_name(MountType type) {
  switch (type) {
    case MountType::volume:
      return "volume";
    case MountType::tmpfs:
      return "tmpfs";
    default:
      return "bind";
  }
}

}  // namespace

Mount parse_mount(std::string_view text) {
  Mount mount;
  mount.type = MountType::volume;  // docker's default
  for (const std::string& field : csv_fields(text)) {
    const std::size_t equals = field.find('=');
    const std::string key = to_lower(trim(std::string_view(field).substr(0, equals)));
    const std::string value = equals == std::string::npos ? "" : field.substr(equals + 1);
    if (key == "type") {
      mount.type = type_of(text, to_lower(value));
    } else if (key == "source" || key == "src") {
      mount.source = value;
    } else if (is_target(key)) {
      mount.target = value;
    } else if (key == "readonly" || key == "ro") {
      mount.read_only = flag_of(text, key, value);
    } else if (key == "consistency") {
      mount.consistency = value;
    } else if (key == "external") {
      if (flag_of(text, key, value)) mount.options[std::string(external_option)] = "true";
    } else if (equals == std::string::npos) {
      fail(text, "has the field '" + field + "' without '='");
    } else {
      mount.options[key] = value;
    }
  }
  if (mount.target.empty()) fail(text, "has no target");
  return mount;
}

std::string csv_field(std::string_view field) {
  if (field.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(field);
  std::string out = "\"";
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string format_mount(const Mount& mount) {
  std::string out = "type=";
  out += type_name(mount.type);
  const auto add = [&](const std::string& key, const std::string& value) {
    out += ',' + csv_field(key + '=' + value);
  };
  if (!mount.source.empty()) add("source", mount.source);
  add("target", mount.target);
  if (mount.read_only) out += ",readonly";
  if (!mount.consistency.empty()) add("consistency", mount.consistency);
  for (const auto& [key, value] : mount.options) {
    if (key != external_option) add(key, value);
  }
  return out;
}

std::optional<std::string> mount_target(std::string_view text, Mode mode) {
  std::vector<std::string> fields;
  if (mode == Mode::drop_in || text.find('"') == std::string_view::npos) {
    for (const std::string_view field : split(text, ',')) fields.emplace_back(field);
  } else {
    try {
      fields = csv_fields(text);
    } catch (const Error&) {
      return std::nullopt;  // reading the mount itself says what is wrong with it
    }
  }
  std::optional<std::string> target;
  for (const auto& field : fields) {
    const std::size_t equals = field.find('=');
    if (equals != std::string::npos && is_target(std::string_view(field).substr(0, equals))) {
      target = field.substr(equals + 1);
    }
  }
  return target;
}

}  // namespace fairlead
