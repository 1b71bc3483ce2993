#include "cache.hpp"

#include "inputs.hpp"

#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>

#include <boost/uuid/detail/sha1.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace fairlead::compose {
namespace {

using nlohmann::json;

/// Raised whenever an entry's meaning changes.
constexpr int layout = 4;

std::string hash_of(std::string_view text) {
  boost::uuids::detail::sha1 sha1;
  sha1.process_bytes(text.data(), text.size());
  boost::uuids::detail::sha1::digest_type digest;
  sha1.get_digest(digest);
  std::string hex;
  for (const auto word : digest) {
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(word));
    hex += digits;
  }
  return hex;
}

json to_entry(const Evaluation& e) {
  return {{"layout", layout},
          {"tool", e.tool.argv},
          {"tool_version", e.tool.version},
          {"tool_is_podmans", e.tool.is_podmans},
          {"tool_file", e.tool_file},
          {"files", e.files},
          {"env_file", e.env_file},
          {"version_line", e.version_line},
          {"built", e.built},
          {"profiles", e.profiles},
          {"depends_on", e.depends_on},
          {"started", e.started},
          {"says_a_label", e.says_a_label},
          {"document", e.document},
          {"reply", json::parse(encode(e.reply))},
          {"file_marks", e.file_marks},
          {"variable_marks", e.variable_marks}};
}

Evaluation from_entry(const json& entry) {
  Evaluation e;
  if (entry.at("layout") != layout) throw json::other_error::create(500, "layout", nullptr);
  entry.at("tool").get_to(e.tool.argv);
  entry.at("tool_version").get_to(e.tool.version);
  entry.at("tool_is_podmans").get_to(e.tool.is_podmans);
  entry.at("tool_file").get_to(e.tool_file);
  entry.at("files").get_to(e.files);
  entry.at("env_file").get_to(e.env_file);
  entry.at("version_line").get_to(e.version_line);
  entry.at("built").get_to(e.built);
  entry.at("profiles").get_to(e.profiles);
  entry.at("depends_on").get_to(e.depends_on);
  entry.at("started").get_to(e.started);
  entry.at("says_a_label").get_to(e.says_a_label);
  entry.at("document").get_to(e.document);
  e.reply = decode<ResolveGroupReply>(entry.at("reply").dump());
  entry.at("file_marks").get_to(e.file_marks);
  entry.at("variable_marks").get_to(e.variable_marks);
  return e;
}

bool is_program(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

/// "a:b" with `name` behind each.
std::string program_in(const std::string& folders, const std::string& name) {
  for (std::size_t start = 0; start <= folders.size();) {
    const auto end = std::min(folders.find(':', start), folders.size());
    const auto file = folders.substr(start, end - start) + '/' + name;
    if (is_program(file)) return file;
    start = end + 1;
  }
  return {};
}

bool is_current(const Evaluation& e, const Environment& environment, const Files& files) {
  if (!e.tool_file.empty() && !is_program(e.tool_file)) return false;
  std::vector<std::string> paths;
  for (const auto& [path, mark] : e.file_marks) paths.push_back(path);
  files.load(paths);
  return std::ranges::all_of(
             e.file_marks,
             [&](const auto& m) { return mark_of_file(files, m.first) == m.second; }) &&
         std::ranges::all_of(e.variable_marks, [&](const auto& m) {
           return mark_of_variable(environment, m.first) == m.second;
         });
}

}  // namespace

std::string mark_of_file(const Files& files, const std::string& path) {
  const auto text = files.text(path);
  return text ? hash_of(*text) : "absent";
}

std::string mark_of_variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "absent" : hash_of(name + '=' + found->second);
}

std::string file_of(const Tool& tool, const Environment& environment) {
  if (tool.argv.empty()) return {};
  const auto& name = tool.argv.front();
  if (tool.argv.size() == 1) {
    return name.find('/') == std::string::npos
               ? program_in(engine::variable(environment, "PATH"), name)
               : name;
  }
  auto config = engine::variable(environment, "DOCKER_CONFIG");
  if (config.empty()) config = engine::variable(environment, "HOME") + "/.docker";
  return program_in(config +
                        "/cli-plugins:/usr/local/lib/docker/cli-plugins:/usr/local/libexec/docker/"
                        "cli-plugins:/usr/lib/docker/cli-plugins:/usr/libexec/docker/cli-plugins",
                    "docker-compose");
}

std::string entry_name(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + '\0';
  return hash_of(text) + ".json";
}

std::optional<Evaluation> cached(const std::string& folder, const std::string& name,
                                 const Environment& environment, const Files& files) {
  if (folder.empty()) return {};
  const auto text = read_text(folder + '/' + name);
  if (!text) return {};
  try {
    auto evaluation = from_entry(json::parse(*text));
    if (is_current(evaluation, environment, files)) return evaluation;
  } catch (const json::exception&) {  // another version's, or damaged: asked again
    return {};
  } catch (const Error&) {
    return {};
  }
  return {};
}

void keep(const std::string& folder, const std::string& name, const Evaluation& evaluation) {
  if (folder.empty()) return;
  try {
    write_atomically(folder + '/' + name, to_entry(evaluation).dump());
  } catch (const Error&) {  // a full disk costs the next call some time, nothing else
    return;
  }
}

void write_atomically(const std::string& path, std::string_view text) {
  std::error_code ignored;
  std::filesystem::create_directories(parent_of(path), ignored);
  auto temporary = path + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  bool good = static_cast<bool>(fd);
  for (std::size_t at = 0; good && at < text.size();) {
    const auto wrote = ::write(fd.get(), text.data() + at, text.size() - at);
    good = wrote > 0 || (wrote < 0 && errno == EINTR);
    if (wrote > 0) at += static_cast<std::size_t>(wrote);
  }
  good = good && ::fsync(fd.get()) == 0 && std::rename(temporary.c_str(), path.c_str()) == 0;
  if (good) return;
  const std::string why = std::strerror(errno);
  if (fd) ::unlink(temporary.c_str());
  throw Error(Status::failed, "group.state",
              "The file " + path + " cannot be written: " + why + ".");
}

}  // namespace fairlead::compose
