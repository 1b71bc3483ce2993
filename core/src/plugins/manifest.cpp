#include "plugins/manifest.hpp"

#include "base/atomic_file.hpp"

#include <fairlead/settings.hpp>

#include <charconv>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <utility>

#include <toml++/toml.h>

namespace fairlead {

namespace {

namespace fs = std::filesystem;

class Reader {
 public:
  Reader(const toml::table& table, const std::string& file) : table_(table), file_(file) {}

  [[noreturn]] void fail(const std::string& what, const toml::node* node = nullptr) const {
    const auto begin = (node != nullptr ? node->source() : table_.source()).begin;
    throw Error(Status::invalid, "plugin.manifest", "The plugin manifest is wrong: " + what + ".")
        .at({file_, static_cast<int>(begin.line), static_cast<int>(begin.column), {}});
  }

  std::string text(std::string_view key) const {
    const auto* node = table_.get(key);
    if (node == nullptr) return {};
    if (!node->is_string()) fail("'" + std::string(key) + "' is not a string", node);
    return node->as_string()->get();
  }

  std::string needed(std::string_view key) const {
    auto value = text(key);
    if (value.empty()) fail("'" + std::string(key) + "' is missing");
    return value;
  }

  bool flag(std::string_view key) const {
    const auto* node = table_.get(key);
    if (node == nullptr) return false;
    if (!node->is_boolean()) fail("'" + std::string(key) + "' is neither true nor false", node);
    return node->as_boolean()->get();
  }

  std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> values;
    const auto* node = table_.get(key);
    if (node == nullptr) return values;
    if (!node->is_array()) fail("'" + std::string(key) + "' is not an array of strings", node);
    for (const auto& item : *node->as_array()) {
      if (!item.is_string()) fail("'" + std::string(key) + "' holds more than strings", &item);
      values.push_back(item.as_string()->get());
    }
    return values;
  }

  // "1.0"
  std::pair<int, int> version(std::string_view key) const {
    const auto value = needed(key);
    std::pair<int, int> result;
    const auto* end = value.data() + value.size();
    const auto major = std::from_chars(value.data(), end, result.first);
    const bool dotted = major.ec == std::errc() && major.ptr != end && *major.ptr == '.';
    const auto minor = dotted ? std::from_chars(major.ptr + 1, end, result.second) : major;
    if (!dotted || minor.ec != std::errc() || minor.ptr != end || result.first < 0 ||
        result.second < 0) {
      fail("'" + std::string(key) + "' is not two numbers such as \"1.0\"", table_.get(key));
    }
    return result;
  }

  std::vector<PluginOption> options() const {
    std::vector<PluginOption> found;
    const auto* node = table_.get("options");
    if (node == nullptr) return found;
    if (!node->is_array()) fail("'options' is not an array of tables", node);
    for (const auto& item : *node->as_array()) {
      if (!item.is_table()) fail("'options' is not an array of tables", &item);
      found.push_back(Reader(*item.as_table(), file_).option());
    }
    return found;
  }

 private:
  PluginOption option() const {
    PluginOption found;
    found.name = needed("name");
    found.type = needed("type");
    if (!setting_type(found.type)) {
      fail("there is no option type '" + found.type +
               "' (there are string, boolean, integer and strings)",
           table_.get("type"));
    }
    found.description = text("description");
    found.project = flag("project");
    if (const auto* value = table_.get("default")) found.default_value = as_toml(*value);
    return found;
  }

  static std::string as_toml(const toml::node& value) {
    std::ostringstream out;
    value.visit([&](const auto& concrete) { out << concrete; });
    return out.str();
  }

  const toml::table& table_;
  const std::string& file_;
};

toml::table parse(const std::string& path) {
  const auto content = read_file(path, std::size_t{1} << 20U);
  try {
    return toml::parse(std::string_view(content), std::string_view(path));
  } catch (const toml::parse_error& problem) {
    const auto begin = problem.source().begin;
    throw Error(Status::invalid, "plugin.manifest",
                "The plugin manifest is wrong: " + std::string(problem.description()) + ".")
        .at({path, static_cast<int>(begin.line), static_cast<int>(begin.column), {}});
  }
}

std::string library_of(const Reader& reader, const std::string& path) {
  constexpr std::string_view ending = ".plugin.toml";
  const fs::path manifest(path);
  auto name = reader.text("library");
  if (name.empty()) {
    name = manifest.filename().string();
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    name += ".so";
  }
  if (name.find('/') != std::string::npos) reader.fail("'library' is not a plain file name");
  return (manifest.parent_path() / name).string();
}

}  // namespace

PluginManifest read_manifest(const std::string& path) {
  const auto table = parse(path);
  const Reader reader(table, path);
  PluginManifest found;
  found.manifest_path = path;
  found.id = reader.needed("id");
  found.version = reader.needed("version");
  found.description = reader.text("description");
  std::tie(found.abi_major, found.abi_minor) = reader.version("abi");
  found.interfaces = reader.texts("interfaces");
  found.backends = reader.texts("backends");
  found.host_schemes = reader.texts("host_schemes");
  found.scenarios = reader.texts("scenarios");
  found.engines = reader.texts("engines");
  found.is_the_host = reader.text("environment") == "host";
  found.options = reader.options();
  found.library_path = library_of(reader, path);
  return found;
}

}  // namespace fairlead
