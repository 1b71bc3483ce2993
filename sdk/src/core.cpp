#include <fairlead/model_json.hpp>
#include <fairlead/sdk/core.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace fairlead::sdk {

namespace {

using OnEvent = std::function<void(const Event&)>;

// A call of ours into a table of the core's. Answers may come from any thread, so the record is
// shared: `self` holds it until `done` has been called and has returned.
class ClientCall {
 public:
  ClientCall(const Call& caller, std::vector<UniqueFd> fds, OnEvent on_event)
      : on_event_(std::move(on_event)) {
    for (auto& fd : fds) fds_.push_back(fd.release());
    raw_ = {sizeof(fairlead_call), caller.cancel_fd(), fds_.data(), fds_.size(), this,
            &ClientCall::emit,     &ClientCall::done};
  }

  static std::shared_ptr<ClientCall> make(const Call& caller, std::vector<UniqueFd> fds,
                                          OnEvent on_event) {
    auto made = std::make_shared<ClientCall>(caller, std::move(fds), std::move(on_event));
    made->self_ = made;
    return made;
  }

  const fairlead_call* raw() const { return &raw_; }

  std::string wait(std::vector<UniqueFd>& reply_fds) {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [&] { return status_.has_value(); });
    if (*status_ == FAIRLEAD_OK) {
      reply_fds = std::move(reply_fds_);
      return std::move(body_);
    }
    Failure failure;
    try {
      failure = decode<Failure>(body_);
    } catch (const Error&) {
      failure.message = body_;
    }
    if (failure.code.empty()) failure.code = "host.failed";
    throw Error(static_cast<Status>(*status_), failure.code, failure.message, failure.hint);
  }

 private:
  static ClientCall& from(const fairlead_call* call) {
    return *static_cast<ClientCall*>(call->owner);
  }

  static void emit(const fairlead_call* call, fairlead_str event) noexcept {
    const auto& self = from(call);
    if (!self.on_event_) return;
    try {
      self.on_event_(decode<Event>({event.data, event.size}));
    } catch (...) {  // an event that cannot be handled must not end the call
      return;
    }
  }

  static void done(const fairlead_call* call, fairlead_status status, fairlead_str body,
                   const std::int32_t* fds, std::size_t fd_count) noexcept {
    auto& self = from(call);
    const auto keep = std::move(self.self_);
    const std::lock_guard lock(self.mutex_);
    for (std::size_t i = 0; i < fd_count; ++i) self.reply_fds_.emplace_back(fds[i]);
    if (body.size > 0) self.body_.assign(body.data, body.size);
    self.status_ = status;
    self.finished_.notify_all();
  }

  std::vector<std::int32_t> fds_;
  OnEvent on_event_;
  fairlead_call raw_{};
  std::shared_ptr<ClientCall> self_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::optional<fairlead_status> status_;
  std::string body_;
  std::vector<UniqueFd> reply_fds_;
};

// What one operation of the core's needs besides its request. `service` is "host" or "backend".
struct Invocation {
  const char* service;
  const char* name;
  std::vector<UniqueFd> fds;
  OnEvent on_event;
  std::vector<UniqueFd> reply_fds;
};

template <class Table>
std::string invoke(fairlead_service service, fairlead_op Table::*slot, const std::string& request,
                   Invocation& invocation, const Call& caller) {
  const auto* table = static_cast<const Table*>(service.table);
  const std::string kind = invocation.service;
  if (table == nullptr) {
    throw Error(Status::unavailable, kind + ".unavailable", "the core offers no " + kind);
  }
  const auto* place = reinterpret_cast<const char*>(&(table->*slot));
  const auto end = place - reinterpret_cast<const char*>(table) +
                   static_cast<std::ptrdiff_t>(sizeof(fairlead_op));
  if (static_cast<std::ptrdiff_t>(table->size) < end || table->*slot == nullptr) {
    throw Error(Status::unsupported, kind + ".unsupported",
                "the " + kind + " has no operation '" + invocation.name + "'");
  }
  const auto call =
      ClientCall::make(caller, std::move(invocation.fds), std::move(invocation.on_event));
  (table->*slot)(service.self, {request.data(), request.size()}, call->raw());
  return call->wait(invocation.reply_fds);
}

FdRef pass(std::vector<UniqueFd>& fds, UniqueFd fd) {
  if (!fd) return {};
  fds.push_back(std::move(fd));
  return {static_cast<int>(fds.size()) - 1};
}

UniqueFd stream_of(const std::string& body, Invocation& invocation) {
  const auto reply = decode<DialReply>(body);
  const auto index = static_cast<std::size_t>(reply.stream.fd);
  if (!reply.stream || index >= invocation.reply_fds.size()) {
    throw Error(Status::internal, "host.connect",
                std::string("the ") + invocation.service + " answered without a connection");
  }
  return std::move(invocation.reply_fds[index]);
}

}  // namespace

HostDescription HostClient::describe(const Call& caller) const {
  Invocation invocation{"host", "describe", {}, {}, {}};
  return decode<HostDescription>(
      invoke(service_, &fairlead_host::describe, "{}", invocation, caller));
}

int HostClient::spawn(SpawnRequest request, UniqueFd in, UniqueFd out, UniqueFd err,
                      const Call& caller,
                      const std::function<void(const std::string&)>& on_started) const {
  Invocation invocation{"host", "spawn", {}, {}, {}};
  request.in = pass(invocation.fds, std::move(in));
  request.out = pass(invocation.fds, std::move(out));
  request.err = pass(invocation.fds, std::move(err));
  invocation.on_event = [&](const Event& event) {
    if (event.started && on_started) on_started(*event.started);
  };
  return decode<SpawnReply>(
             invoke(service_, &fairlead_host::spawn, encode(request), invocation, caller))
      .exit_code;
}

void HostClient::spawn_control(const SpawnControlRequest& request, const Call& caller) const {
  Invocation invocation{"host", "spawn_control", {}, {}, {}};
  invoke(service_, &fairlead_host::spawn_control, encode(request), invocation, caller);
}

UniqueFd HostClient::dial(const HostDialRequest& request, const Call& caller) const {
  Invocation invocation{"host", "dial", {}, {}, {}};
  const auto body = invoke(service_, &fairlead_host::dial, encode(request), invocation, caller);
  return stream_of(body, invocation);
}

UniqueFd BackendClient::dial(const DialRequest& request, const Call& caller) const {
  Invocation invocation{"backend", "dial", {}, {}, {}};
  const auto body = invoke(service_, &fairlead_backend::dial, encode(request), invocation, caller);
  return stream_of(body, invocation);
}

int BackendClient::exec(ExecRequest request, UniqueFd in, UniqueFd out, UniqueFd err,
                        const Call& caller) const {
  Invocation invocation{"backend", "exec", {}, {}, {}};
  request.in = pass(invocation.fds, std::move(in));
  request.out = pass(invocation.fds, std::move(out));
  request.err = pass(invocation.fds, std::move(err));
  return decode<ExecReply>(
             invoke(service_, &fairlead_backend::exec, encode(request), invocation, caller))
      .exit_code;
}

void Core::log(Level level, std::string_view message) const {
  raw_->log(raw_, static_cast<fairlead_level>(level), {message.data(), message.size()});
}

BackendClient Core::backend() const {
  return BackendClient(raw_->service(raw_, FAIRLEAD_BACKEND_V1));
}

HostClient Core::host() const { return HostClient(raw_->service(raw_, FAIRLEAD_HOST_V1)); }

}  // namespace fairlead::sdk
