#include "container_id_file.hpp"
#include "exec_signal.hpp"

#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/create.hpp>
#include <fairlead/engine/instances.hpp>
#include <fairlead/engine/own_call.hpp>
#include <fairlead/error.hpp>

/// Containers: create, start, stop, remove, inspect, list.
namespace fairlead::engine {
namespace {

ApiRequest about(const std::string& id, const char* method, const std::string& rest) {
  return {{.method = method, .target = "/containers/" + percent_encoded(id) + rest},
          {SubjectKind::instance, id}};
}

}  // namespace

CreateReply EngineBackend::create(const CreateRequest& request, sdk::Call& call) {
  const ClientSide side{configuration_.environment, configuration_.working_directory,
                        read_client_file};
  auto body = create_body(request, side);
  ContainerIdFile id_file(body.id_file);
  const ApiRequest wanted{
      {.method = "POST", .target = std::move(body.target), .body = std::move(body.json)},
      {SubjectKind::image, request.image}};
  auto reply = created_from(client().send(wanted, call).body);
  id_file.write(reply.id);
  reply.warnings.insert(reply.warnings.begin(), body.warnings.begin(), body.warnings.end());
  return reply;
}

StartReply EngineBackend::start(const StartRequest& request, sdk::Call& call) {
  client().send(about(request.id, "POST", "/start"), call);
  return {request.id};
}

Empty EngineBackend::stop(const StopRequest& request, sdk::Call& call) {
  client().send(about(request.id, "POST", "/stop?t=" + std::to_string(request.timeout_seconds)),
                call);
  return {};
}

/// A removal that another client began is waited for: the engine refuses a second one meanwhile.
Empty EngineBackend::remove(const RemoveRequest& request, sdk::Call& call) {
  const auto wanted =
      about(request.id, "DELETE",
            query({{"force", request.force ? "1" : ""}, {"v", request.volumes ? "1" : ""}}));
  constexpr int attempts = 7;
  for (int attempt = 1;; ++attempt) {
    try {
      client().send(wanted, call);
      return {};
    } catch (const Error& error) {
      if (error.code() == "instance.not_found") return {};
      if (error.code() != "instance.removing" || attempt == attempts) throw;
    }
    pause_for(std::chrono::milliseconds(100 << attempt / 2), call);
  }
}

InstanceInfo EngineBackend::inspect(const InspectRequest& request, sdk::Call& call) {
  const auto answer = client().send(about(request.id, "GET", "/json"), call);
  auto info = instance_from_inspect(answer.body);
  if (const int pid = pid_from_inspect(answer.body); pid > 0) {
    processes_elsewhere_ = !is_in_container(pid, info.id);
  }
  return info;
}

ListReply EngineBackend::list(const ListRequest& request, sdk::Call& call) {
  const ApiRequest wanted{{.target = list_target(request)}, {}};
  const bool is_link = !client().endpoint().socket.empty() && !is_local(call);
  if (is_link) client().open_ahead(call);
  return {instances_from_list(client().send(wanted, call).body)};
}

}  // namespace fairlead::engine
