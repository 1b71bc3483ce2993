#include "base/jsonc.hpp"
#include "input.hpp"
#include "spec/compose_layers.hpp"

#include <fairlead/explain.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <vector>

using namespace fairlead;
using Json = nlohmann::ordered_json;

namespace {

JsonPtr share(Json value) { return std::make_shared<const Json>(std::move(value)); }

ConfigDocument document_of(const Json& config, std::string_view text, Mode mode) {
  ConfigDocument out;
  out.config_file = "/w/proj/.devcontainer/devcontainer.json";
  out.content_file = out.config_file;
  out.raw = share(config);
  out.json = out.raw;
  out.source = std::make_shared<const SourceMap>(std::string(text), JsoncOptions{"f", true});
  out.variables.mode = mode;
  return out;
}

/// An array is a list of contributors, the configuration last; an object is a configuration.
void merge_all(const Json& input, std::string_view text, Mode mode) {
  std::vector<Json> objects;
  if (input.is_object()) objects.push_back(input);
  if (input.is_array()) {
    for (const auto& one : input) {
      if (one.is_object()) objects.push_back(one);
    }
  }
  if (objects.empty()) return;
  const auto document = document_of(objects.back(), text, mode);
  std::vector<MetadataEntry> entries;
  std::vector<NamedEntry> named;
  for (const auto& one : objects) {
    entries.push_back({share(one)});
    named.push_back({"entry", entries.back()});
  }
  fuzz::answers([&] { parse_config(document, Faulty::refuse); });
  parse_config(document, Faulty::ignore);
  fuzz::answers([&] { merge(document, entries, Faulty::refuse); });
  const auto merged = merge(document, entries, Faulty::ignore);
  substitute_container_env(merged, {{"A", "v"}});
  // What is recorded in a label reads back as it was.
  const auto again = metadata_of_label(metadata_label(entries), [](const std::string&) {});
  fuzz::require(again.size() == entries.size());
  fuzz::require(metadata_label(again) == metadata_label(entries));
  explain(document, named, "");
  compose_layers(objects);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  fuzz::answers([&] {
    const auto input = read_jsonc(text, {"f", true});
    if (!input) return;
    merge_all(*input, text, Mode::fairlead);
    merge_all(*input, text, Mode::drop_in);
  });
  return 0;
}
