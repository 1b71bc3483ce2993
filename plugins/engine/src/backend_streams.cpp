#include "loopback.hpp"

#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/frames.hpp>
#include <fairlead/engine/instances.hpp>
#include <fairlead/engine/output.hpp>
#include <fairlead/engine/processes.hpp>
#include <fairlead/error.hpp>

#include <poll.h>
#include <unistd.h>

#include <cerrno>

/// Bytes and events of a container: logs, archives, connections, what happens to it.
namespace fairlead::engine {
namespace {

ApiRequest get(const std::string& id, std::string target) {
  return {{.target = std::move(target)}, {SubjectKind::instance, id}};
}

std::string archive_target(const std::string& id, const std::string& path) {
  return "/containers/" + percent_encoded(id) + "/archive" + query({{"path", path}});
}

/// Bytes of the caller's descriptor, waited for.
BodySource source_of(const UniqueFd& fd, const sdk::Call& call) {
  return [&fd, &call](char* data, std::size_t size) -> std::size_t {
    for (;;) {
      wait_for(fd.get(), POLLIN, call);
      const auto got = ::read(fd.get(), data, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR && errno != EAGAIN) {
        throw Error(Status::failed, "call.input", "The archive cannot be read.");
      }
    }
  };
}

}  // namespace

Empty EngineBackend::logs(const LogsRequest& request, sdk::Call& call) {
  const auto inspected =
      client().send(get(request.id, "/containers/" + percent_encoded(request.id) + "/json"), call);
  const bool framed = !has_terminal(inspected.body);
  Output out(call.take(request.out));
  Output err(call.take(request.err));
  FrameReader frames;
  client().stream(get(request.id, logs_target(request)), call, [&](std::string_view bytes) {
    if (!framed) return out.write(bytes, call);
    bool wanted = true;
    frames.feed(bytes, [&](int stream, std::string_view part) {
      wanted = (stream == 2 ? err : out).write(part, call) && wanted;
    });
    return wanted;
  });
  return {};
}

Empty EngineBackend::copy_in(const CopyInRequest& request, sdk::Call& call) {
  const auto archive = call.take(request.archive);
  client().send({{.method = "PUT",
                  .target = archive_target(request.id, request.path),
                  .content_type = "application/x-tar",
                  .source = source_of(archive, call)},
                 {SubjectKind::instance, request.id}},
                call);
  return {};
}

Empty EngineBackend::copy_out(const CopyOutRequest& request, sdk::Call& call) {
  Output archive(call.take(request.archive));
  client().stream(get(request.id, archive_target(request.id, request.path)), call,
                  [&](std::string_view bytes) { return archive.write(bytes, call); });
  return {};
}

bool EngineBackend::reaches_containers(const sdk::Call& call) { return is_local(call); }

/// Only what listens on the container's own address can be reached without help from inside.
UniqueFd EngineBackend::dial_own_address(const DialRequest& request, const sdk::Call& call) {
  if (!reaches_containers(call)) {
    throw Error(Status::unsupported, "instance.dial",
                "The containers' addresses cannot be connected to from here.");
  }
  const auto inspected =
      client().send(get(request.id, "/containers/" + percent_encoded(request.id) + "/json"), call);
  const auto address = address_from_inspect(inspected.body);
  if (address.empty()) {
    throw Error(Status::unsupported, "instance.dial",
                "The container has no address of its own to connect to.",
                "Is it running, and is it in a network?");
  }
  return core_.host().dial({address, request.port, ""}, call);
}

UniqueFd EngineBackend::dial_loopback(const DialRequest& request, const sdk::Call& call) {
  std::shared_ptr<Loopback> loopback;
  {
    const std::lock_guard lock(mutex_);
    if (!loopback_) loopback_ = std::make_shared<Loopback>();
    loopback = loopback_;
  }
  return loopback->dial(client(), request.id, request.port, call);
}

/// Without a host only the container's own address is meant: the caller has a better way (the
/// relay) to its loopback.
DialReply EngineBackend::dial(const DialRequest& request, sdk::Call& call) {
  if (!request.socket.empty()) {
    throw Error(
        Status::unsupported, "instance.dial",
        "This engine gives no way to connect to '" + request.socket + "' inside a container.");
  }
  if (request.host.empty()) return {call.attach(dial_own_address(request, call))};
  try {
    return {call.attach(dial_own_address(request, call))};
  } catch (const Error& error) {
    if (error.status() == Status::cancelled || error.status() == Status::not_found) throw;
  }
  return {call.attach(dial_loopback(request, call))};
}

Empty EngineBackend::watch(const WatchRequest& request, sdk::Call& call) {
  std::string rest;
  client().stream({{.target = events_target(request)}, {}}, call, [&](std::string_view bytes) {
    rest += bytes;
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
      auto event = instance_event_from(rest.substr(0, end));
      rest.erase(0, end + 1);
      if (!event.id.empty()) call.emit({.instance = std::move(event)});
    }
    return true;
  });
  throw_gone("it ended its stream of events");
}

}  // namespace fairlead::engine
