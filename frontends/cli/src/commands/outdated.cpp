#include "commands/collection_commands.hpp"
#include "commands/options.hpp"
#include "commands/signals.hpp"
#include "json_text.hpp"
#include "table.hpp"

#include <fairlead/features.hpp>

namespace fairlead::cli {
namespace {

using Members = std::vector<std::pair<std::string, std::optional<std::string>>>;

std::optional<std::string> major_of(const std::optional<std::string>& version) {
  if (!version) return std::nullopt;
  return version->substr(0, version->find('.'));
}

// Members on lines of their own when `indent` is not empty, as people read it on a terminal.
std::string object_json(const Members& members, bool lines, const std::string& indent) {
  std::string text;
  for (const auto& [name, value] : members) {
    if (!value) continue;
    text += (text.empty() ? "" : ",") + (lines ? '\n' + indent + "  " : std::string()) +
            json_string(name) + (lines ? ": " : ":") + *value;
  }
  return '{' + text + (lines && !text.empty() ? '\n' + indent : std::string()) + '}';
}

std::optional<std::string> quoted(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return json_string(*text);
}

std::string versions_json(const std::vector<FeatureVersions>& features,
                          const std::string& newer_base, bool lines) {
  Members all;
  for (const auto& feature : features) {
    const Members members{{"current", quoted(feature.current)},
                          {"wanted", quoted(feature.wanted)},
                          {"wantedMajor", quoted(major_of(feature.wanted))},
                          {"latest", quoted(feature.latest)},
                          {"latestMajor", quoted(major_of(feature.latest))}};
    all.emplace_back(feature.id, object_json(members, lines, "    "));
  }
  Members result{{"features", object_json(all, lines, "  ")}};
  if (!newer_base.empty()) result.emplace_back("newerBaseImage", json_string(newer_base));
  return object_json(result, lines, "") + '\n';
}

std::string without_version(const std::string& id) {
  return id.substr(0, id.find_first_of(":@", id.rfind('/')));
}

std::string versions_text(const std::vector<FeatureVersions>& features) {
  Table table({"Feature", "Current", "Wanted", "Latest"});
  for (const auto& feature : features) {
    table.add({without_version(feature.id), feature.current.value_or("-"),
               feature.wanted.value_or("-"), feature.latest.value_or("-")});
  }
  return table.text();
}

std::string base_text(const std::string& newer_base) {
  if (newer_base.empty()) return {};
  return "The registry has a newer " + newer_base + "; `fairlead rebuild --pull` takes it.\n";
}

}  // namespace

int run_outdated(const Arguments& arguments, Session& session) {
  StopOnSignal signals(arguments);
  const auto log = make_log(arguments, session);
  Core core(core_options(arguments), *log);
  const auto features = outdated_features(core, selection_of(arguments), signals.token());
  const bool json = arguments.text("output-format") == "json" || arguments.flag("json");
  // The reference knows features only.
  const auto newer = arguments.mode() == Mode::fairlead
                         ? newer_base_image(core, selection_of(arguments), signals.token())
                         : std::string();
  session.write_out(json ? versions_json(features, newer, session.out.is_terminal)
                         : versions_text(features) + base_text(newer));
  return 0;
}

}  // namespace fairlead::cli
