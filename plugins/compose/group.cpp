#include "beside.hpp"
#include "compose.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "override.hpp"

#include <fairlead/engine/objects.hpp>
#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>

#include <algorithm>

/// A project's images and containers.
namespace fairlead::compose {
namespace {

/// The reference looks for overrides by the beginnings of these names, so that either of us starts
/// again what the other one made.
constexpr const char* instance_file = "docker-compose.devcontainer.containerFeatures.yml";
constexpr const char* build_file = "docker-compose.devcontainer.build.yml";
constexpr const char* instance_prefix = "docker-compose.devcontainer.containerFeatures";

using Words = std::vector<std::string>;

void append(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

Words words_for(const Evaluation& e, const std::string& project) {
  auto words = e.tool.argv;
  append(words, {"--project-name", project});
  append(words, Inputs{e.files, e.env_file}.words());
  return words;
}

/// Nothing: Compose takes all.
Words named_services(const Group& group) {
  if (group.run_services.empty()) return {};
  auto names = group.run_services;
  if (std::ranges::find(names, group.service) == names.end()) names.push_back(group.service);
  return names;
}

/// A service behind a profile is built and started when it is named, or the profile is.
void add_profile(Words& words, const Group& group, const Evaluation& e) {
  if (group.run_services.empty() && !e.profiles.empty())
    append(words, {"--profile", e.profiles.front()});
}

Words built_services(const Evaluation& e, const Group& group) {
  const auto wanted = named_services(group);
  if (wanted.empty()) return e.built;
  Words services;
  std::ranges::copy_if(e.built, std::back_inserter(services), [&](const auto& name) {
    return std::ranges::find(wanted, name) != wanted.end();
  });
  return services;
}

std::string label(const InstanceInfo& instance, const std::string& key) {
  const auto found = instance.labels.find("com.docker.compose." + key);
  return found == instance.labels.end() ? std::string() : found->second;
}

/// v1 writes paths relative to the project's folder.
Words recorded_files(const InstanceInfo& instance) {
  Words files;
  const auto list = label(instance, "project.config_files");
  for (std::size_t start = 0; start < list.size();) {
    const auto end = std::min(list.find(',', start), list.size());
    files.push_back(
        resolved_path(label(instance, "project.working_dir"), list.substr(start, end - start)));
    start = end + 1;
  }
  return files;
}

/// "db:service_healthy:false,cache:service_started:false"; v1 does not write it.
Words dependencies(const InstanceInfo& instance) {
  Words names;
  const auto list = label(instance, "depends_on");
  for (std::size_t start = 0; start < list.size();) {
    const auto end = std::min(list.find(',', start), list.size());
    const auto entry = list.substr(start, end - start);
    names.push_back(entry.substr(0, entry.find(':')));
    start = end + 1;
  }
  return names;
}

bool is_podman_composes(const InstanceInfo& instance) {
  return instance.labels.contains("io.podman.compose.project");
}

bool says_a_label(const CreateRequest& request) {
  return std::ranges::any_of(request.security_opt,
                             [](const auto& option) { return option.starts_with("label"); });
}

Empty forgotten(const Files& files, const Group& group) {
  files.remove({group.state_folder + '/' + instance_file, group.state_folder + "/empty.yml"},
               group.state_folder);
  return {};
}

bool is_dev_container(const InstanceInfo& instance) {
  return instance.labels.contains("devcontainer.local_folder") ||
         instance.labels.contains("devcontainer.metadata");
}

std::set<std::string> closure(Words names, const std::vector<InstanceInfo>& members) {
  std::set<std::string> all;
  while (!names.empty()) {
    const auto name = names.back();
    names.pop_back();
    if (!all.insert(name).second) continue;
    for (const auto& member : members) {
      if (member.service == name) append(names, dependencies(member));
    }
  }
  return all;
}

bool shared_with_another(const Group& group, const std::vector<InstanceInfo>& members) {
  return std::ranges::any_of(members, [&](const auto& member) {
    return member.service != group.service && is_dev_container(member);
  });
}

/// For the others Compose does not wait, however long they take.
std::set<std::string> awaited_as_healthy(const Evaluation& e) {
  std::set<std::string> names;
  for (const auto& [waiting, conditions] : e.depends_on) {
    for (const auto& [name, condition] : conditions) {
      if (condition == "service_healthy") names.insert(name);
    }
  }
  return names;
}

}  // namespace

std::vector<InstanceInfo> ComposeBackend::members(const std::string& project, sdk::Call& call) {
  return list({.labels = {"com.docker.compose.project=" + project,
                          "com.docker.compose.oneoff=False"}},
              call)
      .instances;
}

std::string ComposeBackend::primary(const Group& group, const std::string& project,
                                    sdk::Call& call) {
  for (const auto& member : members(project, call)) {
    if (member.service == group.service) return member.id;
  }
  throw Error(Status::failed, "group.start",
              "Compose has started the project '" + project +
                  "', but no container of the service '" + group.service + "'.");
}

std::vector<std::string> ComposeBackend::own_services(const Group& group,
                                                      const std::string& project, sdk::Call& call) {
  const auto all = members(project, call);
  const bool shared = shared_with_another(group, all);
  if (!shared && group.run_services.empty()) return {};
  auto names = group.run_services;
  names.push_back(group.service);
  auto own = closure(names, all);
  Words others;
  for (const auto& member : all) {
    if (is_dev_container(member) && member.service != group.service)
      others.push_back(member.service);
  }
  for (const auto& name : closure(others, all)) own.erase(name);
  return {own.begin(), own.end()};
}

BuildImageReply ComposeBackend::build_image(const BuildImageRequest& request, sdk::Call& call) {
  if (!request.group) return EngineBackend::build_image(request, call);
  const auto& group = *request.group;
  const auto e = evaluation(group, call);
  if (e->tool.is_podmans) {
    build_one_by_one(*e, built_services(*e, group), request, call);
    return {.image_id = {}, .builder = "compose"};
  }
  auto argv = words_for(*e, e->reply.project);
  const Files files(core().host(), call);
  const bool tagged = !request.tags.empty() || !request.cache_from.empty();
  if (tagged) {
    const auto file = group.state_folder + '/' + build_file;
    files.write(file, build_override(request, e->version_line));
    append(argv, {"-f", file});
  }
  add_profile(argv, group, *e);
  argv.emplace_back("build");
  if (request.no_cache) argv.emplace_back("--no-cache");
  if (request.pull) argv.emplace_back("--pull");
  // Without names Compose builds what it starts; named, what is behind other profiles, too.
  if (!group.run_services.empty()) append(argv, built_services(*e, group));
  auto how = engine_runner(group.folder, call);
  warn_of_silence(call);
  if (request.builder == Builder::classic) how.environment["DOCKER_BUILDKIT"] = "0";
  const auto result = how.stream(argv, call);
  if (tagged) files.remove({group.state_folder + '/' + build_file});
  if (result.exit_code != 0) {
    throw Error(Status::failed, "image.build",
                "Compose could not build the images (exit status " +
                    std::to_string(result.exit_code) + "): " + engine::last_line(result.tail),
                as_was_run(argv));
  }
  return {.image_id = {}, .builder = "compose"};
}

void ComposeBackend::bring_up(const std::string& project, const Words& argv,
                              const std::string& folder, const Evaluation& e, sdk::Call& call) {
  const auto how = engine_runner(folder, call);
  std::string stuck;
  engine::OwnCall life(std::chrono::hours(24));
  engine::CommandResult result;
  try {
    std::optional<Beside> checks;
    if (!services_run_themselves(call))
      checks.emplace([&](const sdk::Call& own) { check_health(project, own); });
    const Beside cancelled([&](const sdk::Call& own) {
      while (!call.cancelled()) engine::pause_for(std::chrono::milliseconds(50), own);
      life.end();
    });
    const Beside deadline([&](const sdk::Call& own) {
      stuck = wait_until_stuck(project, awaited_as_healthy(e), own);
      life.end();
    });
    result = how.stream(argv, call, life.call());
  } catch (const Error& error) {
    if (error.status() != Status::cancelled || stuck.empty()) throw;
    throw not_started(project, ".", stuck, call);
  }
  if (result.exit_code == 0) return;
  const auto why = not_started(
      project,
      " (exit status " + std::to_string(result.exit_code) + "): " + engine::last_line(result.tail),
      {}, call);
  throw Error(why.status(), why.code(), why.message(),
              why.hint() + (why.hint().empty() ? "" : " ") + as_was_run(argv));
}

CreateReply ComposeBackend::create(const CreateRequest& wanted, sdk::Call& call) {
  if (!wanted.group) return EngineBackend::create(wanted, call);
  auto request = wanted;
  const auto& group = *request.group;
  const auto e = evaluation(group, call);
  const auto& project = e->reply.project;
  const auto file = group.state_folder + '/' + instance_file;
  const auto userns = user_namespace(request, *e, call);
  const Files files(core().host(), call);
  warn_of_silence(call);
  if (choice_.is_podman() && !e->says_a_label && !says_a_label(request))
    request.security_opt.emplace_back("label=disable");
  if (e->tool.is_podmans) {
    files.write(file, document_for(request, *e, userns, call));
    bring_up_one_by_one(group, *e, file, userns, call);
    return {.id = primary(group, project, call), .warnings = {}};
  }
  files.write(file, instance_override(request, e->version_line, userns, pulled_services(*e)));
  auto argv = words_for(*e, project);
  append(argv, {"-f", file});
  add_profile(argv, group, *e);
  append(argv, {"up", "-d"});
  // The override of another configuration is not ours to know: its container has to stay.
  if (shared_with_another(group, members(project, call))) argv.emplace_back("--no-recreate");
  append(argv, named_services(group));
  bring_up(project, argv, group.folder, *e, call);
  return {.id = primary(group, project, call), .warnings = {}};
}

StartReply ComposeBackend::start(const StartRequest& request, sdk::Call& call) {
  if (!request.group) return EngineBackend::start(request, call);
  const auto& group = *request.group;
  const auto instance = inspect({request.id}, call);
  auto files = recorded_files(instance);
  const auto is_override = [](const auto& file) {
    return file.find(instance_prefix) != std::string::npos;
  };
  const auto e = evaluation(group, call);
  if (e->tool.is_podmans) {
    bring_up_one_by_one(group, *e, group.state_folder + '/' + instance_file, {}, call);
    return {primary(group, instance.group, call)};
  }
  const Files there(core().host(), call);
  there.load(files);
  const bool restored =
      std::ranges::any_of(files, is_override) &&
      std::ranges::all_of(files, [&](const auto& file) { return there.is_file(file); });
  auto argv = e->tool.argv;
  append(argv, {"--project-name", instance.group});
  append(argv, Inputs{restored ? files : e->files, e->env_file}.words());
  add_profile(argv, group, *e);
  append(argv, {"up", "-d", "--no-recreate"});
  append(argv, named_services(group));
  bring_up(instance.group, argv, group.folder, *e, call);
  return {primary(group, instance.group, call)};
}

std::vector<std::string> ComposeBackend::words_for_existing(const InstanceInfo& instance,
                                                            sdk::Call& call) {
  const auto found = tool(call);
  auto argv = found.argv;
  append(argv, {"--project-name", instance.group});
  if (found.major() >= 2) return argv;  // it knows all by the containers' labels
  auto files = recorded_files(instance);
  const Files there(core().host(), call);
  there.load(files);
  std::erase_if(files, [&](const auto& file) { return !there.is_file(file); });
  append(argv, Inputs{files, {}}.words());
  return argv;
}

Empty ComposeBackend::stop(const StopRequest& request, sdk::Call& call) {
  if (!request.group) return EngineBackend::stop(request, call);
  const auto instance = inspect({request.id}, call);
  if (is_podman_composes(instance)) {
    stop_one_by_one(request, instance, call);
    return {};
  }
  auto argv = words_for_existing(instance, call);
  argv.emplace_back("stop");
  // Each service may have a time of its own; the usual one does not shorten it.
  if (request.timeout_seconds != StopRequest{}.timeout_seconds) {
    append(argv, {"-t", std::to_string(request.timeout_seconds)});
  }
  append(argv, own_services(*request.group, instance.group, call));
  const auto result = engine_runner("/", call).stream(argv, call);
  if (result.exit_code != 0) {
    throw Error(Status::failed, "group.stop",
                "Compose could not stop the project '" + instance.group +
                    "': " + engine::last_line(result.tail));
  }
  return {};
}

bool ComposeBackend::name_network_in_use(const std::string& network, sdk::Call& call) {
  const auto users = engine::users_of_network(
      client().send({{.target = "/networks/" + engine::percent_encoded(network)}, {}}, call).body);
  std::string names;
  for (const auto& name : users) names += (names.empty() ? "" : ", ") + name;
  if (names.empty()) return false;
  call.emit({.warning = "The network " + network + " stays: " + names +
                        " (no container of this project) still uses it. Remove or disconnect it, "
                        "then: docker network rm " +
                        network});
  return true;
}

bool ComposeBackend::name_networks_in_use(const std::string& project, sdk::Call& call) {
  bool any = false;
  for (const auto& network : networks_of(project, call))
    any = name_network_in_use(network, call) || any;
  return any;
}

std::vector<std::string> ComposeBackend::networks_of(const std::string& project, sdk::Call& call) {
  return engine::networks_from_list(
      client()
          .send(
              {{.target = engine::networks_target({"com.docker.compose.project=" + project})}, {}},
              call)
          .body);
}

Empty ComposeBackend::remove(const RemoveRequest& request, sdk::Call& call) {
  if (!request.group) return EngineBackend::remove(request, call);
  const auto instance = inspect({request.id}, call);
  if (is_podman_composes(instance)) {
    remove_one_by_one(request, instance, call);
    return forgotten(Files(core().host(), call), *request.group);
  }
  auto argv = words_for_existing(instance, call);
  const bool whole = !shared_with_another(*request.group, members(instance.group, call));
  if (whole) {
    append(argv, {"down"});
  } else {
    append(argv, {"rm", "--stop", "--force"});
  }
  if (request.volumes) argv.emplace_back("-v");
  if (!whole) append(argv, own_services(*request.group, instance.group, call));
  // Nobody waits for the user's own container to end; the others may have something to write.
  if (request.force) EngineBackend::stop({.id = request.id, .timeout_seconds = 0}, call);
  const auto result = engine_runner("/", call).stream(argv, call);
  // v1 fails on it, v2 passes it over.
  const bool stays =
      whole && members(instance.group, call).empty() && name_networks_in_use(instance.group, call);
  if (result.exit_code != 0 && !stays) {
    throw Error(Status::failed, "group.stop",
                "Compose could not remove the project '" + instance.group +
                    "': " + engine::last_line(result.tail));
  }
  return forgotten(Files(core().host(), call), *request.group);
}

}  // namespace fairlead::compose
