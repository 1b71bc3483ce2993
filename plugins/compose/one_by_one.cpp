#include "beside.hpp"
#include "compose.hpp"
#include "inputs.hpp"
#include "override.hpp"
#include "podman_compose.hpp"

#include <fairlead/engine/client.hpp>
#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

/// Projects of podman-compose.
namespace fairlead::compose {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

Words words_for(const Tool& tool, const std::string& project, const std::string& file) {
  auto argv = tool.argv;
  argv.insert(argv.end(), {"-p", project, "-f", file});
  // From 1.0.6 on it puts projects into pods, whose containers share one network and its ports.
  if (tool.at_least(1, 1)) argv.insert(argv.end(), {"--in-pod", "false"});
  return argv;
}

/// podman-compose before 1.1 ends well whatever happened and says "exit code: N" after each step.
bool went_well(const engine::CommandResult& result) {
  constexpr std::string_view mark = "exit code: ";
  if (result.exit_code != 0) return false;
  for (auto at = result.tail.find(mark); at != std::string::npos;
       at = result.tail.find(mark, at + 1)) {
    if (result.tail.compare(at + mark.size(), 1, "0") != 0) return false;
  }
  return true;
}

/// The last line that is Podman's own.
std::string reason_in(const std::string& tail) {
  const auto error = tail.rfind("Error: ");
  if (error == std::string::npos) return engine::last_line(tail);
  return tail.substr(error + 7, tail.find('\n', error) - error - 7);
}

const InstanceInfo* find_service(const std::vector<InstanceInfo>& members,
                                 const std::string& service) {
  const auto found = std::ranges::find(members, service, &InstanceInfo::service);
  return found == members.end() ? nullptr : &*found;
}

bool has_ended(const InstanceInfo& instance) {
  return instance.state == InstanceState::stopped || instance.state == InstanceState::dead;
}

bool ended_well(const InstanceInfo& instance) {
  return instance.state == InstanceState::stopped && !is_sick(instance);
}

}  // namespace

/// Names that only Podman's command would ask about are given whole; those that are here by id.
std::string ComposeBackend::document_for(const CreateRequest& request, const Evaluation& e,
                                         const std::string& userns, sdk::Call& call) {
  const auto known = [&](const std::string& image) {
    try {
      return inspect_image({.image = image, .platform = {}}, call).id;
    } catch (const Error& error) {
      if (error.status() != Status::not_found) throw;
      return engine::whole_name(image);
    }
  };
  auto wanted = request;
  if (!wanted.image.empty()) wanted.image = known(wanted.image);
  auto document = nlohmann::ordered_json::parse(
      document_to_start(e.document, instance_override(wanted, {}, userns)));
  for (const auto& [name, service] : document["services"].items()) {
    const bool ours = name == request.group->service && !wanted.image.empty();
    if (ours) service.erase("build");
    if (!ours && service.contains("image") && !service.contains("build"))
      service["image"] = known(service["image"]);
  }
  return document.dump(2) + '\n';
}

void ComposeBackend::build_one_by_one(const Evaluation& e, const Words& services,
                                      const BuildImageRequest& request, sdk::Call& call) {
  const auto& group = *request.group;
  const auto file = group.state_folder + "/docker-compose.devcontainer.build.yml";
  auto plain = request;
  plain.cache_from.clear();
  const Files files(core().host(), call);
  files.write(file, document_to_start(e.document, build_override(plain, {})));
  for (const auto& service : services) {
    auto argv = words_for(e.tool, e.reply.project, file);
    argv.emplace_back("build");
    if (request.no_cache) argv.emplace_back("--no-cache");
    if (request.pull) argv.emplace_back("--pull");
    argv.push_back(service);
    const auto result = engine_runner(group.folder, call).stream(argv, call);
    if (went_well(result)) continue;
    throw Error(
        Status::failed, "image.build",
        "podman-compose could not build the image of '" + service + "': " + reason_in(result.tail));
  }
}

void ComposeBackend::wait_for_service(const std::string& project, const std::string& service,
                                      const std::string& condition, sdk::Call& call) {
  const auto end = Clock::now() + settings_.health_timeout;
  const bool to_its_end = condition == "service_completed_successfully";
  if (!to_its_end && condition != "service_healthy") return;
  for (;; engine::pause_for(250ms, call)) {
    const auto all = members(project, call);
    const auto* const member = find_service(all, service);
    if (member == nullptr) return;  // not one of those that are started
    if (to_its_end && ended_well(*member)) return;
    // Who has stopped keeps the last word on his health.
    const bool gone = !to_its_end && has_ended(*member);
    const auto health = to_its_end || gone ? "" : health_of(member->id, call);
    if (!to_its_end && !gone && (health == "healthy" || health.empty())) return;
    if (gone || health == "unhealthy" || is_sick(*member)) {
      throw not_started(project, ": the service '" + service + "' is not " + condition.substr(8),
                        {}, call);
    }
    // How long a job takes that has to end is its own affair.
    if (!to_its_end && Clock::now() > end) throw not_started(project, ".", service, call);
  }
}

void ComposeBackend::make_service(const Group& group, const Evaluation& e, const Words& argv,
                                  const std::string& service, sdk::Call& call) {
  const auto result = engine_runner(group.folder, call).stream(argv, call);
  const auto all = members(e.reply.project, call);
  const auto* const member = find_service(all, service);
  const bool is_there = member != nullptr && member->state != InstanceState::created;
  if (is_there) return;
  throw not_started(e.reply.project,
                    ": the service '" + service + "' cannot be made: " + reason_in(result.tail), {},
                    call);
}

void ComposeBackend::bring_up_one_by_one(const Group& group, const Evaluation& e,
                                         const std::string& file, const std::string& userns,
                                         sdk::Call& call) {
  const auto& project = e.reply.project;
  std::optional<Beside> checks;
  if (!services_run_themselves(call))
    checks.emplace([&](const sdk::Call& own) { check_health(project, own); });
  for (const auto& service : e.started) {
    const auto waits = e.depends_on.find(service);
    if (waits != e.depends_on.end()) {
      for (const auto& [name, condition] : waits->second)
        wait_for_service(project, name, condition, call);
    }
    const auto all = members(project, call);
    if (const auto* const member = find_service(all, service)) {
      if (member->state != InstanceState::running) EngineBackend::start({member->id}, call);
      continue;
    }
    auto argv = words_for(e.tool, project, file);
    // 1.0 knows no userns_mode.
    if (service == group.service && !userns.empty() && !e.tool.at_least(1, 1))
      argv.push_back("--podman-run-args=--userns=" + userns);
    argv.insert(argv.end(), {"up", "-d", service});
    make_service(group, e, argv, service, call);
  }
}

void ComposeBackend::stop_one_by_one(const StopRequest& request, const InstanceInfo& instance,
                                     sdk::Call& call) {
  const auto own = own_services(*request.group, instance.group, call);
  for (const auto& member : members(instance.group, call)) {  // the last one made comes first
    const bool wanted = own.empty() || std::ranges::find(own, member.service) != own.end();
    if (wanted && member.state == InstanceState::running)
      EngineBackend::stop({.id = member.id, .timeout_seconds = request.timeout_seconds}, call);
  }
}

void ComposeBackend::remove_one_by_one(const RemoveRequest& request, const InstanceInfo& instance,
                                       sdk::Call& call) {
  const auto& project = instance.group;
  const auto own = own_services(*request.group, project, call);
  for (const auto& member : members(project, call)) {
    if (!own.empty() && std::ranges::find(own, member.service) == own.end()) continue;
    if (!request.force || member.id != request.id) EngineBackend::stop({.id = member.id}, call);
    EngineBackend::remove({.id = member.id, .force = true, .volumes = request.volumes}, call);
  }
  if (!members(project, call).empty()) return;
  for (const auto& network : networks_of(project, call)) {
    if (name_network_in_use(network, call)) continue;
    client().send(
        {{.method = "DELETE", .target = "/networks/" + engine::percent_encoded(network)}, {}},
        call);
  }
  if (!request.volumes) return;
  for (const auto& volume :
       objects({.kind = ObjectKind::volume, .labels = {"com.docker.compose.project=" + project}},
               call)
           .objects)
    remove_object({.kind = ObjectKind::volume, .id = volume.id}, call);
}

}  // namespace fairlead::compose
