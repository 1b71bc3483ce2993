#include "server/forwards_file.hpp"

#include "server/wire.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

namespace fairlead::server {
namespace {

constexpr std::size_t most_bytes = std::size_t{4} << 20U;

bool is_kept(const std::string& name) {
  constexpr std::array<std::string_view, 20> names = {"PATH",
                                                      "HOME",
                                                      "USER",
                                                      "LOGNAME",
                                                      "LANG",
                                                      "TMPDIR",
                                                      "BROWSER",
                                                      "DISPLAY",
                                                      "WAYLAND_DISPLAY",
                                                      "SSH_AUTH_SOCK",
                                                      "XDG_STATE_HOME",
                                                      "XDG_CONFIG_HOME",
                                                      "XDG_CACHE_HOME",
                                                      "XDG_RUNTIME_DIR",
                                                      "DOCKER_HOST",
                                                      "DOCKER_CONTEXT",
                                                      "DOCKER_CONFIG",
                                                      "DOCKER_CERT_PATH",
                                                      "DOCKER_TLS_VERIFY",
                                                      "CONTAINER_HOST"};
  return std::find(names.begin(), names.end(), name) != names.end() ||
         name.starts_with("FAIRLEAD_");
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str().size() > most_bytes ? std::string() : text.str();
}

SavedForwards saved_from(const Json& json) {
  SavedForwards saved;
  saved.caller = caller_from(json.value("caller", Json::object()));
  saved.detect = json.value("detect", false);
  saved.relay = json.value("relay", false);
  saved.sync = json.value("sync", false);
  for (const auto& wish : json.value("wishes", Json::array()))
    saved.wishes.push_back(wish_from(wish));
  return saved;
}

}  // namespace

ForwardWish wish_of(const ForwardInfo& info) {
  ForwardWish wish{.target = info.target, .reverse = info.reverse, .origin = info.origin};
  wish.local_port = info.port;
  if (info.address.starts_with('/')) {
    wish.local_socket = info.address;
  } else {
    wish.addresses = info.addresses;
  }
  return wish;
}

Environment kept_variables(const Environment& environment) {
  Environment kept;
  for (const auto& [name, value] : environment) {
    if (is_kept(name)) kept.emplace(name, value);
  }
  return kept;
}

std::vector<SavedForwards> read_forwards(const std::string& path) {
  std::vector<SavedForwards> all;
  try {
    for (const auto& entry : parse(text_of(path)).value("environments", Json::array()))
      all.push_back(saved_from(entry));
  } catch (const std::exception&) {
    return {};  // losing it loses nothing that a next `up` does not bring back
  }
  return all;
}

void write_forwards(const std::string& path, const std::vector<SavedForwards>& forwards) {
  if (forwards.empty()) {
    ::unlink(path.c_str());
    return;
  }
  auto list = Json::array();
  for (const auto& saved : forwards) {
    auto caller = saved.caller;
    caller.options.environment = kept_variables(caller.options.environment);
    auto wishes = Json::array();
    for (const auto& wish : saved.wishes) wishes.push_back(to_json(wish));
    list.push_back({{"caller", to_json(caller)},
                    {"detect", saved.detect},
                    {"relay", saved.relay},
                    {"sync", saved.sync},
                    {"wishes", std::move(wishes)}});
  }
  const auto text =
      Json{{"environments", std::move(list)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const auto temporary = path + ".new";
  const UniqueFd file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  const bool written =
      file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (written) std::rename(temporary.c_str(), path.c_str());
}

}  // namespace fairlead::server
