#include "support/engine_api.hpp"

#include "support/test_run.hpp"

#include <fairlead/unique_fd.hpp>

#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace fairlead::test {
namespace {

UniqueFd connect_to(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("socket path too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("no engine at " + path);
  }
  const timeval patience{60, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

void send_all(const UniqueFd& fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t size = ::send(fd.get(), data.data(), data.size(), MSG_NOSIGNAL);
    if (size <= 0) throw std::runtime_error("the engine hung up");
    data.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::string receive_all(const UniqueFd& fd) {
  std::string text;
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t size = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (size < 0) throw std::runtime_error("the engine did not answer");
    if (size == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::string escaped(const std::string& name) {
  std::string result;
  for (const char c : name) result += c == '/' ? std::string("%2F") : std::string(1, c);
  return result;
}

}  // namespace

EngineApi::EngineApi(std::string host) : socket_(std::move(host)) {
  constexpr std::string_view scheme = "unix://";
  if (!socket_.starts_with(scheme)) throw std::runtime_error("DOCKER_HOST is not a Unix socket");
  socket_.erase(0, scheme.size());
}

std::string EngineApi::request(const std::string& method, const std::string& path,
                               const std::string& body) const {
  const UniqueFd fd = connect_to(socket_);
  // HTTP/1.0: no chunks, and the end of the stream is the end of the answer.
  send_all(fd, method + " " + path + " HTTP/1.0\r\nHost: engine\r\nContent-Type: application/json" +
                   "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  const std::string answer = receive_all(fd);
  const auto head_end = answer.find("\r\n\r\n");
  if (head_end == std::string::npos || answer.size() < 12) throw std::runtime_error("no answer");
  const std::string content = answer.substr(head_end + 4);
  if (answer[9] != '2') {
    throw std::runtime_error(method + " " + path + ": " + answer.substr(9, 3) + " " + content);
  }
  return content;
}

bool EngineApi::answers() const {
  try {
    return request("GET", "/_ping") == "OK";
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::vector<Container> EngineApi::containers() const {
  std::vector<Container> found;
  for (const auto& item : nlohmann::json::parse(request("GET", "/containers/json?all=1"))) {
    const std::string id = item.at("Id");
    // The list may be some milliseconds behind a `stop` that was answered.
    if (const auto state = state_of(id)) {
      found.push_back({id, item.at("Image"), *state,
                       item.value("Labels", std::map<std::string, std::string>{})});
    }
  }
  return found;
}

std::optional<std::string> EngineApi::state_of(const std::string& id) const {
  try {
    return nlohmann::json::parse(inspect(id)).at("State").at("Status").get<std::string>();
  } catch (const std::runtime_error& error) {
    if (std::string_view(error.what()).find(": 404 ") != std::string_view::npos) return {};
    throw;
  }
}

std::vector<std::string> EngineApi::processes(const std::string& id) const {
  std::vector<std::string> found;
  try {
    // Podman takes names of columns, Docker options of ps.
    const auto columns = variable("FAIRLEAD_TEST_PODMAN").empty() ? "-eo%20pid,args" : "pid,args";
    const auto answer = nlohmann::json::parse(
        request("GET", "/containers/" + id + "/top?stream=false&ps_args=" + columns));
    for (const auto& process : answer.at("Processes")) found.push_back(process.at(1));
  } catch (const std::runtime_error&) {
    return {};  // stopped meanwhile
  }
  return found;
}

std::string EngineApi::inspect(const std::string& id) const {
  return request("GET", "/containers/" + id + "/json");
}

bool EngineApi::has_image(const std::string& name) const {
  try {
    request("GET", "/images/" + escaped(name) + "/json");
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::vector<std::string> EngineApi::image_tags() const {
  std::vector<std::string> tags;
  for (const auto& item : nlohmann::json::parse(request("GET", "/images/json"))) {
    if (!item.at("RepoTags").is_array()) continue;
    for (const auto& tag : item.at("RepoTags")) tags.push_back(tag);
  }
  return tags;
}

void EngineApi::remove_container(const std::string& id) const {
  try {
    request("DELETE", "/containers/" + id + "?force=1&v=1");
  } catch (const std::runtime_error&) {
    return;  // judged by what is left, not by what was said
  }
}

void EngineApi::remove_image(const std::string& name) const {
  try {
    request("DELETE", "/images/" + escaped(name) + "?force=1");
  } catch (const std::runtime_error&) {
    return;
  }
}

}  // namespace fairlead::test
