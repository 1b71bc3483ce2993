#include "features/in_place_text.hpp"

#include "base/sha256.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

InstalledFeature feature_of(const Json& json) {
  InstalledFeature feature{
      .key = text_of(json, "feature"), .content = text_of(json, "content"), .options = {}};
  const auto options = json.find("options");
  if (options == json.end() || !options->is_object()) return feature;
  for (const auto& [name, value] : options->items()) {
    if (value.is_string()) feature.options.emplace(name, value.get<std::string>());
  }
  return feature;
}

const char* word_for(InPlaceWork work) {
  switch (work) {
    case InPlaceWork::options_changed:
      return "options changed";
    case InPlaceWork::content_changed:
      return "content changed";
    default:
      return "installed";
  }
}

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool goes_on_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }

bool is_name(std::string_view text) {
  return !text.empty() && starts_name(text.front()) &&
         std::all_of(text.begin(), text.end(), goes_on_name);
}

/// Behind a "$": whether a variable is named there.
bool names_variable(std::string_view rest) {
  if (!rest.empty() && starts_name(rest.front())) return true;
  const auto end = rest.find('}');
  return rest.starts_with('{') && end != std::string_view::npos && is_name(rest.substr(1, end - 1));
}

std::string double_quoted(std::string_view value) {
  std::string result = "\"";
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool special =
        c == '"' || c == '\\' || c == '`' || (c == '$' && !names_variable(value.substr(i + 1)));
    if (special) result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace

InPlaceRecord parse_in_place_record(const std::string& text) {
  InPlaceRecord record;
  for (const auto line : split(text, '\n')) {
    const auto json = Json::parse(line, nullptr, false);
    if (!json.is_object()) continue;
    record.complete = text_of(json, "complete");
    if (!record.complete.empty()) continue;
    auto feature = feature_of(json);
    if (feature.key.empty()) continue;
    std::erase_if(record.features, [&](const auto& other) { return other.key == feature.key; });
    record.features.push_back(std::move(feature));
  }
  return record;
}

InPlaceWork work_for(const InPlaceRecord& record, const InstalledFeature& wanted) {
  const auto found =
      std::find_if(record.features.begin(), record.features.end(),
                   [&](const InstalledFeature& feature) { return feature.key == wanted.key; });
  if (found == record.features.end()) return InPlaceWork::install;
  if (found->options != wanted.options) return InPlaceWork::options_changed;
  return found->content == wanted.content ? InPlaceWork::none : InPlaceWork::content_changed;
}

std::string record_line(const InstalledFeature& feature, InPlaceWork work,
                        const std::string& time) {
  return line_of({{"time", time},
                  {"event", word_for(work)},
                  {"feature", feature.key},
                  {"content", feature.content},
                  {"options", feature.options}});
}

std::string complete_line(const std::string& wanted, const std::string& time) {
  return line_of({{"time", time}, {"event", "complete"}, {"complete", wanted}});
}

std::vector<std::string> in_place_keys(const std::vector<PlannedFeature>& features) {
  std::map<std::string, int> seen;
  std::vector<std::string> keys;
  for (const auto& feature : features) {
    const int count = ++seen[feature.id];
    keys.push_back(count == 1 ? feature.id : feature.id + '#' + std::to_string(count));
  }
  return keys;
}

std::string export_lines(const std::vector<std::pair<std::string, std::string>>& variables) {
  std::string lines;
  for (const auto& [name, value] : variables) {
    if (is_name(name)) lines += "export " + name + '=' + double_quoted(value) + '\n';
  }
  return lines;
}

std::string profile_text(const std::string& lines) {
  const auto mark = sha256_hex(lines).substr(0, 16);
  return "# The environment of the features that were installed here.\n"
         "if [ \"$FAIRLEAD_FEATURES\" != " +
         mark + " ]; then\n" + lines + "export FAIRLEAD_FEATURES=" + mark + "\nfi\n";
}

}  // namespace fairlead
