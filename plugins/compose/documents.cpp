#include "documents.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <yaml-cpp/yaml.h>

namespace fairlead::compose {
namespace {

using Texts = std::vector<std::string>;

/// Compose doubles what could be taken for a variable.
std::string plain(std::string text) {
  for (auto at = text.find("$$"); at != std::string::npos; at = text.find("$$", at + 1)) {
    text.erase(at, 1);
  }
  return text;
}

std::string text_of(const YAML::Node& node) {
  return node && node.IsScalar() ? plain(node.Scalar()) : std::string();
}

bool is_true(const YAML::Node& node) { return node && node.IsScalar() && node.Scalar() == "true"; }

Texts texts_of(const YAML::Node& node) {
  Texts texts;
  if (node && node.IsScalar()) texts.push_back(text_of(node));
  if (!node || !node.IsSequence()) return texts;
  for (const auto& item : node) texts.push_back(text_of(item));
  return texts;
}

/// The words of a command line as a shell would cut them; Compose v1 leaves strings as they are.
Texts words_of(const std::string& line) {
  Texts words;
  std::string word;
  bool inside = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
      inside = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      if (inside) words.push_back(std::exchange(word, {}));
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (inside) words.push_back(word);
  return words;
}

std::optional<Texts> process_of(const YAML::Node& node) {
  if (!node || node.IsNull()) return {};
  if (node.IsScalar()) return words_of(text_of(node));
  return texts_of(node);
}

/// A list, or a mapping whose keys are the names.
Texts names_of(const YAML::Node& node) {
  if (!node || !node.IsMap()) return texts_of(node);
  Texts names;
  for (const auto& entry : node) names.push_back(entry.first.Scalar());
  return names;
}

std::map<std::string, std::string> conditions_of(const YAML::Node& depends_on) {
  std::map<std::string, std::string> conditions;
  for (const auto& name : names_of(depends_on)) {
    const auto said = depends_on.IsMap() ? text_of(depends_on[name]["condition"]) : std::string();
    conditions[name] = said.empty() ? "service_started" : said;
  }
  return conditions;
}

bool says_a_label(const YAML::Node& security_opt) {
  return std::ranges::any_of(texts_of(security_opt),
                             [](const auto& option) { return option.starts_with("label"); });
}

std::map<std::string, std::string> map_of(const YAML::Node& node) {
  std::map<std::string, std::string> map;
  if (node && node.IsMap()) {
    for (const auto& entry : node) map[entry.first.Scalar()] = text_of(entry.second);
  }
  for (const auto& text : node&& node.IsSequence() ? texts_of(node) : Texts{}) {
    const auto equals = text.find('=');
    map[text.substr(0, equals)] = equals == std::string::npos ? "" : text.substr(equals + 1);
  }
  return map;
}

std::string below(const std::string& folder, const std::string& path) {
  return path.starts_with('/') || folder.empty() ? path : folder + '/' + path;
}

std::optional<BuildImageRequest> build_of(const YAML::Node& node) {
  if (!node || node.IsNull()) return {};
  BuildImageRequest build;
  if (node.IsScalar()) {
    build.context = text_of(node);
    build.dockerfile = below(build.context, "Dockerfile");
    return build;
  }
  build.context = text_of(node["context"]);
  const auto dockerfile = text_of(node["dockerfile"]);
  if (!node["dockerfile_inline"])
    build.dockerfile = below(build.context, dockerfile.empty() ? "Dockerfile" : dockerfile);
  build.target = text_of(node["target"]);
  build.pull = is_true(node["pull"]);
  build.args = map_of(node["args"]);
  return build;
}

std::string inline_of(const YAML::Node& build) {
  return build && build.IsMap() ? text_of(build["dockerfile_inline"]) : std::string();
}

/// "SOURCE:TARGET[:MODE]" or the long form; empty: no folder or file of the user's machine.
std::string bind_source(const YAML::Node& node) {
  if (node.IsMap()) return text_of(node["type"]) == "bind" ? text_of(node["source"]) : "";
  const auto text = text_of(node);
  const auto colon = text.find(':');
  return text.starts_with('/') && colon != std::string::npos ? text.substr(0, colon) : "";
}

constexpr std::array<const char*, 5> shared_with_host = {"network_mode", "pid", "ipc",
                                                         "userns_mode", "uts"};

/// As the core judges one container by itself.
Texts wishes_of(const YAML::Node& service, const std::string& folder) {
  Texts wishes;
  if (is_true(service["privileged"])) wishes.emplace_back("be privileged");
  for (const auto& name : texts_of(service["cap_add"]))
    wishes.push_back("have the capability " + name);
  for (const char* key : shared_with_host) {
    if (text_of(service[key]) == "host") wishes.push_back(std::string("use the machine's ") + key);
  }
  for (const auto& device : names_of(service["devices"]))
    wishes.push_back("use the device " + device);
  for (const auto& volume : service["volumes"]) {
    const auto source = bind_source(volume);
    const bool inside = source == folder || source.starts_with(folder + '/');
    if (source.ends_with(".sock")) {
      wishes.push_back("mount the socket " + source);
    } else if (!source.empty() && !inside) {
      wishes.push_back("mount " + source + ", which is outside the workspace");
    }
  }
  return wishes;
}

Service service_of(const YAML::Node& node, const std::string& folder) {
  return {.image = text_of(node["image"]),
          .build = build_of(node["build"]),
          .user = text_of(node["user"]),
          .entrypoint = process_of(node["entrypoint"]),
          .command = process_of(node["command"]),
          .depends_on = names_of(node["depends_on"]),
          .conditions = conditions_of(node["depends_on"]),
          .profiles = texts_of(node["profiles"]),
          .wishes = wishes_of(node, folder),
          .says_a_label = says_a_label(node["security_opt"]),
          .platform = text_of(node["platform"]),
          .pull_policy = text_of(node["pull_policy"]),
          .dockerfile_inline = inline_of(node["build"])};
}

void add_paths(const YAML::Node& node, Texts& paths) {
  if (node.IsMap()) {
    for (const auto& path : texts_of(node["path"])) paths.push_back(path);
  } else {
    for (const auto& path : texts_of(node)) paths.push_back(path);
  }
}

void add_list(const YAML::Node& node, Texts& paths) {
  if (!node) return;
  if (!node.IsSequence()) return add_paths(node, paths);
  for (const auto& item : node) add_paths(item, paths);
}

void add_service_files(const YAML::Node& service, FileFacts& facts) {
  if (!service.IsMap()) return;
  const auto extends = service["extends"];
  if (extends && extends.IsMap() && extends["file"])
    facts.files.push_back(text_of(extends["file"]));
  add_list(service["env_file"], facts.environment_files);
  for (auto& name : texts_of(service["profiles"])) facts.profiles.push_back(std::move(name));
}

/// Every `$NAME` and `${NAME`, also where the text only looks like it: one too many does no harm.
Texts variables_in(std::string_view text) {
  Texts names;
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
    ++at;
    if (at < text.size() && text[at] == '{') ++at;
    const auto start = at;
    while (at < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_'))
      ++at;
    if (at > start) names.emplace_back(text.substr(start, at - start));
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// The place goes into the text: a failed call carries nothing else to the user.
Error fault(const std::string& path, const YAML::Mark& mark, const std::string& what) {
  return {Status::invalid, "group.files",
          path + ':' + std::to_string(mark.line + 1) + ':' + std::to_string(mark.column + 1) +
              ": the Compose file is not valid YAML: " + what + "."};
}

/// Names and paths in a message: runs of letters, digits, "_", "-" and ".".
Texts tokens_of(const std::string& text) {
  Texts tokens(1);
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.') {
      tokens.back() += c;
    } else if (!tokens.back().empty()) {
      tokens.emplace_back();
    }
  }
  return tokens;
}

struct Place {
  YAML::Mark mark;
  int depth = 0;
};

/// The key `name` of a mapping, with where it stands.
std::optional<std::pair<YAML::Mark, YAML::Node>> member_of(const YAML::Node& node,
                                                           const std::string& name) {
  if (!node.IsMap()) return {};
  for (const auto& entry : node) {
    if (entry.first.IsScalar() && entry.first.Scalar() == name)
      return std::pair(entry.first.Mark(), entry.second);
  }
  return {};
}

/// As deep as "a.b.c" leads, then one of the other words as a key there.
std::optional<Place> place_in(YAML::Node node, const std::string& path, const Texts& words) {
  std::optional<Place> place;
  std::size_t start = 0;
  while (start < path.size()) {
    const auto end = std::min(path.find('.', start), path.size());
    const auto member = member_of(node, path.substr(start, end - start));
    if (!member) return place;
    place = Place{member->first, place ? place->depth + 1 : 1};
    node.reset(member->second);
    start = end + 1;
  }
  for (const auto& word : words) {
    if (const auto member = member_of(node, word)) return Place{member->first, place->depth + 1};
  }
  return place;
}

}  // namespace

Project project_from_config(std::string_view yaml, const std::string& folder) {
  try {
    const auto document = YAML::Load(std::string(yaml));
    Project project{.name = text_of(document["name"]), .services = {}};
    for (const auto& entry : document["services"]) {
      project.services[entry.first.Scalar()] = service_of(entry.second, folder);
    }
    return project;
  } catch (const YAML::Exception& problem) {
    throw Error(Status::failed, "group.output",
                std::string("Compose printed a configuration that cannot be read: ") +
                    problem.what() + ".");
  }
}

std::string pull_of(const Service& service) {
  if (service.build) return service.build->pull ? "always" : "missing";
  const auto& said = service.pull_policy;
  return said == "always" || said == "never" ? said : "missing";
}

FileFacts facts_of(std::string_view yaml, const std::string& path) {
  FileFacts facts;
  try {
    const auto document = YAML::Load(std::string(yaml));
    if (!document.IsMap() && !document.IsNull()) throw fault(path, document.Mark(), "no mapping");
    if (document.IsNull()) return facts;
    facts.version = text_of(document["version"]);
    facts.has_name = !text_of(document["name"]).empty();
    const auto include = document["include"];
    add_list(include, facts.files);
    if (include && include.IsSequence()) {
      for (const auto& item : include) {
        if (item.IsMap()) add_list(item["env_file"], facts.environment_files);
      }
    }
    const auto services = document["services"];
    if (services && services.IsMap()) {
      for (const auto& entry : services) add_service_files(entry.second, facts);
    }
  } catch (const YAML::Exception& problem) {
    throw fault(path, problem.mark, problem.msg);
  }
  facts.variables = variables_in(yaml);
  return facts;
}

std::string place_of_complaint(const std::string& complaint,
                               const std::vector<std::string>& files) {
  const auto words = tokens_of(complaint);
  const auto path =
      std::ranges::find_if(words, [](const auto& word) { return word.starts_with("services."); });
  if (path == words.end()) return {};
  std::string text;
  int depth = 1;
  for (const auto& file : files) {
    try {
      const auto place = place_in(YAML::LoadFile(file), *path, words);
      if (!place || place->depth <= depth) continue;
      depth = place->depth;
      text = file + ':' + std::to_string(place->mark.line + 1) + ':' +
             std::to_string(place->mark.column + 1) + ": ";
    } catch (const YAML::Exception&) {
      continue;
    }
  }
  return text;
}

}  // namespace fairlead::compose
