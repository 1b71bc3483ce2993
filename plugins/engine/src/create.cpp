#include "client_proxies.hpp"
#include "run_args.hpp"

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/create.hpp>
#include <fairlead/error.hpp>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace fairlead::engine {
namespace {

/// What tells other tools how the container came to be: no word of the user's replaces it.
constexpr const char* metadata_label = "devcontainer.metadata";

/// Of several assignments to a name the last counts, at the place of the first.
std::vector<std::string> without_repeats(const std::vector<std::string>& env) {
  std::map<std::string, std::size_t> places;
  std::vector<std::string> out;
  for (const auto& entry : env) {
    const auto [place, is_new] = places.try_emplace(entry.substr(0, entry.find('=')), out.size());
    if (is_new) {
      out.push_back(entry);
    } else {
      out[place->second] = entry;
    }
  }
  return out;
}

std::string port_text(const PublishedPort& port) {
  const bool v6 = port.host_address.find(':') != std::string::npos;
  const auto address = v6 ? "[" + port.host_address + "]" : port.host_address;
  auto text = port.container_port + "/" + port.protocol;
  if (!port.host_port.empty() || !address.empty()) text = port.host_port + ":" + text;
  return address.empty() ? text : address + ":" + text;
}

void apply_structured(Draft& draft, const CreateRequest& request) {
  draft.name = request.name;
  for (const auto& [name, value] : request.env) draft.env.push_back(name + "=" + value);
  draft.labels = request.labels;
  if (!request.user.empty()) draft.config["User"] = request.user;
  if (!request.working_directory.empty()) draft.config["WorkingDir"] = request.working_directory;
  for (const auto& mount : request.mounts) draft.host["Mounts"].push_back(mount_from_model(mount));
  for (const auto& port : request.ports) publish(draft, port_text(port));
  if (request.init) draft.host["Init"] = true;
  if (request.privileged) draft.host["Privileged"] = true;
  if (!request.cap_add.empty()) draft.host["CapAdd"] = request.cap_add;
  for (const auto& option : request.security_opt) {
    apply_run_args(draft, {"--security-opt", option});
  }
}

/// What stands last on the command line of `docker run`, behind the user's words.
void apply_last(Draft& draft, const CreateRequest& request) {
  if (request.gpu) request_gpus(draft, "all");
  if (request.entrypoint) {
    if (draft.config.contains("Entrypoint")) {
      draft.warnings.emplace_back(
          "runArgs: --entrypoint is ignored: the entrypoint keeps the container running "
          "(\"overrideCommand\": false leaves it to the image).");
    }
    draft.config["Entrypoint"] = *request.entrypoint;
  }
  const auto metadata = request.labels.find(metadata_label);
  if (metadata != request.labels.end()) draft.labels[metadata->first] = metadata->second;
  if (request.command) draft.config["Cmd"] = *request.command;
  draft.config["Image"] = request.image;
}

bool names(const std::vector<std::string>& env, const std::string& variable) {
  return std::ranges::any_of(
      env, [&](const std::string& entry) { return entry.substr(0, entry.find('=')) == variable; });
}

void finish_process(Draft& draft, const Environment& proxies) {
  auto env = draft.file_env;
  env.insert(env.end(), draft.env.begin(), draft.env.end());
  for (const auto& [name, value] : proxies) {
    if (!names(draft.env, name)) env.push_back(name + '=' + value);
  }
  if (!env.empty()) draft.config["Env"] = without_repeats(env);
  auto labels = draft.file_labels;
  for (const auto& [name, value] : draft.labels) labels[name] = value;
  if (!labels.empty()) draft.config["Labels"] = labels;
  if (draft.no_health) {
    draft.config["Healthcheck"] = {{"Test", {"NONE"}}};
  } else if (!draft.health_command.empty() || !draft.health.empty()) {
    draft.config["Healthcheck"] = draft.health;
    if (!draft.health_command.empty()) {
      draft.config["Healthcheck"]["Test"] = {"CMD-SHELL", draft.health_command};
    }
  }
}

/// "sys_ptrace" and "SYS_PTRACE" are CAP_SYS_PTRACE; ALL stands alone.
std::set<std::string> capabilities(const Json& host, const char* key) {
  std::set<std::string> names;
  if (!host.contains(key)) return names;
  for (const auto& entry : host[key]) {
    auto name = entry.get<std::string>();
    for (auto& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (name != "ALL" && !name.starts_with("CAP_")) name = "CAP_" + name;
    names.insert(std::move(name));
  }
  if (names.contains("ALL")) return {"ALL"};
  return names;
}

/// As the docker client sends them: one spelling, sorted, and what is added is not dropped.
void finish_capabilities(Draft& draft) {
  const auto added = capabilities(draft.host, "CapAdd");
  auto dropped = capabilities(draft.host, "CapDrop");
  for (const auto& name : added) dropped.erase(name);
  draft.host.erase("CapAdd");
  draft.host.erase("CapDrop");
  if (!added.empty()) draft.host["CapAdd"] = added;
  if (!dropped.empty()) draft.host["CapDrop"] = dropped;
}

/// Options without a network of their own go to the first one.
Json finish_networks(Draft& draft) {
  auto endpoints = Json::object();
  if (draft.networks.empty() && draft.first_endpoint.empty()) return endpoints;
  if (draft.networks.empty()) draft.networks.push_back({"default", Json::object()});
  auto& first = draft.networks.front();
  first.endpoint.merge_patch(draft.first_endpoint);
  const auto mac = text_of(draft.config, "MacAddress");
  draft.host["NetworkMode"] = first.name;
  const bool is_mode =
      first.name == "host" || first.name == "none" || first.name.starts_with("container:");
  if (!mac.empty() && !is_mode && first.name != "default" && first.name != "bridge") {
    first.endpoint["MacAddress"] = mac;
  }
  for (const auto& network : draft.networks) {
    if (!network.endpoint.empty() || draft.networks.size() > 1) {
      endpoints[network.name] = network.endpoint;
    }
  }
  return endpoints;
}

}  // namespace

std::string read_client_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw Error(Status::not_found, "backend.run_args",
                "runArgs names the file '" + path + "', which cannot be read.");
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

CreateBody create_body(const CreateRequest& request, const ClientSide& client) {
  Draft draft(client);
  try {
    apply_structured(draft, request);
    apply_run_args(draft, request.run_args);
    apply_last(draft, request);
  } catch (const BadValue& bad) {
    throw Error(Status::invalid, "backend.create",
                "The container cannot be described: " + bad.why + ".");
  }
  finish_process(draft, client_proxies(client));
  finish_capabilities(draft);
  const auto endpoints = finish_networks(draft);
  auto body = draft.config;
  if (!draft.host.empty()) body["HostConfig"] = draft.host;
  if (!endpoints.empty()) body["NetworkingConfig"] = {{"EndpointsConfig", endpoints}};
  return {"/containers/create" + query({{"name", draft.name}, {"platform", draft.platform}}),
          dump(body), draft.warnings, draft.id_file};
}

}  // namespace fairlead::engine
