#include "create_command.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace fairlead::podman {
namespace {

using Words = std::vector<std::string>;

void add(Words& words, const char* flag, const std::string& value) {
  if (!value.empty()) words.insert(words.end(), {flag, value});
}

std::string text_of(const Mount& mount) {
  constexpr std::array types{"bind", "volume", "tmpfs"};
  std::string text = std::string("type=") + types.at(static_cast<std::size_t>(mount.type));
  if (!mount.source.empty()) text += ",source=" + mount.source;
  text += ",target=" + mount.target;
  if (mount.read_only) text += ",ro=true";
  for (const auto& [key, value] : mount.options) {
    text += ',' + key + (value.empty() ? "" : '=' + value);
  }
  return text;
}

std::string text_of(const PublishedPort& port) {
  auto text = port.container_port + '/' + port.protocol;
  if (!port.host_port.empty() || !port.host_address.empty()) text = port.host_port + ':' + text;
  return port.host_address.empty() ? text : port.host_address + ':' + text;
}

void add_structured(Words& words, const CreateRequest& request) {
  add(words, "--name", request.name);
  for (const auto& [name, value] : request.env) add(words, "-e", name + '=' + value);
  for (const auto& [name, value] : request.labels) add(words, "--label", name + '=' + value);
  add(words, "--user", request.user);
  add(words, "--workdir", request.working_directory);
  for (const auto& mount : request.mounts) add(words, "--mount", text_of(mount));
  for (const auto& port : request.ports) add(words, "-p", text_of(port));
  if (request.init) words.emplace_back("--init");
  if (request.privileged) words.emplace_back("--privileged");
  for (const auto& name : request.cap_add) add(words, "--cap-add", name);
  for (const auto& option : request.security_opt) add(words, "--security-opt", option);
  if (request.gpu) words.emplace_back(all_gpus);
}

}  // namespace

Words create_command(Words words, const CreateRequest& request) {
  words.emplace_back("create");
  add_structured(words, request);
  words.insert(words.end(), request.run_args.begin(), request.run_args.end());
  if (request.entrypoint) {
    words.insert(words.end(), {"--entrypoint", nlohmann::json(*request.entrypoint).dump()});
  }
  words.push_back(request.image);
  if (request.command) words.insert(words.end(), request.command->begin(), request.command->end());
  return words;
}

}  // namespace fairlead::podman
