#include "inputs.hpp"

#include "environment_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace fairlead::compose {
namespace {

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::vector<std::string> listed(const std::string& list, const std::string& folder) {
  std::vector<std::string> files;
  std::size_t start = 0;
  while (start <= list.size()) {
    const auto end = std::min(list.find(':', start), list.size());
    if (end > start) files.push_back(resolved_path(folder, list.substr(start, end - start)));
    start = end + 1;
  }
  return files;
}

std::vector<std::string> usual(const std::string& folder, const Files& files) {
  files.load({folder + "/docker-compose.yml", folder + "/docker-compose.yaml",
              folder + "/compose.yml", folder + "/compose.yaml"});
  for (const char* stem : {"/docker-compose", "/compose"}) {
    for (const char* end : {".yml", ".yaml"}) {
      const auto file = folder + stem + end;
      if (!files.is_file(file)) continue;
      const auto more = folder + stem + ".override" + end;
      return files.is_file(more) ? std::vector{file, more} : std::vector{file};
    }
  }
  return {folder + "/docker-compose.yml"};  // Compose says that it is not there
}

}  // namespace

std::optional<std::string> read_text(const std::string& path) {
  if (!is_file(path)) return {};
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

std::string resolved_path(const std::string& folder, const std::string& path) {
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

std::string parent_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

std::vector<std::string> Inputs::words() const {
  std::vector<std::string> words;
  for (const auto& file : files) {
    words.emplace_back("-f");
    words.push_back(file);
  }
  if (!env_file.empty()) {
    words.emplace_back("--env-file");
    words.push_back(env_file);
  }
  return words;
}

Inputs inputs_of(const Group& group, const Environment& environment, const Files& files) {
  Inputs inputs{.files = group.files, .env_file = {}};
  if (!inputs.files.empty()) return inputs;
  const auto env_file = group.folder + "/.env";
  const auto text = files.text(env_file);
  if (text) inputs.env_file = env_file;
  const auto variable = environment.find("COMPOSE_FILE");
  auto list = variable == environment.end() ? std::string() : variable->second;
  if (list.empty() && text) list = value_in(*text, "COMPOSE_FILE");
  inputs.files = list.empty() ? usual(group.folder, files) : listed(list, group.folder);
  return inputs;
}

}  // namespace fairlead::compose
