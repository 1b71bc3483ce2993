#include "compose.hpp"
#include "inputs.hpp"
#include "override.hpp"

#include <fairlead/engine/own_call.hpp>
#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <thread>

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

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
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

bool is_sick(const InstanceInfo& instance) {
  if (instance.status.find("unhealthy") != std::string::npos) return true;
  const bool ended =
      instance.state == InstanceState::stopped || instance.state == InstanceState::dead;
  return ended && instance.status.find("Exited (0)") == std::string::npos;
}

/// A thread that lasts as long as this object.
class HealthChecks {
 public:
  explicit HealthChecks(const std::function<void(const sdk::Call&)>& work)
      : call_(std::chrono::hours(24)), thread_([this, work] {
          try {
            work(call_.call());
          } catch (const std::exception&) {  // ended; or the engine is, which Compose will say
            return;
          }
        }) {}
  ~HealthChecks() {
    call_.end();
    thread_.join();
  }
  HealthChecks(const HealthChecks&) = delete;
  HealthChecks& operator=(const HealthChecks&) = delete;

 private:
  engine::OwnCall call_;
  std::thread thread_;
};

bool runs_systemd() {
  std::error_code ignored;
  return std::filesystem::is_directory("/run/systemd/system", ignored);
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
  auto argv = words_for(*e, e->reply.project);
  if (!request.tags.empty() || !request.cache_from.empty()) {
    const auto file = group.state_folder + '/' + build_file;
    write_atomically(file, build_override(request, e->version_line));
    append(argv, {"-f", file});
  }
  argv.emplace_back("build");
  if (request.no_cache) argv.emplace_back("--no-cache");
  if (request.pull) argv.emplace_back("--pull");
  const auto wanted = named_services(group);
  for (const auto& name : e->built) {
    if (wanted.empty() || std::ranges::find(wanted, name) != wanted.end()) argv.push_back(name);
  }
  auto how = engine_runner(group.folder, call);
  if (request.builder == Builder::classic) how.environment["DOCKER_BUILDKIT"] = "0";
  const auto result = how.stream(argv, call);
  std::error_code ignored;
  std::filesystem::remove(group.state_folder + '/' + build_file, ignored);
  if (result.exit_code != 0) {
    throw Error(Status::failed, "image.build",
                "Compose could not build the images (exit status " +
                    std::to_string(result.exit_code) + "): " + engine::last_line(result.tail));
  }
  return {.image_id = {}, .builder = "compose"};
}

/// What is wrong with whom: Compose says the first half, the container's own output the second.
void ComposeBackend::bring_up(const std::string& project, const Words& argv,
                              const std::string& folder, sdk::Call& call) {
  const auto how = engine_runner(folder, call);
  const auto result = [&] {
    std::optional<HealthChecks> checks;
    if (on_podman_ && !runs_systemd())
      checks.emplace([&](const sdk::Call& own) { check_health(project, own); });
    return how.stream(argv, call);
  }();
  if (result.exit_code == 0) return;
  std::string text = "Compose could not start the project '" + project + "' (exit status " +
                     std::to_string(result.exit_code) + "): " + engine::last_line(result.tail);
  std::string hint;
  for (const auto& member : members(project, call)) {
    if (!is_sick(member)) continue;
    const auto name = "The service '" + member.service + "'";
    text += "\n" + name + " is not well (" + member.status + ").";
    auto logs = Words(argv.begin(), std::ranges::find(argv, "up"));
    append(logs, {"logs", "--no-color", "--tail", "20", member.service});
    const auto said = how.capture(logs, call);
    if (!said.out.empty()) text += " It said last:\n" + said.out;
    hint = "`fairlead logs " + member.service + "` shows all that it said.";
  }
  throw Error(Status::failed, "group.start", text, hint);
}

CreateReply ComposeBackend::create(const CreateRequest& wanted, sdk::Call& call) {
  if (!wanted.group) return EngineBackend::create(wanted, call);
  auto request = wanted;
  const auto& group = *request.group;
  const auto e = evaluation(group, call);
  const auto& project = e->reply.project;
  const auto file = group.state_folder + '/' + instance_file;
  const auto userns = user_namespace(request, *e, call);
  write_atomically(file, instance_override(request, e->version_line, userns));
  auto argv = words_for(*e, project);
  append(argv, {"-f", file});
  // A service behind a profile is started when it is named, or the profile is.
  if (group.run_services.empty() && !e->profiles.empty()) {
    append(argv, {"--profile", e->profiles.front()});
  }
  append(argv, {"up", "-d"});
  // The override of another configuration is not ours to know: its container has to stay.
  if (shared_with_another(group, members(project, call))) argv.emplace_back("--no-recreate");
  append(argv, named_services(group));
  bring_up(project, argv, group.folder, call);
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
  const bool restored =
      std::ranges::any_of(files, is_override) && std::ranges::all_of(files, is_file);
  auto argv = e->tool.argv;
  append(argv, {"--project-name", instance.group});
  append(argv, Inputs{restored ? files : e->files, e->env_file}.words());
  if (group.run_services.empty() && !e->profiles.empty()) {
    append(argv, {"--profile", e->profiles.front()});
  }
  append(argv, {"up", "-d", "--no-recreate"});
  append(argv, named_services(group));
  bring_up(instance.group, argv, group.folder, call);
  return {primary(group, instance.group, call)};
}

std::vector<std::string> ComposeBackend::words_for_existing(const InstanceInfo& instance,
                                                            sdk::Call& call) {
  const auto found = tool(call);
  auto argv = found.argv;
  append(argv, {"--project-name", instance.group});
  if (found.major() >= 2) return argv;  // it knows all by the containers' labels
  auto files = recorded_files(instance);
  std::erase_if(files, [](const auto& file) { return !is_file(file); });
  append(argv, Inputs{files, {}}.words());
  return argv;
}

Empty ComposeBackend::stop(const StopRequest& request, sdk::Call& call) {
  if (!request.group) return EngineBackend::stop(request, call);
  const auto instance = inspect({request.id}, call);
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

Empty ComposeBackend::remove(const RemoveRequest& request, sdk::Call& call) {
  if (!request.group) return EngineBackend::remove(request, call);
  const auto instance = inspect({request.id}, call);
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
  if (result.exit_code != 0) {
    throw Error(Status::failed, "group.stop",
                "Compose could not remove the project '" + instance.group +
                    "': " + engine::last_line(result.tail));
  }
  std::error_code ignored;
  std::filesystem::remove(request.group->state_folder + '/' + instance_file, ignored);
  std::filesystem::remove(request.group->state_folder, ignored);
  return {};
}

}  // namespace fairlead::compose
